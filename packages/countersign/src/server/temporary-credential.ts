import { splitUrl } from '../protocol/base-string.ts'
import { constantTimeEqual } from '../protocol/crypto.ts'
import { percentDecode } from '../protocol/encoding.ts'
import { OAuth1Error } from '../protocol/errors.ts'
import type { HttpRequest } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import { parseForm } from '../protocol/parameters.ts'
import type { Verified } from './authenticate.ts'
import { outOfBand } from './callback.ts'
import type { Client, TemporaryCredential } from './models.ts'

/** The one `oauth_token` of an authorization request: in the query, or in the consent form. */
export function authorizationToken(http: HttpRequest, { maxParameters }: Limits): string {
  const texts = [splitUrl(http.url).query, http.body ?? '']
  const parameters = texts.flatMap((text) => parseForm(text, maxParameters))
  const tokens = new Set(
    parameters.filter(({ name }) => name === 'oauth_token').map(({ value }) => percentDecode(value)),
  )
  const [token] = tokens
  if (!token)
    throw new OAuth1Error(
      'missing_required_parameter',
      'oauth_token is missing from the authorization request.',
    )
  if (tokens.size > 1)
    throw new OAuth1Error(
      'duplicated_oauth_protocol_parameter',
      'The authorization request names two different oauth_tokens.',
    )
  return token
}

export function checkVerifier({ token }: Verified<Client, TemporaryCredential>, verifier: string): void {
  if (!token?.oauthVerifier) {
    throw new OAuth1Error(
      'invalid_token',
      'The resource owner has not approved this temporary credential yet.',
    )
  }
  const isTyped = token.oauthCallback === outOfBand
  const [expected, given] = [token.oauthVerifier, verifier].map(isTyped ? asTyped : String) as [
    string,
    string,
  ]
  if (!constantTimeEqual(expected, given)) {
    throw new OAuth1Error(
      'invalid_token',
      'oauth_verifier is not the one that was given to the resource owner.',
    )
  }
}

/** What a person typed, in whatever case, with whatever spaces and dashes. */
function asTyped(code: string): string {
  return code.toUpperCase().replace(/[\s\p{Pd}]/gu, '')
}

const texts = ['clientId', 'oauthToken', 'oauthTokenSecret', 'oauthCallback'] as const

/** Why a stored temporary credential cannot be used, if it cannot. */
export function recordFault(credential: TemporaryCredential): Error | undefined {
  const wrong = texts.find((name) => typeof credential[name] !== 'string')
  if (wrong) return new TypeError(`The ${wrong} of a temporary credential is no text.`)
  // A date, say, would be compared as milliseconds, and never be over.
  return typeof credential.expiresAt === 'number'
    ? undefined
    : new TypeError('The expiresAt of a temporary credential is no number.')
}

export function unknownTemporaryCredential(): OAuth1Error {
  return new OAuth1Error(
    'invalid_token',
    'There is no such temporary credential: never issued, expired, or already used. Start the flow again.',
  )
}

export function alreadyAuthorized(): OAuth1Error {
  return new OAuth1Error(
    'invalid_token',
    'This request was already decided upon. Start again from the application.',
  )
}

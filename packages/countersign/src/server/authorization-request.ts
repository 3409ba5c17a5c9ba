import { constantTimeEqual } from '../crypto/compare.ts'
import { OAuth1Error } from '../errors.ts'
import { splitUrl } from '../protocol/base-string.ts'
import { percentDecode } from '../protocol/encoding.ts'
import type { HttpRequest } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import { parseForm } from '../protocol/parameters.ts'
import { outOfBand } from './callback.ts'
import type { TemporaryCredential } from './models.ts'

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

export function checkVerifier(credential: TemporaryCredential | undefined, verifier: string): void {
  if (!credential?.oauthVerifier) {
    throw new OAuth1Error(
      'invalid_token',
      'The resource owner has not approved this temporary credential yet.',
    )
  }
  const isTyped = credential.oauthCallback === outOfBand
  const [expected, given] = isTyped
    ? [asTyped(credential.oauthVerifier), asTyped(verifier)]
    : [credential.oauthVerifier, verifier]
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

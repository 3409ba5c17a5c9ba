import { ExchangeError } from './exchange-error.ts'

/** The `grant_type` of RFC 8693. */
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** The type of the issued token (RFC 8693 §3). */
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** The parameters of a token request by name. A parameter sent more than once is a list, and refused. */
export type TokenRequestParameters = Readonly<Record<string, unknown>>

/** All parameters that an exchange reads from a token request. Register them if your server asks for the names. */
export const exchangeParameters = [
  'subject_token',
  'subject_token_type',
  'oauth_token_secret',
  'scope',
  'requested_token_type',
  'resource',
  'audience',
  'actor_token',
  'actor_token_type',
] as const

/** The token that a request presents. */
export interface SubjectToken {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

/** No stored identifier or secret is longer. */
const longestValue = 4_096

/**
 * Reads a token exchange request.
 *
 * @throws ExchangeError for a parameter that is missing, repeated, too long or not supported.
 */
export function readSubjectToken(
  parameters: TokenRequestParameters,
  subjectTokenTypes: readonly string[],
): SubjectToken {
  if (required(parameters, 'grant_type') !== tokenExchangeGrant)
    throw new ExchangeError('unsupported_grant_type', `Only ${tokenExchangeGrant} is accepted here.`)
  if (!subjectTokenTypes.includes(required(parameters, 'subject_token_type')))
    throw new ExchangeError(
      'invalid_request',
      `This subject_token_type is not accepted here; use ${subjectTokenTypes.join(' or ')}.`,
    )
  return {
    oauthToken: required(parameters, 'subject_token'),
    oauthTokenSecret: required(parameters, 'oauth_token_secret'),
  }
}

/**
 * The scopes that a client asks for; undefined if it asks for none.
 *
 * @throws ExchangeError also for parameters of RFC 8693 that would have to change the issued token.
 */
export function readAskedScopes(parameters: TokenRequestParameters): readonly string[] | undefined {
  const type = optional(parameters, 'requested_token_type')
  if (type !== undefined && type !== accessTokenType)
    throw new ExchangeError('invalid_request', `Only ${accessTokenType} is issued here.`)
  // If they were ignored, the token would be good for more than the client intended.
  for (const name of ['resource', 'audience'])
    if (isSent(parameters, name))
      throw new ExchangeError('invalid_target', `${name} is not supported: leave it out.`)
  for (const name of ['actor_token', 'actor_token_type'])
    if (isSent(parameters, name))
      throw new ExchangeError('invalid_request', `${name} is not supported: leave it out.`)
  const text = optional(parameters, 'scope')
  if (text === undefined) return undefined
  // RFC 6749 §3.3.
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text))
    throw new ExchangeError('invalid_scope', 'scope holds characters that no scope has.')
  const scopes = [...new Set(text.split(' '))].filter((scope) => scope !== '')
  return scopes.length === 0 ? undefined : scopes
}

function required(parameters: TokenRequestParameters, name: string): string {
  const value = optional(parameters, name)
  if (value === undefined) throw new ExchangeError('invalid_request', `${name} is missing.`)
  return value
}

/** RFC 6749 §3.2: a parameter without a value counts as absent, and one that is sent twice is an error. */
function optional(parameters: TokenRequestParameters, name: string): string | undefined {
  if (!isSent(parameters, name)) return undefined
  const value = parameters[name]
  if (Array.isArray(value)) throw new ExchangeError('invalid_request', `${name} was sent more than once.`)
  if (typeof value !== 'string') throw new ExchangeError('invalid_request', `${name} must be a string.`)
  if (value.length > longestValue)
    throw new ExchangeError('invalid_request', `${name} is longer than ${longestValue} characters.`)
  return value
}

function isSent(parameters: TokenRequestParameters, name: string): boolean {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  return value !== undefined && value !== null && value !== ''
}

/** The fields of a form, or other pairs; a repeated name becomes a list. */
export function parametersOf(
  pairs: Iterable<readonly [name: string, value: string]>,
): TokenRequestParameters {
  const values = new Map<string, string | string[]>()
  for (const [name, value] of pairs) {
    const earlier = values.get(name)
    values.set(name, earlier === undefined ? value : [earlier, value].flat())
  }
  return Object.fromEntries(values)
}

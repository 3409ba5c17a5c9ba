import { ConfigurationError } from '../errors.ts'
import { OAuth1ClientError, type ServerResponse } from './client-error.ts'
import { type Credential, checkCredential, type FlowEndpoints } from './options.ts'
import type { SignedFetchInit } from './outgoing.ts'
import { readTokenResponse, type TokenResponse } from './server-response.ts'

/** A credential as a server issued it. */
export interface IssuedCredential extends Credential {
  /** Further parameters of the response, such as `user_id` or `screen_name`. */
  readonly parameters: Readonly<Record<string, string>>
}

/** What may go with a request for a credential. */
export interface FlowRequest extends Pick<SignedFetchInit, 'signal' | 'headers'> {
  /** Sent as a form and signed, such as `{ scope: 'photos:read' }`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /** Further protocol parameters, such as `oauth_session_handle`. */
  readonly oauth?: Readonly<Record<string, string>> | undefined
}

/** Sends a signed request with these protocol parameters. */
export type SignedSend = (
  url: string,
  init: SignedFetchInit,
  oauth: Readonly<Record<string, string>>,
) => Promise<Response>

/** Asks a token endpoint for a credential. @throws OAuth1ClientError, and the reason of an aborted signal. */
export async function requestCredential(
  send: SignedSend,
  endpoint: string,
  oauth: Readonly<Record<string, string>>,
  { parameters = {}, oauth: further, signal, headers }: FlowRequest,
): Promise<IssuedCredential> {
  const body = Object.keys(parameters).length === 0 ? undefined : new URLSearchParams({ ...parameters })
  const init = {
    method: 'POST',
    ...(headers === undefined ? {} : { headers }),
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { body }),
  }
  let response: TokenResponse
  try {
    response = await readTokenResponse(await send(endpoint, init, { ...oauth, ...further }), endpoint)
  } catch (cause) {
    if (cause instanceof OAuth1ClientError || cause instanceof ConfigurationError || signal?.aborted)
      throw cause
    throw new OAuth1ClientError('network_error', `${endpoint} cannot be reached: ${reasonOf(cause)}`, {
      cause,
    })
  }
  return credentialOf(response)
}

function credentialOf({ ok, fields, said }: TokenResponse): IssuedCredential {
  if (!ok) throw new OAuth1ClientError('refused', refusalText(said), { response: said })
  const { oauth_token: oauthToken, oauth_token_secret: oauthTokenSecret, ...parameters } = fields
  if (oauthToken && oauthTokenSecret !== undefined) return { oauthToken, oauthTokenSecret, parameters }
  // Some servers report problems with 200.
  if (said.problem !== undefined || said.error !== undefined)
    throw new OAuth1ClientError('refused', refusalText(said), { response: said })
  throw new OAuth1ClientError(
    'invalid_response',
    `${said.url} returned ${said.status} without oauth_token and oauth_token_secret. Is it the right address?`,
    { response: said },
  )
}

function refusalText({
  url,
  status,
  body,
  error,
  errorDescription,
  problem,
  advice,
}: ServerResponse): string {
  const words = [problem ?? error, errorDescription ?? advice].filter((text) => text !== undefined)
  return `${url} refused with ${status}: ${(words.join(': ') || body.trim() || 'it did not say why').slice(0, 500)}`
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return reason instanceof Error ? reason.message : String(reason)
}

/** §2.1: without the confirmation the server may speak OAuth 1.0 without its fix for session fixation. */
export function requireConfirmation(temporary: IssuedCredential, endpoint: string): IssuedCredential {
  if (temporary.parameters['oauth_callback_confirmed']?.toLowerCase() === 'true') return temporary
  throw new OAuth1ClientError(
    'callback_not_confirmed',
    `${endpoint} returned no oauth_callback_confirmed=true, which RFC 5849 demands: the server would not protect your users from having another's request approved by them.`,
  )
}

export function endpointOf(endpoints: FlowEndpoints | undefined, name: keyof FlowEndpoints): string {
  const url = endpoints?.[name]
  if (url !== undefined) return url
  throw new ConfigurationError(
    `Give the client endpoints: { ${name}: 'https://…' }, the address of the server.`,
  )
}

/** The address to send the user to (§2.2). */
export function authorizationUrl(
  endpoint: string,
  temporary: Pick<Credential, 'oauthToken'>,
  parameters: Readonly<Record<string, string>>,
): string {
  const url = new URL(endpoint)
  for (const [name, value] of Object.entries({ ...parameters, oauth_token: temporary.oauthToken }))
    url.searchParams.set(name, value)
  return url.href
}

/** The verifier of a callback (§2.2). @throws OAuth1ClientError */
export function readCallback(callback: string | URL | URLSearchParams, temporary: Credential): string {
  checkCredential(temporary)
  const parameters = callback instanceof URLSearchParams ? callback : queryOf(String(callback))
  const token = parameters.get('oauth_token') ?? parameters.get('denied')
  if (token !== null && token !== temporary.oauthToken)
    throw new OAuth1ClientError(
      'callback_mismatch',
      'The callback is for another temporary credential, not the one with which this user was sent to the server.',
    )
  const problem = parameters.get('oauth_problem') ?? parameters.get('error')
  if (problem !== null || parameters.has('denied')) {
    const description = parameters.get('oauth_problem_advice') ?? parameters.get('error_description')
    const words = [problem, description].filter(Boolean).join(': ').slice(0, 500)
    throw new OAuth1ClientError('access_denied', `Access was not granted${words && ` (${words})`}.`)
  }
  const verifier = parameters.get('oauth_verifier')
  if (token !== null && verifier) return verifier
  throw new OAuth1ClientError(
    'missing_verifier',
    'The callback lacks oauth_token or oauth_verifier. Pass its whole URL, as the browser asked for it.',
  )
}

/** A server's own view of its URL is often a path alone. */
function queryOf(url: string): URLSearchParams {
  const question = url.indexOf('?')
  return new URLSearchParams(question === -1 ? '' : url.slice(question + 1).split('#', 1)[0])
}

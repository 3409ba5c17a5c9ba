import { OAuth1Error } from '../errors.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import { errorUri } from '../server/responses.ts'
import { ExchangeError } from './exchange-error.ts'
import type { TokenExchange } from './token-exchange.ts'
import { parametersOf, type TokenRequestParameters } from './token-request.ts'

/** How an OAuth 2 client identifies itself (RFC 6749 §2.3.1). */
export interface ClientCredentials {
  readonly clientId: string
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined
}

/** Whether an OAuth 2 client is who it claims to be. Compare secrets in constant time. */
export type AuthenticateClient = (credentials: ClientCredentials, request: HttpRequest) => Awaitable<boolean>

/**
 * The exchange as a token endpoint, for a server that has none: it accepts token exchange requests only. Pass it to the
 * `endpoint` function of an adapter.
 *
 * @param authenticateClient - Checks the credentials in `Authorization: Basic` or in the form.
 * @example
 * ```ts
 * app.post('/oauth2/token', endpoint(tokenEndpoint(exchange, isClient)))
 * ```
 */
export function tokenEndpoint<C extends Client, T extends TokenCredential>(
  exchange: TokenExchange<C, T>,
  authenticateClient: AuthenticateClient,
): (request: HttpRequest) => Promise<HttpResponse> {
  return (request) =>
    respond(exchange, async () => {
      if (request.method.toUpperCase() !== 'POST')
        throw new ExchangeError('method_not_allowed', 'This endpoint takes POST only.')
      if (!exchange.insecureTransport && !/^https:/i.test(request.url))
        throw new ExchangeError(
          'invalid_request',
          'Secrets travel in this request, so it must come over https.',
        )
      const parameters = parametersOf(new URLSearchParams(request.body ?? ''))
      const credentials = clientCredentials(request, parameters)
      if (!(await authenticateClient(credentials, request))) throw unknownClient()
      return exchange.exchange(credentials.clientId, parameters)
    })
}

/**
 * The exchange of signed requests as an endpoint. Pass it to the `endpoint` function of an adapter.
 *
 * @example
 * ```ts
 * app.all('/oauth/exchange', endpoint(signedEndpoint(exchange)))
 * ```
 */
export function signedEndpoint<C extends Client, T extends TokenCredential>(
  exchange: TokenExchange<C, T>,
): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    try {
      return await respond(exchange, () => exchange.exchangeSigned(request))
    } catch (error) {
      if (!(error instanceof OAuth1Error)) throw error
      const { accept } = request.headers
      const response = exchange.errorResponse(error, typeof accept === 'string' ? accept : undefined)
      return error.code === 'method_not_allowed'
        ? { ...response, headers: { ...response.headers, allow: 'POST' } }
        : response
    }
  }
}

/** RFC 6749 §5.1: never cached. */
const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' }

async function respond(
  { errorPage }: { readonly errorPage: string | false },
  run: () => Promise<object>,
): Promise<HttpResponse> {
  try {
    return { status: 200, headers, body: JSON.stringify(await run()) }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    const body = JSON.stringify({ ...error.toJSON(), ...errorUri(errorPage, error.code) })
    return { status: error.status, headers: { ...headers, ...headersOf(error) }, body }
  }
}

function headersOf({ code }: ExchangeError): Record<string, string> {
  // RFC 6749 §5.2.
  if (code === 'invalid_client') return { 'www-authenticate': 'Basic realm="OAuth"' }
  if (code === 'rate_limited') return { 'retry-after': '60' }
  if (code === 'method_not_allowed') return { allow: 'POST' }
  return {}
}

/** RFC 6749 §2.3: a client uses one method only. */
function clientCredentials(request: HttpRequest, parameters: TokenRequestParameters): ClientCredentials {
  const { client_id: clientId, client_secret: clientSecret } = parameters
  const { authorization } = request.headers
  if (authorization === undefined) {
    if (typeof clientId !== 'string' || clientId === '') throw unknownClient()
    if (clientSecret !== undefined && typeof clientSecret !== 'string') throw unknownClient()
    return { clientId, clientSecret }
  }
  const basic = typeof authorization === 'string' ? basicCredentials(authorization) : undefined
  if (basic === undefined) throw unknownClient()
  if (clientSecret !== undefined || (clientId !== undefined && clientId !== basic.clientId))
    throw new ExchangeError('invalid_request', 'The client is named in more than one way.')
  return basic
}

/** RFC 6749 §2.3.1: both halves are form-encoded first. */
function basicCredentials(header: string): ClientCredentials | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header) ?? []
  if (encoded === undefined) return undefined
  try {
    const text = new TextDecoder().decode(Uint8Array.from(atob(encoded), (octet) => octet.charCodeAt(0)))
    const at = text.indexOf(':')
    const [clientId, clientSecret] = [text.slice(0, at), text.slice(at + 1)].map(formDecoded)
    return at > 0 ? { clientId: clientId as string, clientSecret } : undefined
  } catch {
    return undefined
  }
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

function unknownClient(): ExchangeError {
  return new ExchangeError('invalid_client', 'The client is unknown, or did not prove who it is.')
}

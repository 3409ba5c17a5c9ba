import { quoteRealm } from '../protocol/authorization-header.ts'
import { percentEncode } from '../protocol/encoding.ts'
import type { OAuth1Error } from '../protocol/errors.ts'
import type { HttpResponse } from '../protocol/http.ts'

const form = 'application/x-www-form-urlencoded'

/** Credentials in an answer must stay out of every cache (§4.4). */
const notCacheable = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** Pages and redirects of the authorization step: not cached, not framed (§4.14), their address not passed on. */
const pageHeaders = {
  ...notCacheable,
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}

/** 200 with the pairs as a form, as §2.1 and §2.3 prescribe. */
export function credentialsResponse(pairs: Readonly<Record<string, string>>): HttpResponse {
  return { status: 200, headers: { 'content-type': form, ...notCacheable }, body: formBody(pairs) }
}

/** 302 to the client's callback (§2.2). */
export function redirectResponse(location: string): HttpResponse {
  return { status: 302, headers: { location, ...pageHeaders }, body: '' }
}

/** 200 with a page for the resource owner. */
export function pageResponse(html: string): HttpResponse {
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', ...pageHeaders }, body: html }
}

/** How an error is to be written. */
export interface ErrorForm {
  /** For the challenge. */
  readonly realm: string
  /** The request's `Accept` header: JSON where it asks for JSON, a form otherwise. */
  readonly accept?: string | undefined
  /** Challenge on 400 too: for protected resources. Every 401 carries one anyway. */
  readonly challenge?: boolean | undefined
  /** The verbs of a 405's `Allow`. */
  readonly allow?: string | undefined
}

/** The answer to a client at fault: `error` and `error_description`, as JSON or a form, never cached. */
export function errorResponse(error: OAuth1Error, to: ErrorForm): HttpResponse {
  const json = accepts(to.accept, /^application\/(?:[\w.-]+\+)?json$/i) > accepts(to.accept, formType)
  const body = { error: error.code, error_description: error.description }
  const headers: Record<string, string> = {
    'content-type': json ? 'application/json' : form,
    ...notCacheable,
  }
  if (error.status === 401 || to.challenge)
    headers['www-authenticate'] = `OAuth realm="${quoteRealm(to.realm)}"`
  if (to.allow !== undefined) headers['allow'] = to.allow
  // A refused body may not have been read to its end: what follows on this connection could be taken for a request.
  if (error.code === 'request_too_large' || error.code === 'request_timeout') headers['connection'] = 'close'
  return { status: error.status, headers, body: json ? JSON.stringify(body) : formBody(body) }
}

function formBody(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${percentEncode(value)}`)
    .join('&')
}

const formType = /^application\/x-www-form-urlencoded$/i

/** The weight that an `Accept` header gives to a media type by its name (RFC 9110 §12.5.1); 0 where it does not name it. */
function accepts(accept: string | undefined, type: RegExp): number {
  const weights = (accept ?? '').split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim())
    if (!type.test(name)) return 0
    const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2) ?? '1'
    return Number(weight) || 0
  })
  return weights.reduce((most, weight) => Math.max(most, weight), 0)
}

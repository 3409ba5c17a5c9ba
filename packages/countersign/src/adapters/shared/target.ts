import { isUtf8 } from 'node:buffer'
import { OAuth1Error } from '../../errors.ts'

/**
 * The absolute URL of a request from the framework's trusted view of scheme and host and the raw request target.
 * Octets above 127, which Node hands out one character each, are read as UTF-8.
 */
export function absoluteUrl(scheme: string, host: string | undefined, target: string): string {
  // `Host: api.example.com/admin` would move the boundary between host and path: the request would be signed for one
  // path and routed to another.
  if (host !== undefined && /[^\x21-\x7e]|[/?#@\\]/.test(host))
    throw new OAuth1Error('invalid_request', 'The Host header is not a host.')
  refuseFragment(target)
  return `${scheme}://${host ?? ''}${rawText(pathOf(target))}`
}

/** Path and query of a request target. */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target
  // RFC 9112 §3.2.4 and §3.3: the asterisk of `OPTIONS *` stands for an empty path.
  if (target === '*') return ''
  refuseUserInformation(target)
  // §3.2.2: an absolute-form target has its own scheme and host; the trusted view takes precedence all the same.
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]+(?=[/?]|$)/i, '')
  // RFC 9110 §4.2.1: without a host, parsers disagree where the path begins: signed for one path, routed to another.
  if (path === target)
    throw new OAuth1Error('invalid_request', 'The request target is not a URL with a host.')
  return path
}

/**
 * A request target has no fragment (RFC 9112 §3.2). The signature would ignore it, but Fastify and Hono read a query in
 * it: anyone could add parameters to a signed request.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function refuseFragment(target: string): void {
  if (target.includes('#')) throw new OAuth1Error('invalid_request', 'The request target holds a fragment.')
}

/**
 * `URLSearchParams`, which Koa uses for the query, drops a leading question mark but not an escaped one, although both
 * have the same signature.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function refuseSecondQuestionMark(target: string): void {
  if (target.startsWith('??', target.indexOf('?')))
    throw new OAuth1Error('invalid_request', 'A query must not begin with a question mark; write it as %3F.')
}

/**
 * RFC 9110 §4.2.4: a name and a password before the host are an error. Fetch's `URL` takes them, its `Request` does not.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function refuseUserInformation(url: string): void {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]*@/i.test(url))
    throw new OAuth1Error('invalid_request', 'The request target holds user information before its host.')
}

/**
 * RFC 9110 §9.3.8: TRACE carries no content. Fetch makes no such request, so no handler could read it either.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function refuseContent(method: string): void {
  if (/^(?:TRACE|TRACK|CONNECT)$/i.test(method))
    throw new OAuth1Error('invalid_request', `A ${method.toUpperCase()} request carries no form.`)
}

/** Text with one character per byte, as Node provides request targets. */
function rawText(octets: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is intended
  if (!/[^\x00-\x7f]/.test(octets)) return octets
  const text = Buffer.from(octets, 'latin1')
  if (isUtf8(text)) return text.toString()
  throw new OAuth1Error('invalid_request', 'The request target holds octets that are not UTF-8.')
}

/**
 * The verb that the client signed, where method-override middleware replaced the one on the wire. If the client signed
 * the override, as `_method` in query or form, the verb on the wire is the signed one. Any other override is unsigned:
 * anyone between client and server could turn a POST into a DELETE with a header, so the signature must cover the new
 * verb.
 *
 * @param method - The verb that the handler sees.
 * @param wire - The verb in the request line, if the framework still knows it.
 */
export function signedMethod(
  method: string,
  wire: string | undefined,
  url: string,
  body: string | undefined,
): string {
  if (wire === undefined || wire === method) return method
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
  const overrides = [query, body ?? ''].flatMap((text) => new URLSearchParams(text).getAll('_method'))
  // Of several overrides, each reader picks a different one.
  const isSigned =
    overrides.length > 0 && overrides.every((verb) => verb.toUpperCase() === method.toUpperCase())
  return isSigned ? wire : method
}

import { isUtf8 } from 'node:buffer'
import { OAuth1Error } from '../../errors.ts'

/**
 * The absolute URL of a request from the framework's trusted view of scheme and host and the raw request target.
 * Octets above 127, which Node hands out one character each, are read as UTF-8.
 */
export function absoluteUrl(scheme: string, host: string | undefined, target: string): string {
  // A `Host: api.example.com/admin` would move the border between host and path: signed for one path, routed to
  // another.
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
  // §3.2.2: an absolute-form target carries scheme and host itself; the trusted view decides all the same.
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]+(?=[/?]|$)/i, '')
  // RFC 9110 §4.2.1: without a host, readers differ in where the path begins: signed for one, routed to another.
  if (path === target)
    throw new OAuth1Error('invalid_request', 'The request target is not a URL with a host.')
  return path
}

/**
 * A request target has no fragment (RFC 9112 §3.2). To the signature one would count for nothing, but Fastify and Hono
 * read a query in it: anyone could add parameters to a signed request.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function refuseFragment(target: string): void {
  if (target.includes('#')) throw new OAuth1Error('invalid_request', 'The request target holds a fragment.')
}

/**
 * `URLSearchParams`, to which Koa gives the query, drops a question mark at its beginning, but not the escape of one,
 * which has the same signature.
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

/** Text whose characters are octets, as Node gives request targets. */
function rawText(octets: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is what is meant
  if (!/[^\x00-\x7f]/.test(octets)) return octets
  const text = Buffer.from(octets, 'latin1')
  if (isUtf8(text)) return text.toString()
  throw new OAuth1Error('invalid_request', 'The request target holds octets that are not UTF-8.')
}

/**
 * The verb that the client signed, where method-override middleware replaced the one on the wire. An override that the
 * client signed, `_method` in query or form, leaves the verb on the wire as the signed one. Every other override is
 * unsigned: anyone between client and server could turn a POST into a DELETE with a header, so the signature must be
 * one for the new verb.
 *
 * @param method - What the handler sees. @param wire - What came in the request line, where the framework still knows
 *   it.
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
  // Of several, each reader takes another one.
  const isSigned =
    overrides.length > 0 && overrides.every((verb) => verb.toUpperCase() === method.toUpperCase())
  return isSigned ? wire : method
}

import { isUtf8 } from 'node:buffer'
import { formOfOctets, percentEncode } from '../protocol/encoding.ts'
import { ConfigurationError, OAuth1Error } from '../protocol/errors.ts'

/**
 * Parsers differ in what they forgive around the type, and of several types Fetch goes by the last. What one of them
 * takes for a form must be signed as one, or a stranger could add fields to a signed request.
 */
const formType = /(?:^|,)\s*application\/x-www-form-urlencoded(?![\w!#$%&'*+.^`|~-])/i

/** Whether a `Content-Type` is that of a form, with or without parameters (§3.4.1.3.1). */
export function isForm(contentType: string | null | undefined): boolean {
  return !!contentType && formType.test(contentType)
}

/**
 * The absolute URL of a request from the framework's trusted view of scheme and host and the raw request target.
 * Octets above 127, which Node hands out one character each, are read as UTF-8.
 */
export function absoluteUrl(scheme: string, host: string | undefined, target: string): string {
  // A `Host: api.example.com/admin` would move the border between host and path: signed for one path, routed to another.
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
  // §3.2.2: an absolute-form target carries scheme and host itself; the trusted view decides all the same.
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]+(?=[/?]|$)/i, '')
  // RFC 9110 §4.2.1: without a host, readers differ in where the path begins: signed for one, routed to another.
  if (path === target)
    throw new OAuth1Error('invalid_request', 'The request target is not a URL with a host.')
  return path
}

/**
 * A request target has no fragment (RFC 9112 §3.2). To the signature one would count for nothing, but Fastify and Hono
 * read a query in it: anybody could add parameters to a signed request.
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

/** Text whose characters are octets, as Node gives request targets. */
function rawText(octets: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is what is meant
  if (!/[^\x00-\x7f]/.test(octets)) return octets
  const text = Buffer.from(octets, 'latin1')
  if (isUtf8(text)) return text.toString()
  throw new OAuth1Error('invalid_request', 'The request target holds octets that are not UTF-8.')
}

/** What a framework may have done to a form body before us. */
export interface BodySource {
  /** Octets or text that something kept before parsing. */
  readonly raw?: unknown
  /** What a body parser made of it. */
  readonly parsed?: unknown
  /** Reads the stream, or answers undefined where it was read before. */
  readonly stream: () => Promise<Uint8Array> | undefined
  /** What to change when only a parsed body is left in which something was lost. */
  readonly remedy: string
}

/**
 * The text of a form body, losslessly: what was kept raw, else the unread stream, else a parsed body put together
 * again: of single fields, and of repeated ones where the parser knows no brackets.
 *
 * @throws ConfigurationError when all that is left is a parsed body that does not tell what was sent, or nothing.
 */
export async function formText({ raw, parsed, stream, remedy }: BodySource): Promise<string> {
  if (typeof raw === 'string') return undamaged(raw, remedy)
  if (raw instanceof Uint8Array) return formOfOctets(raw)
  if (typeof parsed === 'string') return undamaged(parsed, remedy)
  if (parsed instanceof Uint8Array) return formOfOctets(parsed)
  const octets = await stream()
  if (octets) return formOfOctets(octets)
  if (parsed !== null && typeof parsed === 'object') return rebuildForm(parsed, remedy)
  throw new ConfigurationError(`The form body was read before its signature could be checked. ${remedy}`)
}

function rebuildForm(parsed: object, remedy: string): string {
  // qs makes plain objects, in which an array may be of a[]=1, a[0]=1 or a=1&a=2. Parsers that know no brackets make
  // objects of another prototype, or of none.
  const readsBrackets = Object.getPrototypeOf(parsed) === Object.prototype
  const pairs: string[] = []
  for (const [name, value] of Object.entries(parsed)) {
    for (const item of Array.isArray(value) && !readsBrackets ? value : [value]) {
      if (typeof item !== 'string') {
        throw new ConfigurationError(
          `A body parser made an array or an object of the form field ${name}, so what the client signed is lost. ${remedy}`,
        )
      }
      for (const text of [name, item]) {
        undamaged(text, remedy)
        if (mayBeUndecoded(text)) throw damaged(remedy)
      }
      pairs.push(`${percentEncode(name)}=${percentEncode(item)}`)
    }
  }
  return pairs.join('&')
}

/**
 * Text that something decoded, unless it holds what decoders put in the place of octets that are not UTF-8.
 *
 * @throws ConfigurationError
 */
export function undamaged(text: string, remedy: string): string {
  if (text.includes('\ufffd')) throw damaged(remedy)
  return text
}

/** qs leaves escapes that are not UTF-8 as they came: `%ff` may have been `%ff` or `%25ff`. */
function mayBeUndecoded(text: string): boolean {
  if (!/%[\da-f]{2}/i.test(text)) return false
  try {
    decodeURIComponent(text)
    return false
  } catch {
    return true
  }
}

function damaged(remedy: string): ConfigurationError {
  return new ConfigurationError(
    `The form may hold octets that are not UTF-8, and what read it before its signature could be checked lost them. ${remedy}`,
  )
}

/** @throws OAuth1Error for a compressed form: what was signed is not what arrived. */
export function refuseEncodedForm(contentEncoding: string | undefined): void {
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity')
    throw new OAuth1Error(
      'invalid_request',
      'A form must be sent without Content-Encoding to be checked here.',
    )
}

export function bodyTooLarge(maxBodyLength: number): OAuth1Error {
  return new OAuth1Error('request_too_large', `The form body is over the limit of ${maxBodyLength} octets.`)
}

import { ConfigurationError, OAuth1Error } from '../../errors.ts'
import { formOfOctets, percentEncode } from '../../protocol/encoding.ts'
import { defaultLimits, type Limits } from '../../protocol/limits.ts'

/**
 * Parsers differ in what they forgive around the type, and of several types Fetch goes by the last. What one of them
 * takes for a form must be signed as one, or a stranger could add fields to a signed request.
 */
const formType = /(?:^|,)\s*application\/x-www-form-urlencoded(?![\w!#$%&'*+.^`|~-])/i

/** Whether a `Content-Type` is that of a form, with or without parameters (§3.4.1.3.1). */
export function isForm(contentType: string | null | undefined): boolean {
  return !!contentType && formType.test(contentType)
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

/** The limits of reading a body, completed. */
export function bodyLimits(limits: Partial<Limits> | undefined): BodyLimits {
  return {
    maxBodyLength: limits?.maxBodyLength ?? defaultLimits.maxBodyLength,
    bodyTimeoutSeconds: limits?.bodyTimeoutSeconds ?? defaultLimits.bodyTimeoutSeconds,
  }
}

export type BodyLimits = Pick<Limits, 'maxBodyLength' | 'bodyTimeoutSeconds'>

export function bodyTooLarge(maxBodyLength: number): OAuth1Error {
  return new OAuth1Error('request_too_large', `The form body is over the limit of ${maxBodyLength} octets.`)
}

export function bodyTooSlow(bodyTimeoutSeconds: number): OAuth1Error {
  return new OAuth1Error('request_timeout', `The form body did not arrive within ${bodyTimeoutSeconds} s.`)
}

/** Calls back unless the returned function is called before. A longer timer than the cap would fire at once. */
export function afterSeconds(seconds: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.min(seconds, 2_147_483) * 1000)
  return () => clearTimeout(timer)
}

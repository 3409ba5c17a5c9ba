import { ConfigurationError, OAuth1Error } from '../../errors.ts'
import type { HttpRequest } from '../../protocol/http.ts'
import { defaultLimits, type Limits } from '../../protocol/limits.ts'

/** The remains of a body that something read before this library did. */
export interface KeptBody {
  /** Octets or text that were kept before parsing. */
  readonly raw?: unknown
  /** The value that a body parser made of them. */
  readonly parsed?: unknown
}

/** Where a framework keeps the body that it read. */
export interface BodyPlace<R> {
  readonly kept: (request: R) => KeptBody
  /** What to change if too little was kept. */
  readonly remedy: string
}

type Headers = HttpRequest['headers']

/**
 * The bytes of a body that was read, as they were sent, if they can still be recovered.
 *
 * A decompressed body does not qualify. Neither does text whose decoder dropped a byte order mark, replaced bytes, or
 * read a charset other than UTF-8; its length then usually differs from the announced one.
 */
export function keptOctets({ raw, parsed }: KeptBody, headers: Headers): Uint8Array | undefined {
  if (isEncoded(headers['content-encoding'])) return undefined
  const octets = octetsOf(raw, headers)
  // A JSON parser also produces strings: only the length tells them from the text of a body.
  const isText = typeof parsed !== 'string' || hasLength(Buffer.from(parsed), headers)
  return octets ?? (isText ? octetsOf(parsed, headers) : undefined)
}

function octetsOf(kept: unknown, headers: Headers): Uint8Array | undefined {
  if (typeof kept === 'string') return octetsOfText(kept, headers)
  return kept instanceof Uint8Array && hasLength(kept, headers) !== false ? kept : undefined
}

function octetsOfText(text: string, headers: Headers): Uint8Array | undefined {
  const octets = Buffer.from(text)
  const isOfLength = hasLength(octets, headers)
  if (isOfLength && octets.length === text.length) return octets
  const [charset = 'utf-8'] =
    String(headers['content-type'] ?? '').match(/(?<=charset\s*=\s*"?)[^";,\s]+/i) ?? []
  return isOfLength !== false && /^utf-?8$/i.test(charset) && !text.includes('\ufffd') ? octets : undefined
}

/** Undefined where the client did not say how long its body is. */
function hasLength(octets: Uint8Array, { 'content-length': length }: Headers): boolean | undefined {
  return length === undefined ? undefined : Number(length) === octets.length
}

export function isEncoded(contentEncoding: unknown): boolean {
  return contentEncoding !== undefined && String(contentEncoding).toLowerCase() !== 'identity'
}

/** The error that `bytes()` throws if a body was read and its bytes were not kept. */
export function octetsLost(remedy: string): ConfigurationError {
  return new ConfigurationError(`The body was read, and its octets were not kept for the check. ${remedy}`)
}

/** The limits of reading a body, with their defaults. */
export function bodyLimits(limits: Partial<Limits> | undefined): BodyLimits {
  return {
    maxBodyLength: limits?.maxBodyLength ?? defaultLimits.maxBodyLength,
    bodyTimeoutSeconds: limits?.bodyTimeoutSeconds ?? defaultLimits.bodyTimeoutSeconds,
  }
}

export type BodyLimits = Pick<Limits, 'maxBodyLength' | 'bodyTimeoutSeconds'>

export type BodyName = 'form body' | 'body'

/** @throws OAuth1Error 413 where a body is over the limit that holds for this reader. */
export function checkBodyLength(
  name: BodyName,
  body: { readonly length: number },
  limits: Partial<Limits> | undefined,
): void {
  const { maxBodyLength } = bodyLimits(limits)
  if (body.length > maxBodyLength) throw bodyTooLarge(name, maxBodyLength)
}

export function bodyTooLarge(name: BodyName, maxBodyLength: number): OAuth1Error {
  return new OAuth1Error('request_too_large', `The ${name} is over the limit of ${maxBodyLength} octets.`)
}

export function bodyTooSlow(name: BodyName, bodyTimeoutSeconds: number): OAuth1Error {
  return new OAuth1Error('request_timeout', `The ${name} did not arrive within ${bodyTimeoutSeconds} s.`)
}

/** Calls back unless the returned function is called first. A timer longer than the cap would fire at once. */
export function afterSeconds(seconds: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.min(seconds, 2_147_483) * 1000)
  return () => clearTimeout(timer)
}

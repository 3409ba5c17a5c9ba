import { AsyncLocalStorage } from 'node:async_hooks'
import { percentEncode, textFromOctets } from '../protocol/encoding.ts'
import { ConfigurationError, OAuth1Error } from '../protocol/errors.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type { Authentication } from '../server/resource-protector.ts'

/** What every adapter's `requireOAuth` takes besides the protector; a string is short for `{ scope }`. */
export interface RequireOptions {
  /** Space-separated; the token must have been granted all of it. */
  readonly scope?: string
  /**
   * What happens to a refused request: `answer` sends the refusal as a form or JSON, `throw` hands the `OAuth1Error`
   * to the framework's error handler. Default `answer`. Failures of a store or of the configuration are always thrown.
   */
  readonly errors?: 'answer' | 'throw'
}

export function requireOptions(scope: string | RequireOptions | undefined): RequireOptions {
  return typeof scope === 'string' ? { scope } : (scope ?? {})
}

const byRequest = new WeakMap<object, Authentication>()
const byContext = new AsyncLocalStorage<Authentication>()

/** Makes the authentication known for a request object and for everything that `next` starts. */
export function withAuthentication<R>(
  requests: readonly object[],
  authentication: Authentication,
  next: () => R,
): R {
  for (const request of requests) byRequest.set(request, authentication)
  return byContext.run(authentication, next)
}

/**
 * Who signed this request: client, credential and the verified parameters.
 *
 * @throws ConfigurationError where no `requireOAuth` ran before.
 */
export function authenticationOf<C extends Client, T extends TokenCredential>(
  request?: object,
): Authentication<C, T> {
  const authentication = request ? byRequest.get(request) : byContext.getStore()
  if (authentication) return authentication as Authentication<C, T>
  throw new ConfigurationError(
    request
      ? 'This request was not authenticated: put requireOAuth(protector) before the handler.'
      : 'No authenticated request in this async context: put requireOAuth(protector) before the handler, or pass the request.',
  )
}

/**
 * The token credential of this request, as the `queryToken` hook loaded it.
 *
 * @throws ConfigurationError where no `requireOAuth` ran before, or the request is a two-legged one.
 */
export function credentialOf<T extends TokenCredential>(request?: object): T {
  const { credential } = authenticationOf<Client, T>(request)
  if (credential) return credential
  throw new ConfigurationError(
    'This request was signed by a client alone; use currentAuthentication to accept that.',
  )
}

const formType = /^[ \t]*application\/x-www-form-urlencoded[ \t]*(?:;|$)/i

/** Whether a `Content-Type` is that of a form, with or without parameters (§3.4.1.3.1). */
export function isForm(contentType: string | undefined): boolean {
  return contentType !== undefined && formType.test(contentType)
}

/**
 * The absolute URL of a request from the framework's trusted view of scheme and host and the raw request target.
 * Octets above 127, which Node hands out one character each, are read as UTF-8 or else escaped.
 */
export function absoluteUrl(scheme: string, host: string | undefined, target: string): string {
  // RFC 9112 §3.2.2: an absolute-form target carries the host itself; the trusted view decides all the same.
  const path = /^[a-z][a-z0-9+.-]*:\/\//i.test(target) ? target.replace(/^[^:]*:\/\/[^/?#]*/, '') : target
  return `${scheme}://${host ?? ''}${rawText(path)}`
}

/** Text whose characters are octets, as Node gives request targets. */
export function rawText(octets: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is what is meant
  return /^[\x00-\x7f]*$/.test(octets) ? octets : textFromOctets(Buffer.from(octets, 'latin1'))
}

/** What a framework may have done to a form body before us. */
export interface BodySource {
  /** Octets or text that something kept before parsing. */
  readonly raw?: unknown
  /** What a body parser made of it. */
  readonly parsed?: unknown
  /** Reads the stream, or answers undefined where it was read before. */
  readonly stream: () => Promise<Uint8Array> | undefined
  /** What to change when only a nested parsed body is left. */
  readonly remedy: string
}

/**
 * The text of a form body, losslessly: what was kept raw, else the unread stream, else a flat parsed body rebuilt
 * with its repeats.
 *
 * @throws ConfigurationError when all that is left is a nested parsed body, or nothing.
 */
export async function formText({ raw, parsed, stream, remedy }: BodySource): Promise<string> {
  if (typeof raw === 'string') return raw
  if (raw instanceof Uint8Array) return textFromOctets(raw)
  if (typeof parsed === 'string') return parsed
  if (parsed instanceof Uint8Array) return textFromOctets(parsed)
  const octets = await stream()
  if (octets) return textFromOctets(octets)
  if (parsed !== null && typeof parsed === 'object') return rebuildForm(parsed, remedy)
  throw new ConfigurationError(`The form body was read before its signature could be checked. ${remedy}`)
}

function rebuildForm(parsed: object, remedy: string): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(parsed)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item !== 'string') {
        throw new ConfigurationError(
          `A body parser made nested objects of the form field ${name}, so what the client signed is lost. ${remedy}`,
        )
      }
      pairs.push(`${percentEncode(name)}=${percentEncode(item)}`)
    }
  }
  return pairs.join('&')
}

/** @throws OAuth1Error `request_too_large`, before anything is read, when the announced length is over the limit. */
export function checkContentLength(contentLength: string | undefined, maxBodyLength: number): void {
  if (Number(contentLength ?? 0) > maxBodyLength) throw bodyTooLarge(maxBodyLength)
}

export function bodyTooLarge(maxBodyLength: number): OAuth1Error {
  return new OAuth1Error('request_too_large', `The form body is over the limit of ${maxBodyLength} octets.`)
}

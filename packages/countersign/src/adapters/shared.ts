import { AsyncLocalStorage } from 'node:async_hooks'
import { percentEncode, textFromOctets } from '../protocol/encoding.ts'
import { ConfigurationError, OAuth1Error } from '../protocol/errors.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import { defaults } from '../server/options.ts'
import { type Authentication, checkScope, type ResourceProtector } from '../server/resource-protector.ts'
import { errorResponse } from '../server/responses.ts'

/** What happens to a request of a client at fault. */
export interface RefusalOptions {
  /**
   * `answer` sends the refusal as a form or JSON, `throw` hands the `OAuth1Error` to the framework's error handler.
   * Default `answer`. Failures of a store or of the configuration are always thrown.
   */
  readonly errors?: 'answer' | 'throw'
}

/** What every adapter's `requireOAuth` takes besides the protector; a string is short for `{ scope }`. */
export interface RequireOptions extends RefusalOptions {
  /** Space-separated; the token must have been granted all of it. */
  readonly scope?: string
}

/** What every adapter's `endpoint` takes besides the function that answers. */
export interface EndpointOptions extends RefusalOptions {
  /** For the challenge of a refusal that the function throws. Default `OAuth`. */
  readonly realm?: string
  /** How large a form body may be. Default: the core's. */
  readonly limits?: Limits
}

export function requireOptions(scope: string | RequireOptions | undefined): RequireOptions {
  return typeof scope === 'string' ? { scope } : (scope ?? {})
}

/** Runs an endpoint. An `OAuth1Error`, of the function or of reading the request, becomes its answer. */
export async function answerOf(
  accept: string | undefined,
  { errors, realm = defaults.realm }: EndpointOptions,
  run: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof OAuth1Error) || errors === 'throw') throw error
    return errorResponse(error, { realm, accept })
  }
}

/** A protected request: its authentication, or the refusal to send. */
export type Verdict<C extends Client, T extends TokenCredential> =
  | { readonly authentication: Authentication<C, T>; readonly refusal?: undefined }
  | { readonly refusal: HttpResponse }

/** Who was let in, and by which protector. */
interface Entry {
  readonly protector: unknown
  readonly authentication: Authentication
}

const byRequest = new WeakMap<object, Entry>()
const byContext = new AsyncLocalStorage<Authentication>()

/**
 * Checks a protected request once. Behind a second `requireOAuth` of the same protector only the scope is checked:
 * the signature was, and its nonce is spent.
 *
 * @param requests - The framework's objects for the request, under each of which the authentication can be asked for.
 */
export async function judge<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  { scope, errors }: RequireOptions,
  requests: readonly [object, ...object[]],
  accept: string | undefined,
  read: () => Promise<HttpRequest>,
): Promise<Verdict<C, T>> {
  try {
    const earlier = byRequest.get(requests[0])
    if (earlier?.protector === protector) {
      if (scope !== undefined) checkScope(scope, earlier.authentication.credential?.scope)
      return { authentication: earlier.authentication as Authentication<C, T> }
    }
    const authentication = await protector.authenticate(await read(), scope)
    for (const request of requests) byRequest.set(request, { protector, authentication })
    return { authentication }
  } catch (error) {
    if (!(error instanceof OAuth1Error) || errors === 'throw') throw error
    return { refusal: protector.errorResponse(error, accept) }
  }
}

/** Makes the authentication known to everything that `next` starts. */
export function withAuthentication<R>(authentication: Authentication, next: () => R): R {
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
  const authentication = request ? byRequest.get(request)?.authentication : byContext.getStore()
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
  // A `Host: api.example.com/admin` would move the border between host and path: signed for one path, routed to another.
  if (host !== undefined && /[^\x21-\x7e]|[/?#@\\]/.test(host))
    throw new OAuth1Error('invalid_request', 'The Host header is not a host.')
  // RFC 9112 §3.2.2: an absolute-form target carries the host itself; the trusted view decides all the same.
  // §3.2.4 and §3.3: the asterisk of `OPTIONS *` stands for an empty path.
  const path = target === '*' ? '' : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
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

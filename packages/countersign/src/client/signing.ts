import { digestBase64 } from '../crypto/digest.ts'
import { randomHex } from '../crypto/random.ts'
import { OAuth1Error } from '../errors.ts'
import { formatAuthorizationHeader } from '../protocol/authorization-header.ts'
import { signatureBaseString, splitUrl } from '../protocol/base-string.ts'
import { formOfOctets, percentEncode } from '../protocol/encoding.ts'
import { isForm } from '../protocol/form-type.ts'
import { type Parameter, parseForm } from '../protocol/parameters.ts'
import type { Place } from '../protocol/parsed-values.ts'
import { OAuth1ClientError } from './client-error.ts'
import type { Clock } from './clock.ts'
import { type ClientOptions, httpUrl } from './options.ts'
import type { Signer } from './signer.ts'

/** A request to sign. */
export interface UnsignedRequest {
  /** Default GET. */
  readonly method?: string | undefined
  /** Absolute. It is normalised by the URL standard, because `fetch` sends it so. */
  readonly url: string | URL
  /** Sign the URL byte for byte as given, without its fragment, for an HTTP client that sends it so. Default false. */
  readonly exactUrl?: boolean | undefined
  /** A string or bytes are a form if a `content-type` says so; only forms are signed (§3.4.1.3.1). */
  readonly body?: string | URLSearchParams | Uint8Array | undefined
  readonly headers?: ConstructorParameters<typeof Headers>[0]
  /**
   * Further protocol parameters, such as `oauth_verifier`, or other values for those that the client sends; undefined
   * leaves one out, such as `oauth_nonce` with PLAINTEXT (§3.1).
   */
  readonly oauth?: Readonly<Record<string, string | undefined>> | undefined
  /** Default: the client's. */
  readonly place?: Place | undefined
}

/** A signed request, ready to send. */
export interface SignedRequest {
  readonly method: string
  readonly url: string
  /** The given headers and the signature's, by lower-case name. */
  readonly headers: Record<string, string>
  /** A form as text; anything else as it was given. */
  readonly body: string | Uint8Array | undefined
  /** The `Authorization` header, if it holds the protocol parameters. */
  readonly authorization: string | undefined
  /** The signature base string (§3.4.1), to compare with the server's. It contains the token. */
  readonly baseString: string
}

/** The input of the signer, and the function that adds the signature to the request. */
export interface PreparedRequest {
  readonly baseString: string
  complete(signature: string): SignedRequest
}

export type SigningOptions = Pick<
  ClientOptions,
  'clientId' | 'token' | 'place' | 'realm' | 'bodyHash' | 'includeVersion' | 'nonce'
>

/**
 * Everything in §3 except the signature itself.
 *
 * @param isUnread - The body is a stream or multipart, which must not be read.
 * @throws OAuth1ClientError `unsignable_request`
 */
export function prepareRequest(
  options: SigningOptions,
  signer: Signer,
  clock: Clock,
  request: UnsignedRequest,
  isUnread = false,
): PreparedRequest {
  const { method = 'GET', place = options.place ?? 'header' } = request
  const url = request.exactUrl ? exactUrl(String(request.url)) : normalizedUrl(request.url)
  const headers = new Headers(request.headers)
  const { form, content } = readBody(request.body, headers)
  if (isUnread && isForm(headers.get('content-type')))
    throw unsignable('its form is a stream or multipart. Give text, octets, a Blob or URLSearchParams.')
  const placesInBody = place === 'body'
  if (placesInBody && !mayHoldForm(method, form, isUnread || content !== undefined))
    throw unsignable(
      `a ${method} without a form has no body for the protocol parameters. Use the place header or query.`,
    )
  if (place === 'header' && headers.has('authorization'))
    throw unsignable('it has an Authorization header already. Remove it, or use the place query or body.')

  const bodyHash = form === undefined && !placesInBody ? bodyHashOf(options, signer, content, isUnread) : {}
  const values: Readonly<Record<string, string | undefined>> = {
    oauth_consumer_key: options.clientId,
    ...(options.token === undefined ? {} : { oauth_token: options.token.oauthToken }),
    oauth_signature_method: signer.name,
    oauth_timestamp: String(clock.timestamp()),
    oauth_nonce: options.nonce?.() ?? randomHex(16),
    ...(options.includeVersion === false ? {} : { oauth_version: '1.0' }),
    ...bodyHash,
    ...request.oauth,
  }
  const protocol = Object.entries(values).filter(isGiven)
  const baseString = baseStringOf(method, url, form ?? '', protocol)
  return {
    baseString,
    complete(signature) {
      const signed: Pair[] = [...protocol, ['oauth_signature', signature]]
      const authorization = place === 'header' ? formatAuthorizationHeader(signed, options.realm) : undefined
      if (authorization !== undefined) headers.set('authorization', authorization)
      if (placesInBody && form === undefined) headers.set('content-type', formType)
      return {
        method,
        url: place === 'query' ? withQuery(url, formText(signed)) : url,
        headers: Object.fromEntries(headers),
        body: placesInBody ? [...(form ? [form] : []), formText(signed)].join('&') : (form ?? content),
        authorization,
        baseString,
      }
    },
  }
}

type Pair = readonly [name: string, value: string]

function isGiven(pair: [string, string | undefined]): pair is [string, string] {
  return pair[1] !== undefined && pair[0] !== 'oauth_signature'
}

const formType = 'application/x-www-form-urlencoded'

/** The URL as it is sent, without its fragment. */
function normalizedUrl(given: string | URL): string {
  const url = httpUrl(given)
  if (url === undefined) throw unsignable('its URL is not an absolute http or https URL.')
  url.hash = ''
  return url.href
}

/** Beyond ASCII, senders encode differently. */
function exactUrl(given: string): string {
  if (/[^\0-\x7f]/.test(given))
    throw unsignable('its URL holds characters beyond ASCII: percent-encode them as UTF-8.')
  return given.split('#', 1)[0] as string
}

/** The text of a form (§3.4.1.3.1), or other content, which is not signed. */
function readBody(
  body: UnsignedRequest['body'],
  headers: Headers,
): { readonly form?: string; readonly content?: string | Uint8Array } {
  if (body === undefined) return {}
  if (body instanceof URLSearchParams && !headers.has('content-type'))
    headers.set('content-type', `${formType};charset=UTF-8`)
  const content = body instanceof URLSearchParams ? body.toString() : body
  // From untyped code: an object would be sent as "[object Object]".
  if (!(typeof content === 'string' || content instanceof Uint8Array))
    throw unsignable(
      'its body is neither text, octets nor URLSearchParams. For JSON give JSON.stringify(…), for a form new URLSearchParams(…).',
    )
  if (!isForm(headers.get('content-type'))) return { content }
  return { form: typeof content === 'string' ? content : signable(() => formOfOctets(content)) }
}

/** §3.5.2: a form, or no body yet if the method may have one. */
function mayHoldForm(method: string, form: string | undefined, hasContent: boolean): boolean {
  return form !== undefined || !(hasContent || /^(?:GET|HEAD)$/i.test(method))
}

/** The parameter of the draft "OAuth Request Body Hash"; without a body, the hash of the empty string. */
function bodyHashOf(
  { bodyHash = 'never' }: SigningOptions,
  signer: Signer,
  content: string | Uint8Array | undefined,
  isUnread: boolean,
): { readonly oauth_body_hash?: string } {
  if (bodyHash === 'never') return {}
  if (isUnread)
    throw unsignable(
      'its body is a stream or multipart, which bodyHash cannot cover without keeping all of it in memory. Give text or octets, or sign with a client whose bodyHash is never.',
    )
  const hashName = bodyHash === 'always' ? (signer.hash ?? 'sha1') : 'sha1'
  return { oauth_body_hash: digestBase64(hashName, content ?? '') }
}

function baseStringOf(method: string, url: string, form: string, protocol: readonly Pair[]): string {
  return signable(() => {
    const { baseUri, query } = splitUrl(url)
    const application = [...parseForm(query), ...parseForm(form)]
    // §3.1: each protocol parameter occurs once.
    const own = application.find(({ name }) => name.startsWith('oauth_'))
    if (own !== undefined)
      throw unsignable(
        `its URL or form already holds ${own.name.slice(0, 60)}. Remove it; further protocol parameters go into oauth.`,
      )
    return signatureBaseString(method, baseUri, [...application, ...protocol.map(encoded)])
  })
}

/** Text that parsers read in different ways cannot be signed. */
function signable<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    throw unsignable(error.description, { cause: error })
  }
}

function unsignable(reason: string, options?: ErrorOptions): OAuth1ClientError {
  return new OAuth1ClientError('unsignable_request', `The request cannot be signed: ${reason}`, options)
}

function encoded([name, value]: Pair): Parameter {
  return { name: percentEncode(name), value: percentEncode(value) }
}

function formText(pairs: readonly Pair[]): string {
  return pairs.map((pair) => pair.map(percentEncode).join('=')).join('&')
}

function withQuery(url: string, more: string): string {
  if (!url.includes('?')) return `${url}?${more}`
  return url.endsWith('?') || url.endsWith('&') ? url + more : `${url}&${more}`
}

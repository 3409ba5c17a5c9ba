import { parseAuthorizationHeader } from './authorization-header.ts'
import { signatureBaseString, splitUrl, type UrlParts } from './base-string.ts'
import { percentDecode } from './encoding.ts'
import { OAuth1Error } from './errors.ts'
import type { HttpRequest } from './http.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { decodeParameter, type Parameter, parseForm } from './parameters.ts'

/** Where the `oauth_` parameters of a request stood (§3.5). */
export type Transport = 'header' | 'body' | 'query'

/**
 * A signed request, parsed once: its protocol parameters by name, and the base string that it should have signed.
 * Parsing is total: any text gives a request or an `OAuth1Error`.
 *
 * @example
 * ```ts
 * const request = OAuth1Request.parse({ method: 'GET', url: 'https://api.example.com/?a=1', headers: { authorization } })
 * request.clientId // the oauth_consumer_key
 * request.parameters // [['a', '1']]
 * ```
 */
export class OAuth1Request {
  readonly method: string
  /** True for https: the secret of PLAINTEXT, and issued credentials, may travel. */
  readonly secure: boolean
  /** Undefined when the request carries no `oauth_` parameter at all. */
  readonly transport: Transport | undefined
  /** The header's realm, which is not signed. */
  readonly realm: string | undefined
  readonly #url: UrlParts
  /** Decoded `oauth_` values, each exactly once. */
  readonly #protocol: ReadonlyMap<string, string>
  /** Everything that is signed, encoded. */
  readonly #signed: readonly Parameter[]

  private constructor(
    method: string,
    url: UrlParts,
    realm: string | undefined,
    transport: Transport | undefined,
    protocol: ReadonlyMap<string, string>,
    signed: readonly Parameter[],
  ) {
    this.method = method
    this.secure = url.secure
    this.realm = realm
    this.transport = transport
    this.#url = url
    this.#protocol = protocol
    this.#signed = signed
  }

  /**
   * Reads the three places of §3.5 and refuses what §3.1 and §3.2 forbid: a repeated protocol parameter,
   * protocol parameters in more than one place, a version other than 1.0.
   *
   * @throws OAuth1Error 400, or 413 when a limit is passed.
   */
  static parse(http: HttpRequest, limits: Limits = defaultLimits): OAuth1Request {
    const { maxUrlLength, maxHeaderLength, maxBodyLength } = limits
    if (http.url.length > maxUrlLength) throw tooLarge('URL', `${maxUrlLength} characters`)
    const authorization = singleHeader(http, 'authorization')
    if (authorization !== undefined && authorization.length > maxHeaderLength) {
      throw tooLarge('Authorization header', `${maxHeaderLength} characters`)
    }
    const body = http.body
    if (body !== undefined && body.length > maxBodyLength)
      throw tooLarge('form body', `${maxBodyLength} characters`)

    const url = splitUrl(http.url)
    const header = authorization === undefined ? undefined : parseAuthorizationHeader(authorization)
    const reader = new ParameterReader(limits)
    if (header) reader.add('header', header.parameters)
    if (url.query !== '') reader.add('query', parseForm(url.query))
    // §3.4.1.3.1: only a form counts, whatever the verb.
    if (body) reader.add('body', parseForm(body))
    const version = reader.protocol.get('oauth_version')
    if (version !== undefined && version !== '1.0') {
      throw new OAuth1Error('unsupported_parameter', 'oauth_version must be 1.0, or be left out.')
    }
    return new OAuth1Request(
      http.method,
      url,
      header?.realm,
      reader.transport,
      reader.protocol,
      reader.signed,
    )
  }

  get clientId(): string | undefined {
    return this.#protocol.get('oauth_consumer_key')
  }
  /** An empty `oauth_token` is signed as sent, but is no token (§2.1). */
  get oauthToken(): string | undefined {
    return this.#protocol.get('oauth_token') || undefined
  }
  get signatureMethod(): string | undefined {
    return this.#protocol.get('oauth_signature_method')
  }
  get signature(): string | undefined {
    return this.#protocol.get('oauth_signature')
  }
  get timestamp(): string | undefined {
    return this.#protocol.get('oauth_timestamp')
  }
  get nonce(): string | undefined {
    return this.#protocol.get('oauth_nonce')
  }
  get callback(): string | undefined {
    return this.#protocol.get('oauth_callback')
  }
  get verifier(): string | undefined {
    return this.#protocol.get('oauth_verifier')
  }

  /** The application's own parameters, of query and form, decoded, in order, repeats kept: what the signature covers. */
  get parameters(): [name: string, value: string][] {
    return this.#signed.filter(({ name }) => !isProtocolName(name)).map(decodeParameter)
  }

  /** §3.4.1: what the client should have signed. */
  get baseString(): string {
    return signatureBaseString(this.method, this.#url.baseUri, this.#signed)
  }
}

/** Collects the parameters of a request place by place, and enforces that the protocol's stand in one place, once. */
class ParameterReader {
  readonly protocol: Map<string, string> = new Map()
  readonly signed: Parameter[] = []
  transport: Transport | undefined
  readonly #limits: Limits

  constructor(limits: Limits) {
    this.#limits = limits
  }

  add(place: Transport, parameters: readonly Parameter[]): void {
    const { maxParameters } = this.#limits
    if (this.signed.length + parameters.length > maxParameters)
      throw tooLarge('request', `${maxParameters} parameters`)
    for (const parameter of parameters) {
      if (isProtocolName(parameter.name)) this.#addProtocol(place, parameter)
      // §3.4.1.3.1: the signature is the only protocol parameter that is not itself signed.
      if (parameter.name !== 'oauth_signature') this.signed.push(parameter)
    }
  }

  #addProtocol(place: Transport, { name, value }: Parameter): void {
    if (this.protocol.has(name)) {
      throw new OAuth1Error(
        'duplicated_oauth_protocol_parameter',
        `${name} occurs more than once; each protocol parameter must be sent once.`,
      )
    }
    // §3.5: one and only one of the three places.
    if (this.transport !== undefined && this.transport !== place) {
      throw new OAuth1Error(
        'duplicated_oauth_protocol_parameter',
        `oauth_ parameters stand in the ${this.transport} and, with ${name}, in the ${place}; send them all in one place.`,
      )
    }
    const { maxValueLength } = this.#limits
    if (value.length > maxValueLength) throw tooLarge(`value of ${name}`, `${maxValueLength} characters`)
    this.transport = place
    this.protocol.set(name, percentDecode(value))
  }
}

function isProtocolName(name: string): boolean {
  return name.startsWith('oauth_')
}

/** The value of a header that may be sent once. A second `Authorization` would let two readers see two different requests. */
export function singleHeader(http: HttpRequest, name: string): string | undefined {
  const value = http.headers[name]
  if (value === undefined || typeof value === 'string') return value
  if (value.length > 1)
    throw new OAuth1Error('invalid_request', `The ${name} header was sent more than once.`)
  return value[0]
}

function tooLarge(what: string, limit: string): OAuth1Error {
  return new OAuth1Error('request_too_large', `The ${what} is over the limit of ${limit}.`)
}

import { OAuth1Error } from '../errors.ts'
import { splitUrl, type UrlParts } from './base-string.ts'
import { DepartedBaseStrings, type Departure } from './departures.ts'
import { parseFast } from './fast-parser.ts'
import { parseGeneral, readPlaces } from './general-parser.ts'
import type { HttpRequest } from './http.ts'
import { defaultLimits, type Limits, tooLarge } from './limits.ts'
import { decodeParameter, type Parameter, parseForm } from './parameters.ts'
import { numbers, type Place, type ReadRequest } from './parsed-values.ts'

export type { Place } from './parsed-values.ts'

/**
 * A signed request, parsed once: its protocol parameters by name, and the base string that the client should have
 * signed. Parsing is total: any text yields a request or an `OAuth1Error`.
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
  readonly place: Place | undefined
  /**
   * `oauth_callback` or `oauth_verifier` stand in the query or the form, and the rest in the header (against §3.5): the
   * servers refuse such a request unless the policy tolerates `split-parameters`.
   */
  readonly isSplit: boolean
  /**
   * Parameters of the protocol stand in the header, and equal ones in the query or the form (against §3.1): the servers
   * refuse such a request unless the policy tolerates `repeated-in-header`.
   */
  readonly isRepeated: boolean
  readonly clientId: string | undefined
  /** An empty `oauth_token` is signed as sent, but is no token (§2.1). */
  readonly oauthToken: string | undefined
  readonly signatureMethod: string | undefined
  readonly timestamp: string | undefined
  readonly nonce: string | undefined
  readonly callback: string | undefined
  readonly verifier: string | undefined
  /** The hash of a body that is not a form, in base64: a signed claim that the servers verify. */
  readonly bodyHash: string | undefined
  /** The header's realm, which is not signed. */
  readonly realm: string | undefined
  readonly #signature: string | undefined
  readonly #query: string
  readonly #application: readonly Parameter[] | undefined
  readonly #inHeader: readonly Parameter[]
  readonly #http: HttpRequest
  readonly #limits: Limits
  #baseString: string | (() => string)

  private constructor(http: HttpRequest, { secure, query }: UrlParts, limits: Limits, read: ReadRequest) {
    this.method = http.method
    this.secure = secure
    this.place = read.place
    this.isSplit = read.isSplit
    this.isRepeated = read.isRepeated
    this.#baseString = read.baseString
    this.#application = read.application
    this.#inHeader = read.inHeader
    const { values } = read
    this.clientId = values[numbers.oauth_consumer_key]
    this.oauthToken = values[numbers.oauth_token] || undefined
    this.signatureMethod = values[numbers.oauth_signature_method]
    this.#signature = values[numbers.oauth_signature]
    this.timestamp = values[numbers.oauth_timestamp]
    this.nonce = values[numbers.oauth_nonce]
    this.callback = values[numbers.oauth_callback]
    this.verifier = values[numbers.oauth_verifier]
    this.bodyHash = values[numbers.oauth_body_hash]
    this.realm = values[numbers.realm]
    this.#query = query
    this.#http = http
    this.#limits = limits
    if ((values[numbers.oauth_version] ?? '1.0') !== '1.0') {
      throw new OAuth1Error(
        'unsupported_parameter',
        'oauth_version must be 1.0, or be left out; 1.0a is the name of a text, not of a version.',
        { problem: { name: 'version_rejected', versions: ['1.0', '1.0'] } },
      )
    }
  }

  /**
   * Reads the three places of §3.5 and refuses what §3.1 and §3.2 forbid: a repeated protocol parameter,
   * protocol parameters in more than one place, a version other than 1.0.
   *
   * @throws OAuth1Error 400, or 413 when a limit is passed.
   */
  static parse(http: HttpRequest, limits: Limits = defaultLimits): OAuth1Request {
    const authorization = singleHeader(http, 'authorization')
    checkLength('URL', http.url, limits.maxUrlLength)
    checkLength('Authorization header', authorization, limits.maxHeaderLength)
    checkLength('form body', http.body, limits.maxBodyLength)
    checkCharset(http)
    const url = splitUrl(http.url)
    const read =
      parseFast(http.method, url, authorization, http.body, limits) ??
      parseGeneral(http.method, url, authorization, http.body, limits)
    return new OAuth1Request(http, url, limits, read)
  }

  /**
   * The same request as meant by a client that departs from the RFC in these ways: with the base string that such a
   * client signs, and without the copies that it signs once.
   */
  departing(departures: readonly Departure[]): OAuth1Request {
    const { method, url, body } = this.#http
    const parts = splitUrl(url)
    const read = parseGeneral(method, parts, this.#authorization, body, this.#limits, departures)
    return new OAuth1Request(this.#http, parts, this.#limits, read)
  }

  /** The base strings of clients that depart from the RFC. */
  get departedBaseStrings(): DepartedBaseStrings {
    const { method, url, body = '' } = this.#http
    const parts = splitUrl(url)
    const places = readPlaces(parts, this.#authorization, body, this.#limits.maxParameters)
    return new DepartedBaseStrings(method, parts, places)
  }

  /** Whether the body is a form, which is signed itself (§3.4.1.3.1). */
  get hasForm(): boolean {
    return this.#http.body !== undefined
  }

  /** Whether that form is empty: some clients send the content type of a form without a body. */
  get hasEmptyForm(): boolean {
    return this.#http.body === ''
  }

  get #authorization(): string | undefined {
    return singleHeader(this.#http, 'authorization')
  }

  /** Not a field, because the signature of PLAINTEXT consists of the secrets, and logs show fields. */
  get signature(): string | undefined {
    return this.#signature
  }

  /** §3.4.1: the base string that the client should have signed. */
  get baseString(): string {
    if (typeof this.#baseString !== 'string') this.#baseString = this.#baseString()
    return this.#baseString
  }

  /**
   * The scheme of the `Authorization` header, such as `OAuth` or `Bearer`: undefined if no header arrived, and empty if
   * it does not begin with a short word, because it may be a secret.
   */
  get scheme(): string | undefined {
    const authorization = this.#authorization
    if (authorization === undefined) return undefined
    return /^[ \t]*(oauth$|[a-z][a-z\d-]{0,19}(?=[ \t]))/i.exec(authorization)?.[1] ?? ''
  }

  /**
   * The application's own parameters, decoded: those in the query, the form and the header, in this order, repeats
   * kept. It holds everything that the signature covers, whatever a framework's parser makes of query and form.
   */
  get parameters(): [name: string, value: string][] {
    const read = this.#application ?? [...parseForm(this.#query), ...parseForm(this.#http.body ?? '')]
    return [...read, ...this.#inHeader].map(decodeParameter)
  }

  /** The `parameters` that stood in the `Authorization` header, where no handler looks for them (§3.4.1.3.1). */
  get headerParameters(): [name: string, value: string][] {
    return this.#inHeader.map(decodeParameter)
  }
}

/** The value of a header that may be sent once. A second `Authorization` would let two readers see two different requests. */
function singleHeader(http: HttpRequest, name: string): string | undefined {
  const value = http.headers[name]
  if (value === undefined || typeof value === 'string') return value
  if (value.length > 1)
    throw new OAuth1Error('invalid_request', `The ${name} header was sent more than once.`)
  return value[0]
}

/**
 * A form is read as UTF-8. Non-ASCII characters in another charset would mean one text to the application's parser and
 * another to the signature, and the header that names the charset is not signed. Parsers disagree about several
 * charsets, and about escapes in a charset's name.
 */
function checkCharset({ headers, body }: HttpRequest): void {
  const type = body ? String(headers['content-type'] ?? '') : ''
  const named = type.match(/charset/gi)?.length ?? 0
  if (named === 0 || (named === 1 && harmlessCharset.test(type))) return
  if (!/[\u0080-\uffff]|%[89a-f]/i.test(body ?? '')) return
  throw new OAuth1Error('invalid_request', 'A form with characters beyond ASCII must be sent as UTF-8.')
}

const harmlessCharset = /;\s*charset\s*=\s*(?:"(?:utf-?8|us-ascii)"|(?:utf-?8|us-ascii))\s*(?:[;,]|$)/i

function checkLength(what: string, text: string | undefined, limit: number): void {
  if (text !== undefined && text.length > limit) throw tooLarge(what, `${limit} characters`)
}

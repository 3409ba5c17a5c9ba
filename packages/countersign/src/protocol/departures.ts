import type { UrlParts } from './base-string.ts'
import { percentDecodeLossless, percentEncode } from './encoding.ts'
import type { Parameter } from './parameters.ts'
import type { Place } from './parsed-values.ts'

/**
 * A departure from the RFC that real clients make, and that allows no one to alter a request:
 *
 * - `default-port`: the base string keeps an explicit `:80` or `:443`.
 * - `raw-order`: parameters are sorted before they are encoded.
 * - `joined-order`: parameters are sorted as `name=value` texts.
 * - `split-parameters`: `oauth_callback` and `oauth_verifier` stand in the query or the form, the rest in the header.
 * - `repeated-in-header`: a parameter in the header, an application's or the protocol's own, also stands in the query or the
 *   form with the same value, and is signed once.
 * - `repeated-in-query`: a parameter in the query also stands in the form, and is signed once.
 * - `empty-token`: an empty `oauth_token` is signed but not sent.
 * - `raw-oauth-values`: the values of `oauth_` parameters are signed without being encoded first.
 * - `sha1-body-hash`: `oauth_body_hash` is SHA-1 whatever the signature method.
 */
export type Tolerance = (typeof tolerances)[number]

export const tolerances = [
  'default-port',
  'raw-order',
  'joined-order',
  'split-parameters',
  'repeated-in-header',
  'repeated-in-query',
  'empty-token',
  'raw-oauth-values',
  'sha1-body-hash',
] as const

/** The tolerances that change the base string. */
export type Departure = Exclude<Tolerance, 'split-parameters' | 'sha1-body-hash'>

export const departures: readonly Departure[] = tolerances.filter(
  (tolerance) => tolerance !== 'split-parameters' && tolerance !== 'sha1-body-hash',
)

/** The encoded parameters of a request by their places. */
export type Places = Readonly<Record<Place, readonly Parameter[]>>

/** The parameters without the copies that are signed once although they are sent in two places. */
export function withoutRepeats({ header, query, body }: Places, departures: readonly Departure[]): Places {
  const inQuery = departures.includes('repeated-in-query') ? without(query, body) : query
  const inHeader = departures.includes('repeated-in-header') ? without(header, [...query, ...body]) : header
  return { header: inHeader, query: inQuery, body }
}

/** Each copy cancels one equal parameter, so that no one in transit can turn a signed value into a list. */
export function without(
  parameters: readonly Parameter[],
  others: readonly Parameter[],
): readonly Parameter[] {
  const counts = new Map<string, number>()
  for (const other of others) counts.set(joined(other), (counts.get(joined(other)) ?? 0) + 1)
  return parameters.filter((parameter) => {
    const count = counts.get(joined(parameter)) ?? 0
    counts.set(joined(parameter), count - 1)
    return count <= 0
  })
}

/** A signed parameter, with its text in the base string: `name=value` encoded once more, or by `raw-oauth-values`. */
interface Signed extends Parameter {
  readonly text: string
  readonly rawText: string
  /** The departure under which it is left out or, for the empty token, without which. */
  readonly dependsOn: Departure | undefined
}

/**
 * The base strings (§3.4.1) of one request, as clients that depart from the RFC write them. Shared parts are encoded
 * and sorted once, because any sender can have all of them tried.
 */
export class DepartedBaseStrings {
  readonly #start: string
  readonly #url: UrlParts
  readonly #parameters: readonly Signed[]
  readonly #sorted = new Map<keyof typeof orders, readonly Signed[]>()

  constructor(method: string, url: UrlParts, places: Places) {
    this.#start = percentEncode(method.toUpperCase())
    this.#url = url
    const { header, query } = withoutRepeats(places, ['repeated-in-header', 'repeated-in-query'])
    const all = [
      ...signedOnce(places.header, header, 'repeated-in-header'),
      ...signedOnce(places.query, query, 'repeated-in-query'),
      ...signedOnce(places.body, places.body),
    ]
    this.#parameters = all.some(({ name }) => name === 'oauth_token') ? all : [...all, emptyToken]
  }

  /** The base string of a client that departs in all of these ways. */
  with(departures: readonly Departure[]): string {
    const { baseUri, secure } = this.#url
    const uri = departures.includes('default-port') ? withDefaultPort(baseUri, secure) : baseUri
    const isRaw = departures.includes('raw-oauth-values')
    const list = this.#inOrder(orderOf(departures))
      .filter((signed) => departures.includes(signed.dependsOn as Departure) === (signed === emptyToken))
      .map(({ text, rawText }) => (isRaw ? rawText : text))
    return `${this.#start}&${percentEncode(uri)}&${list.join('%26')}`
  }

  #inOrder(order: keyof typeof orders): readonly Signed[] {
    const known = this.#sorted.get(order)
    if (known !== undefined) return known
    const keyed = this.#parameters.map((signed) => ({ key: orders[order](signed), signed }))
    const sorted = keyed.sort((a, b) => compare(a.key, b.key)).map(({ signed }) => signed)
    this.#sorted.set(order, sorted)
    return sorted
  }
}

function signedOnce(
  parameters: readonly Parameter[],
  kept: readonly Parameter[],
  leftOutWith?: Departure,
): Signed[] {
  const keptOnes = new Set(kept)
  return parameters
    .filter(({ name }) => name !== 'oauth_signature')
    .map((parameter) => signed(parameter, keptOnes.has(parameter) ? undefined : leftOutWith))
}

function signed({ name, value }: Parameter, dependsOn: Departure | undefined): Signed {
  const text = percentEncode(`${name}=${value}`)
  const raw = percentDecodeLossless(value)
  // Only values that cannot be confused with their surroundings: with `&` or `%` in a value, one text could mean two
  // requests.
  const isRawable = name.startsWith('oauth_') && /^[!-~]*$/.test(raw) && !/[&%]/.test(raw)
  return { name, value, text, rawText: isRawable ? percentEncode(`${name}=${raw}`) : text, dependsOn }
}

const emptyToken = signed({ name: 'oauth_token', value: '' }, 'empty-token')

/**
 * The sort keys of parameters. NUL comes before every character, so that a name sorts before any name that it begins.
 */
const orders = {
  rfc: ({ name, value }: Parameter) => `${name}\0${value}`,
  'raw-order': ({ name, value }: Parameter) =>
    `${percentDecodeLossless(name)}\0${percentDecodeLossless(value)}`,
  'joined-order': joined,
}

function orderOf(departures: readonly Departure[]): keyof typeof orders {
  if (departures.includes('joined-order')) return 'joined-order'
  return departures.includes('raw-order') ? 'raw-order' : 'rfc'
}

function withDefaultPort(baseUri: string, secure: boolean): string {
  const [, origin = '', rest = ''] = /^([^/]*\/\/[^/]*)(.*)$/s.exec(baseUri) ?? []
  return /:\d+$/.test(origin) ? baseUri : `${origin}:${secure ? 443 : 80}${rest}`
}

function joined({ name, value }: Parameter): string {
  return `${name}=${value}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

import { signatureBaseString, type UrlParts } from './base-string.ts'
import { percentDecodeLossless, percentEncode } from './encoding.ts'
import type { Parameter } from './parameters.ts'
import type { Place } from './parsed-values.ts'

/**
 * A departure from the RFC that real clients make and that lets no one alter a request:
 *
 * - `default-port`: the base string keeps an explicit `:80` or `:443`.
 * - `raw-order`: parameters are sorted before they are encoded.
 * - `joined-order`: parameters are sorted as `name=value` texts.
 * - `split-parameters`: `oauth_callback` and `oauth_verifier` stand in the query or the form, the rest in the header.
 * - `repeated-in-header`: a parameter in the header, an application's or the protocol's own, also stands in the query or the
 *   form with the same value, and is signed once.
 * - `repeated-in-query`: a parameter in the query also stands in the form, and is signed once.
 * - `empty-token`: an empty `oauth_token` is signed and not sent.
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

/** Those that change the base string. */
export type Departure = Exclude<Tolerance, 'split-parameters' | 'sha1-body-hash'>

/** The encoded parameters of a request by their places. */
export type Places = Readonly<Record<Place, readonly Parameter[]>>

/** What is left where a parameter that stands in two places is signed once. */
export function withoutRepeats({ header, query, body }: Places, departures: readonly Departure[]): Places {
  const inQuery = departures.includes('repeated-in-query') ? without(query, body) : query
  const inHeader = departures.includes('repeated-in-header') ? without(header, [...query, ...body]) : header
  return { header: inHeader, query: inQuery, body }
}

/** §3.4.1 but for the departures, which hold for parameters without repeats. */
export function departedBaseString(
  method: string,
  { baseUri, secure }: UrlParts,
  { header, query, body }: Places,
  departures: readonly Departure[],
): string {
  const uri = departures.includes('default-port') ? withDefaultPort(baseUri, secure) : baseUri
  let parameters = [...header, ...query, ...body]
  if (departures.includes('empty-token') && !parameters.some(({ name }) => name === 'oauth_token'))
    parameters.push({ name: 'oauth_token', value: '' })
  if (departures.includes('raw-oauth-values')) parameters = parameters.map(withRawValue)
  const order = departures.includes('joined-order')
    ? joined
    : departures.includes('raw-order')
      ? decoded
      : undefined
  if (order === undefined) return signatureBaseString(method, uri, parameters)
  const signed = parameters.filter(({ name }) => name !== 'oauth_signature')
  const text = signed.map((pair) => ({ key: order(pair), pair })).sort((a, b) => compare(a.key, b.key))
  const list = text.map(({ pair: { name, value } }) => `${name}=${value}`).join('&')
  return [method.toUpperCase(), uri, list].map(percentEncode).join('&')
}

/** Each of the others takes away one that is equal to it: a copy more is one that nobody signed. */
export function without(
  parameters: readonly Parameter[],
  others: readonly Parameter[],
): readonly Parameter[] {
  const left = new Map<string, number>()
  for (const other of others) left.set(joined(other), (left.get(joined(other)) ?? 0) + 1)
  return parameters.filter((parameter) => {
    const count = left.get(joined(parameter)) ?? 0
    if (count > 0) left.set(joined(parameter), count - 1)
    return count === 0
  })
}

function withDefaultPort(baseUri: string, secure: boolean): string {
  const [, origin = '', rest = ''] = /^([^/]*\/\/[^/]*)(.*)$/s.exec(baseUri) ?? []
  return /:\d+$/.test(origin) ? baseUri : `${origin}:${secure ? 443 : 80}${rest}`
}

/** Only values that can be told from what surrounds them: with `&` or `%` in it, one text would stand for two requests. */
function withRawValue({ name, value }: Parameter): Parameter {
  const raw = percentDecodeLossless(value)
  return name.startsWith('oauth_') && /^[!-~]*$/.test(raw) && !/[&%]/.test(raw)
    ? { name, value: raw }
    : { name, value }
}

function joined({ name, value }: Parameter): string {
  return `${name}=${value}`
}

/** NUL sorts before every character, so that a name comes before those that it begins. */
function decoded({ name, value }: Parameter): string {
  return `${percentDecodeLossless(name)}\0${percentDecodeLossless(value)}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

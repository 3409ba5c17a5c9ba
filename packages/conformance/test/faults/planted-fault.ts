import type { HttpRequest, HttpResponse } from 'countersign'
import { parseAuthorizationHeader, percentDecode } from 'countersign/protocol'
import type { Fault } from '../faulty-server.ts'

/** A fault, what it is called, and the case that must catch it. */
export type PlantedFault = readonly [name: string, caughtBy: string, plant: () => Fault]

/** The decoded protocol parameters of a header. */
export function inHeader({ headers }: HttpRequest): Record<string, string> {
  const { parameters = [] } = parseAuthorizationHeader(String(headers['authorization'] ?? '')) ?? {}
  return Object.fromEntries(parameters.map(({ name, value }) => [name, percentDecode(value)]))
}

/** The Authorization header. */
export const authorization = ({ headers }: HttpRequest) => String(headers['authorization'] ?? '')

/** The request with another query. */
export function withQueryOf(http: HttpRequest, change: (query: string) => string): HttpRequest {
  const [path = '', ...query] = http.url.split('?')
  return query.length === 0 ? http : { ...http, url: `${path}?${change(query.join('?'))}` }
}

/** The pairs of a query that are kept. */
export function pairsWhere(
  query: string,
  keeps: (name: string, at: number, names: string[]) => boolean,
): string {
  const pairs = query.split('&')
  const names = pairs.map((pair) => pair.split('=')[0] as string)
  return pairs.filter((_, at) => keeps(names[at] as string, at, names)).join('&')
}

export function withoutHeader(response: HttpResponse, name: string): HttpResponse {
  const { [name]: _, ...headers } = response.headers
  return { ...response, headers }
}

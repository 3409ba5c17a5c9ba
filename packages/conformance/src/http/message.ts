/** A request as sent over the network: only `Host`, `Content-Length` and `Connection` are added. */
export interface WireRequest {
  readonly method: string
  /** Absolute; path and query are sent octet for octet. */
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string | Uint8Array | undefined
}

export interface WireResponse {
  readonly status: number
  readonly reason: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** One request with its response. */
export interface Exchange {
  readonly request: WireRequest
  /** Undefined if none came. */
  readonly response: WireResponse | undefined
}

/** The values of a header, joined as in RFC 9110 §5.2; undefined if it is absent. */
export function headerOf({ headers }: Pick<WireResponse, 'headers'>, name: string): string | undefined {
  const values = headersOf({ headers }, name)
  return values.length === 0 ? undefined : values.join(', ')
}

export function headersOf({ headers }: Pick<WireResponse, 'headers'>, name: string): string[] {
  return headers.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value)
}

/** The same request with one more header, or another value of it. */
export function withHeader(request: WireRequest, name: string, value: string): WireRequest {
  const others = request.headers.filter(([given]) => given.toLowerCase() !== name.toLowerCase())
  return { ...request, headers: [...others, [name, value]] }
}

/** Adds raw text to the query of a URL. */
export function withQuery(url: string, query: string): string {
  if (query === '') return url
  return `${url}${url.includes('?') ? '&' : '?'}${query}`
}

export function isHtml(response: WireResponse): boolean {
  return /^text\/html\b|^application\/xhtml\+xml\b/i.test(headerOf(response, 'content-type') ?? '')
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ParsedUrlQuery, parse } from 'node:querystring'
import { isForm } from '../../protocol/form-type.ts'
import type { HttpRequest, HttpResponse } from '../../protocol/http.ts'
import { type Limits, tooManyParameters } from '../../protocol/limits.ts'
import type { Awaitable } from '../../server/hooks.ts'
import type { BodyPlace } from './body.ts'
import { besideEarlier, challengeHeader } from './challenges.ts'
import { nodeForm, nodeOctets } from './node-body.ts'
import { absoluteUrl, refuseContent, signedMethod } from './target.ts'

/**
 * The request target as it arrived: frameworks that mount an application below a path (Express, Connect, Koa, middie)
 * strip that path from `url` and keep the full target here.
 */
function targetOf(req: IncomingMessage): string {
  return (req as { originalUrl?: string }).originalUrl ?? req.url ?? '/'
}

/** The verb in the request line, if method-override middleware or HTTP/2 kept it. */
export function wireMethod(req: IncomingMessage): string | undefined {
  const { originalMethod } = req as { originalMethod?: string }
  return originalMethod ?? (req.httpVersionMajor > 1 ? (req.headers[':method'] as string) : undefined)
}

/**
 * A request on Node, with the verb and URL as the framework sees them.
 *
 * @param request - The framework's own object for the request, in which `place` finds a body that was read.
 */
export function nodeRequest<R>(
  req: IncomingMessage,
  method: string,
  url: string,
  limits: Partial<Limits> | undefined,
  request: R,
  place: BodyPlace<R>,
  wire: string | undefined = wireMethod(req),
): Awaitable<HttpRequest> {
  const complete = (body: string | undefined) =>
    new NodeRequest(signedMethod(method, wire, url, body), url, body, req, limits, request, place)
  if (!isForm(req.headers['content-type'])) return complete(undefined)
  refuseContent(method)
  return nodeForm(req, limits, () => place.kept(request), place.remedy).then(complete)
}

/** A class, so that access to the body costs no closure per request. */
class NodeRequest<R> implements HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: HttpRequest['headers']
  readonly body: string | undefined
  readonly #req: IncomingMessage
  readonly #limits: Partial<Limits> | undefined
  readonly #request: R
  readonly #place: BodyPlace<R>

  constructor(
    method: string,
    url: string,
    body: string | undefined,
    req: IncomingMessage,
    limits: Partial<Limits> | undefined,
    request: R,
    place: BodyPlace<R>,
  ) {
    this.method = method
    this.url = url
    this.headers = headersOf(req)
    this.body = body
    this.#req = req
    this.#limits = limits
    this.#request = request
    this.#place = place
  }

  bytes(): Promise<Uint8Array> {
    return nodeOctets(this.#req, this.#limits, () => this.#place.kept(this.#request), this.#place.remedy)
  }
}

/** The absolute URL of a Node request: scheme and host come from the connection, whatever the target claims to be. */
export function nodeUrl(req: IncomingMessage): string {
  // Checked by value, because Bun's sockets have the property on plain HTTP too.
  const scheme = (req.socket as { encrypted?: boolean }).encrypted ? 'https' : 'http'
  const authority = req.headers.host ?? (req.headers[':authority'] as string | undefined)
  return absoluteUrl(scheme, authority, targetOf(req))
}

/**
 * The headers of a Node request. Node's `headers` keeps only the first of several `Authorization` headers; the core
 * must see all.
 */
export function headersOf(req: IncomingMessage): HttpRequest['headers'] {
  const authorization = headerLines(req, 'authorization')
  return authorization.length > 1 ? { ...req.headers, authorization } : req.headers
}

/** All values of one header, named in lower case, as they were sent. */
export function headerLines({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const sent = rawHeaders[i] as string
    if (sent.length === name.length && sent.toLowerCase() === name) values.push(rawHeaders[i + 1] as string)
  }
  return values
}

/**
 * All fields of a form: a parser that stops after a thousand would hide signed parameters from the handler.
 *
 * @throws OAuth1Error if there are more than may be signed: objects with many names are expensive to build.
 */
export function formFields(text: string, maxParameters: number = Number.POSITIVE_INFINITY): ParsedUrlQuery {
  if (countPieces(text) > maxParameters) throw tooManyParameters(maxParameters)
  return parse(text, '&', '=', { maxKeys: 0 })
}

function countPieces(text: string): number {
  let pieces = text === '' || text.endsWith('&') ? 0 : 1
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) pieces++
  return pieces
}

/** The complete headers of a response. HTTP/2 has no `Connection` header and refuses to send one. */
export function headersFor(
  req: IncomingMessage,
  { headers, body }: HttpResponse,
): Record<string, string | number> {
  const { connection, ...others } = headers
  const complete = { ...others, 'content-length': Buffer.byteLength(body) }
  return connection === undefined || req.httpVersionMajor > 1 ? complete : { ...complete, connection }
}

/**
 * Sends a response of the core through Node's. Two guards that run at the same time may both refuse; one response is
 * enough.
 */
export function sendResponse(res: ServerResponse, response: HttpResponse): void {
  if (res.headersSent) return
  const headers = headersFor(res.req, response)
  res.writeHead(response.status, besideEarlier(headers, res.getHeader(challengeHeader)))
  res.end(response.body)
}

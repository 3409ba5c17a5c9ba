import type { IncomingMessage } from 'node:http'
import { ConfigurationError } from '../../errors.ts'
import { formOfOctets } from '../../protocol/encoding.ts'
import { isForm } from '../../protocol/form-type.ts'
import type { HttpRequest } from '../../protocol/http.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { Awaitable } from '../../server/hooks.ts'
import { checkBodyLength, keptOctets, octetsLost } from '../shared/body.ts'
import { bodyName, refuseEncodedForm, undamaged } from '../shared/form.ts'
import { nodeForm, nodeOctets } from '../shared/node-body.ts'
import { headerLines, headersOf, nodeUrl } from '../shared/node-message.ts'
import { refuseContent, refuseFragment, refuseUserInformation, signedMethod } from '../shared/target.ts'
import { readWebBody, textOfFormData, webHeaders } from '../shared/web-message.ts'

/** The subset of a Hono context that this adapter uses; Hono's own type fits. */
export interface HonoContext {
  readonly env: unknown
  readonly req: { raw: Request; readonly bodyCache: object }
  res: Response
  header(name: string, value: string): void
}

const remedy =
  'Use requireOAuth or the endpoint before anything reads c.req.raw, or read it with c.req.text() or c.req.parseBody().'

/**
 * The request as the core wants it. On Node, scheme and host are those of the connection and the request target is
 * taken as it came; elsewhere all is as the runtime made `c.req.raw.url`. Behind a proxy, or on Deno, set the `origin`
 * option. A form stays readable by `c.req`.
 *
 * @throws OAuth1Error when the body is too large; ConfigurationError when something read `c.req.raw` before.
 */
export function httpRequest(c: HonoContext, limits?: Partial<Limits>): Awaitable<HttpRequest> {
  const { raw } = c.req
  refuseFragment(raw.url)
  const incoming = incomingOf(c)
  if (incoming === undefined) refuseUserInformation(raw.url)
  const url = incoming ? nodeUrl(incoming) : raw.url
  const complete = (body: string | undefined) =>
    new HonoRequest(signedMethod(raw.method, incoming?.method, url, body), url, body, c, incoming, limits)
  const contentType = incoming
    ? headerLines(incoming, 'content-type').join()
    : raw.headers.get('content-type')
  if (!isForm(contentType)) return complete(undefined)
  refuseContent(raw.method)
  const body = hidesBody(c, incoming)
    ? nodeForm(incoming, limits, nothingKept, remedy)
    : formOf(c.req, limits)
  return body.then(complete)
}

class HonoRequest implements HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: HttpRequest['headers']
  readonly body: string | undefined
  readonly #c: HonoContext
  readonly #incoming: IncomingMessage | undefined
  readonly #limits: Partial<Limits> | undefined

  constructor(
    method: string,
    url: string,
    body: string | undefined,
    c: HonoContext,
    incoming: IncomingMessage | undefined,
    limits: Partial<Limits> | undefined,
  ) {
    this.method = method
    this.url = url
    // On Node the headers are not asked of `raw`, which would have to make them first.
    this.headers = incoming ? headersOf(incoming) : webHeaders(c.req.raw)
    this.body = body
    this.#c = c
    this.#incoming = incoming
    this.#limits = limits
  }

  bytes(): Promise<Uint8Array> {
    return hidesBody(this.#c, this.#incoming)
      ? nodeOctets(this.#incoming, this.#limits, nothingKept, remedy)
      : octetsOf(this.#c.req, this.headers, this.#limits)
  }
}

const nothingKept = () => ({})

/** Fetch knows no body of GET and HEAD; Node does. */
function hidesBody(c: HonoContext, incoming: IncomingMessage | undefined): incoming is IncomingMessage {
  return incoming !== undefined && isBodiless(c.req.raw)
}

/** Node's own request, where Hono runs on Node. */
function incomingOf(c: HonoContext): IncomingMessage | undefined {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage }
  return incoming?.url !== undefined && incoming.rawHeaders !== undefined ? incoming : undefined
}

function isBodiless({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** What Hono keeps of a body that was read through `c.req`: what was made of the stream first, and then of that. */
interface BodyCache {
  readonly arrayBuffer?: Promise<ArrayBuffer>
  readonly bytes?: Promise<Uint8Array>
  readonly blob?: Promise<Blob>
  readonly text?: Promise<string>
  readonly formData?: Promise<FormData>
}

/** What was read of the stream, and still tells which octets came, or which text. */
async function cached(req: HonoContext['req']): Promise<Uint8Array | string | FormData | undefined> {
  const cache: BodyCache = req.bodyCache
  const [first] = Object.keys(cache) as (keyof BodyCache)[]
  const body = first && (await cache[first])
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer())
  return body instanceof ArrayBuffer ? new Uint8Array(body) : body
}

async function formOf(req: HonoContext['req'], limits: Partial<Limits> | undefined): Promise<string> {
  refuseEncodedForm(req.raw.headers.get('content-encoding') ?? undefined)
  const body = (await cached(req)) ?? (await readOnce(req, limits))
  if (typeof body === 'string') return undamaged(body, remedy)
  if (body instanceof Uint8Array) return formOfOctets(body)
  if (body instanceof FormData) return textOfFormData(body, remedy)
  throw new ConfigurationError(`The form body was read before its signature could be checked. ${remedy}`)
}

async function octetsOf(
  req: HonoContext['req'],
  headers: HttpRequest['headers'],
  limits: Partial<Limits> | undefined,
): Promise<Uint8Array> {
  const kept = await cached(req)
  const octets = kept === undefined ? await readOnce(req, limits) : keptOctets({ raw: kept }, headers)
  if (octets === undefined) throw octetsLost(remedy)
  checkBodyLength(bodyName(headers['content-type']), octets, limits)
  return octets
}

/** Where a request carries what was read of its body, so that two readers see the same. */
const octetsKey: unique symbol = Symbol('countersign.octets')

/** The octets of a body that nothing has read yet, or undefined when something has. */
function readOnce(
  req: HonoContext['req'] & { [octetsKey]?: Promise<Uint8Array> },
  limits: Partial<Limits> | undefined,
): Promise<Uint8Array> | undefined {
  if (req[octetsKey] === undefined) {
    if (req.raw.bodyUsed) return undefined
    req[octetsKey] = read(req, limits)
  }
  return req[octetsKey]
}

async function read(req: HonoContext['req'], limits: Partial<Limits> | undefined): Promise<Uint8Array> {
  // Fetch makes no GET or HEAD with a body, though workerd hands them over: they are read from a copy.
  if (isBodiless(req.raw)) {
    const drop = () => void req.raw.body?.cancel().catch(() => {})
    return readWebBody(req.raw.clone(), limits, drop)
  }
  const octets = await readWebBody(req.raw, limits)
  // What is read is spent; an equal request takes its place, for the handler, as Hono's own body limit does it.
  req.raw = new Request(req.raw, { body: octets })
  return octets
}

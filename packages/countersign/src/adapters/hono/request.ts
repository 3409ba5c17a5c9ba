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
 * The request as the core expects it. On Node, scheme and host come from the connection, and the request target is used
 * as it arrived; elsewhere the URL is `c.req.raw.url`, as the runtime built it. Behind a proxy, or on Deno, set the
 * `origin` option. A form stays readable by `c.req`.
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
    // On Node, do not read the headers from `raw`, which would first have to build them.
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

/** In Fetch, GET and HEAD have no body; in Node they may. */
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

/**
 * Hono's cache of a body that was read through `c.req`: the first value made from the stream, then those derived from
 * it.
 */
interface BodyCache {
  readonly arrayBuffer?: Promise<ArrayBuffer>
  readonly bytes?: Promise<Uint8Array>
  readonly blob?: Promise<Blob>
  readonly text?: Promise<string>
  readonly formData?: Promise<FormData>
}

/** The cached value from which the original bytes or text can still be recovered. */
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

/** The key under which a request carries its body once read, so that two readers see the same bytes. */
const octetsKey: unique symbol = Symbol('countersign.octets')

/** The bytes of a body that nothing has read yet; undefined if something has. */
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
  // Fetch creates no GET or HEAD with a body, but workerd delivers them: such a body is read from a clone.
  if (isBodiless(req.raw)) {
    const drop = () => void req.raw.body?.cancel().catch(() => {})
    return readWebBody(req.raw.clone(), limits, drop)
  }
  const octets = await readWebBody(req.raw, limits)
  // Reading consumes the body, so an equal request replaces this one for the handler, as in Hono's own body limit.
  req.raw = new Request(req.raw, { body: octets })
  return octets
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { nextTick } from 'node:process'
import { type ParsedUrlQuery, parse } from 'node:querystring'
import type { OAuth1Error } from '../../errors.ts'
import { formOfOctets } from '../../protocol/encoding.ts'
import type { HttpRequest, HttpResponse } from '../../protocol/http.ts'
import { type Limits, tooManyParameters } from '../../protocol/limits.ts'
import type { Awaitable } from '../../server/hooks.ts'
import {
  afterSeconds,
  type BodyLimits,
  type BodySource,
  bodyLimits,
  bodyTooLarge,
  bodyTooSlow,
  formText,
  isForm,
  refuseEncodedForm,
} from './form.ts'
import { absoluteUrl, refuseContent, signedMethod } from './target.ts'

/**
 * The request target as it came: whoever mounts an application below a path (Express, Connect, Koa, middie) strips that
 * path from `url` and keeps the whole here.
 */
function targetOf(req: IncomingMessage): string {
  return (req as { originalUrl?: string }).originalUrl ?? req.url ?? '/'
}

/** The verb in the request line, where method-override middleware or HTTP/2 kept it. */
export function wireMethod(req: IncomingMessage): string | undefined {
  const { originalMethod } = req as { originalMethod?: string }
  return originalMethod ?? (req.httpVersionMajor > 1 ? (req.headers[':method'] as string) : undefined)
}

/** The request as the core wants it, of what a framework on Node makes of verb and address. */
export function nodeRequest(
  req: IncomingMessage,
  method: string,
  url: string,
  limits: Partial<Limits> | undefined,
  source: () => Omit<BodySource, 'stream'>,
  wire: string | undefined = wireMethod(req),
): Awaitable<HttpRequest> {
  const complete = (body: string | undefined) => ({
    method: signedMethod(method, wire, url, body),
    url,
    headers: headersOf(req),
    body,
  })
  if (!isForm(req.headers['content-type'])) return complete(undefined)
  refuseContent(method)
  return nodeForm(req, limits, source()).then(complete)
}

/** The absolute URL of a Node request: scheme and host are those of the connection, whatever the target claims to be. */
export function nodeUrl(req: IncomingMessage): string {
  // By its value: Bun's sockets have the property on plain HTTP, too.
  const scheme = (req.socket as { encrypted?: boolean }).encrypted ? 'https' : 'http'
  const authority = req.headers.host ?? (req.headers[':authority'] as string | undefined)
  return absoluteUrl(scheme, authority, targetOf(req))
}

/** The headers of a Node request. Node's own view keeps the first of several `Authorization` headers; the core must see all. */
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

/** What was read of a request's form, so that two readers of one request see the same. */
const forms = new WeakMap<object, Promise<Uint8Array>>()

/**
 * The octets of a form that nobody has read yet, or undefined when somebody has. They are put back into the stream:
 * whoever reads it next, a body parser or the handler, finds it as it came. The rest of a form over the limit stays there too.
 */
export function peekForm(
  req: IncomingMessage,
  limits: Partial<Limits> | undefined,
): Promise<Uint8Array> | undefined {
  let form = forms.get(req)
  if (form === undefined) {
    if (req.readableDidRead || req.readableEnded) return undefined
    form = peek(req, bodyLimits(limits))
    // Whoever asks for the form hears of the failure; whoever does not must not be stopped by it.
    form.catch(() => {})
    forms.set(req, form)
  }
  return form
}

/** Without a body there is nothing to wait for, and a parser that comes later finds the stream untouched. */
function isEmpty(req: IncomingMessage): boolean {
  if (hasArrived(req) && req.readableLength === 0) return true
  const { headers, httpVersionMajor } = req
  const length = headers['content-length']
  return length === undefined
    ? httpVersionMajor < 2 && headers['transfer-encoding'] === undefined
    : Number(length) === 0
}

async function peek(
  req: IncomingMessage,
  { maxBodyLength, bodyTimeoutSeconds }: BodyLimits,
): Promise<Uint8Array> {
  if (Number(req.headers['content-length'] ?? 0) > maxBodyLength) throw bodyTooLarge(maxBodyLength)
  // What came in one packet with the head is in the stream then; an empty stream that is asked for data would end.
  await new Promise<void>((resolve) => nextTick(resolve))
  if (isEmpty(req)) return new Uint8Array()
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let length = 0
    const finish = (settle: (octets: Uint8Array) => void) => {
      stopTimer()
      req.off('readable', onReadable).off('end', onEnd).off('error', onError).off('close', onClose)
      settle(Buffer.concat(chunks))
    }
    const onReadable = () => {
      while (length <= maxBodyLength && req.readableLength > 0) {
        const chunk: unknown = req.read()
        if (chunk === null) break
        const octets = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array)
        chunks.push(octets)
        length += octets.length
      }
      const isTooLarge = length > maxBodyLength
      if (!isTooLarge && !hasArrived(req)) return
      finish((octets) => {
        // In the tick of the last read, before the stream says that it has ended.
        if (octets.length > 0) req.unshift(octets)
        if (isTooLarge) reject(bodyTooLarge(maxBodyLength))
        else resolve(octets)
      })
    }
    const onEnd = () => finish(resolve)
    const onError = (error: Error) => finish(() => reject(error))
    const onClose = () =>
      finish(() => reject(new Error('The connection was closed in the middle of the body.')))
    // The whole body in this time: a client that sends an octet now and then would hold connection and memory for ever.
    const stopTimer = afterSeconds(bodyTimeoutSeconds, () => {
      finish(() => reject(bodyTooSlow(bodyTimeoutSeconds)))
      // Whoever sends the refusal may not close the connection, and HTTP/2 keeps the stream.
      setTimeout(
        () => (req as { stream?: IncomingMessage }).stream?.destroy() ?? req.destroy(),
        drainMilliseconds,
      )
    })
    req.on('readable', onReadable).on('end', onEnd).on('error', onError).on('close', onClose)
  })
}

/** Whether the whole body is in the stream's buffer or was read from it. HTTP/2 has no `complete` before the end. */
function hasArrived(req: IncomingMessage): boolean {
  return req.complete || (req as { _readableState?: { ended?: boolean } })._readableState?.ended === true
}

/**
 * The text of a Node request's form, losslessly, from wherever it is now.
 *
 * @throws OAuth1Error when it is too large; ConfigurationError when it was read and not kept.
 */
export async function nodeForm(
  req: IncomingMessage,
  limits: Partial<Limits> | undefined,
  source: Omit<BodySource, 'stream'>,
): Promise<string> {
  const form = forms.get(req)
  refuseEncodedForm(req.headers['content-encoding'])
  const { maxBodyLength } = bodyLimits(limits)
  try {
    const text =
      form === undefined
        ? await formText({ ...source, stream: () => peekForm(req, limits) })
        : formOfOctets(await form)
    // A body parser, or another reader of this request, may have taken more.
    if (text.length > maxBodyLength) throw bodyTooLarge(maxBodyLength)
    return text
  } catch (error) {
    if ((error as OAuth1Error).code === 'request_too_large') await drain(req)
    throw error
  }
}

/**
 * The fields of a form, all of them: a parser that stops after a thousand would hide signed parameters from the handler.
 *
 * @throws OAuth1Error where there are more than may be signed: objects of many names are expensive to make.
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

/** How long a refused client may go on sending. */
const drainMilliseconds = 2_000

/**
 * Reads and drops what a refused client is still sending: closing at once would reset the connection,
 * and the client would never see the refusal.
 */
function drain(req: IncomingMessage): Promise<void> {
  if (req.readableEnded || req.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      req.off('end', done).off('close', done).off('error', done)
      resolve()
    }
    const timer = setTimeout(done, drainMilliseconds)
    req.on('end', done).on('close', done).on('error', done).resume()
  })
}

/** The headers of an answer, complete; HTTP/2 knows no `Connection` and refuses to send one. */
export function headersFor(
  req: IncomingMessage,
  { headers, body }: HttpResponse,
): Record<string, string | number> {
  const { connection, ...others } = headers
  const complete = { ...others, 'content-length': Buffer.byteLength(body) }
  return connection === undefined || req.httpVersionMajor > 1 ? complete : { ...complete, connection }
}

/** Sends a response of the core on Node's. Two guards that run at the same time may both refuse; one response is enough. */
export function sendResponse(res: ServerResponse, response: HttpResponse): void {
  if (res.headersSent) return
  res.writeHead(response.status, headersFor(res.req, response))
  res.end(response.body)
}

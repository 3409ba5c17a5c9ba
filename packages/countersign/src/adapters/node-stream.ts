import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpResponse } from '../protocol/http.ts'
import { defaultLimits, type Limits } from '../protocol/limits.ts'
import { bodyTooLarge, checkContentLength } from './shared.ts'

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** The headers of a Node request. Node's own view keeps the first of several `Authorization` headers; the core must see all. */
export function headersOf(req: IncomingMessage): Headers {
  const { headers, rawHeaders } = req
  const repeats: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 13 && name.toLowerCase() === 'authorization')
      repeats.push(rawHeaders[i + 1] as string)
  }
  return repeats.length > 1 ? { ...headers, authorization: repeats } : headers
}

/**
 * The octets of a Node request that nobody has read yet, or undefined when somebody has.
 * Reading stops at the limit and leaves the connection able to carry the refusal.
 */
export function readStream(
  req: IncomingMessage,
  { maxBodyLength }: Pick<Limits, 'maxBodyLength'> = defaultLimits,
): Promise<Uint8Array> | undefined {
  if (req.readableDidRead || req.readableEnded) return undefined
  checkContentLength(req.headers['content-length'], maxBodyLength)
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let length = 0
    const finish = (settle: () => void) => {
      req.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
      settle()
    }
    const onData = (chunk: Uint8Array) => {
      length += chunk.length
      if (length <= maxBodyLength) chunks.push(chunk)
      else finish(() => reject(bodyTooLarge(maxBodyLength)))
    }
    const onEnd = () => finish(() => resolve(Buffer.concat(chunks)))
    const onError = (error: Error) => finish(() => reject(error))
    const onClose = () =>
      finish(() => reject(new Error('The connection was closed in the middle of the body.')))
    req.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose)
  })
}

/** Sends an answer of the core on a Node response. */
export function sendResponse(res: ServerResponse, { status, headers, body }: HttpResponse): void {
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  res.end(body)
}

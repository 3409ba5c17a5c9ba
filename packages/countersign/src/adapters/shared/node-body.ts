import type { IncomingMessage } from 'node:http'
import { nextTick } from 'node:process'
import type { OAuth1Error } from '../../errors.ts'
import { formOfOctets } from '../../protocol/encoding.ts'
import type { Limits } from '../../protocol/limits.ts'
import {
  afterSeconds,
  type BodyLimits,
  bodyLimits,
  bodyTooLarge,
  bodyTooSlow,
  checkBodyLength,
  type KeptBody,
  keptOctets,
  octetsLost,
} from './body.ts'
import { bodyName, formText, refuseEncodedForm } from './form.ts'

/** The bytes read from a request's body, so that two readers of one request see the same. */
const bodies = new WeakMap<object, Promise<Uint8Array>>()

/**
 * The bytes of a body that nothing has read yet; undefined if something has. They are put back into the stream, so that
 * the next reader, a body parser or the handler, finds the whole body. The rest of an oversized body stays there too.
 */
export function peekBody(
  req: IncomingMessage,
  limits: Partial<Limits> | undefined,
): Promise<Uint8Array> | undefined {
  let body = bodies.get(req)
  if (body === undefined) {
    if (req.readableDidRead || req.readableEnded) return undefined
    body = peek(req, bodyLimits(limits))
    // A rejection must not crash a caller that drops the promise.
    body.catch(() => {})
    bodies.set(req, body)
  }
  return body
}

/** Without a body there is nothing to wait for, and a later parser finds the stream untouched. */
function isEmpty(req: IncomingMessage): boolean {
  return (hasArrived(req) && req.readableLength === 0) || declaresNone(req)
}

/** Whether the headers say that there is no body. */
function declaresNone({ headers, httpVersionMajor }: IncomingMessage): boolean {
  const length = headers['content-length']
  return length === undefined
    ? httpVersionMajor < 2 && headers['transfer-encoding'] === undefined
    : Number(length) === 0
}

async function peek(
  req: IncomingMessage,
  { maxBodyLength, bodyTimeoutSeconds }: BodyLimits,
): Promise<Uint8Array> {
  const name = bodyName(req.headers['content-type'])
  if (Number(req.headers['content-length'] ?? 0) > maxBodyLength) throw bodyTooLarge(name, maxBodyLength)
  // By then the stream holds whatever arrived in one packet with the head; reading from an empty stream would end it.
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
        // In the tick of the last read, before the stream emits its end.
        if (octets.length > 0) req.unshift(octets)
        if (isTooLarge) reject(bodyTooLarge(name, maxBodyLength))
        else resolve(octets)
      })
    }
    const onEnd = () => finish(resolve)
    const onError = (error: Error) => finish(() => reject(error))
    const onClose = () =>
      finish(() => reject(new Error('The connection was closed in the middle of the body.')))
    // The time limit covers the whole body: a client that sends a byte now and then would hold connection and memory
    // forever.
    const stopTimer = afterSeconds(bodyTimeoutSeconds, () => {
      finish(() => reject(bodyTooSlow(name, bodyTimeoutSeconds)))
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
 * The text of a Node request's form, without loss, from wherever it is now.
 *
 * @throws OAuth1Error when it is too large; ConfigurationError when it was read and not kept.
 */
export function nodeForm(
  req: IncomingMessage,
  limits: Partial<Limits> | undefined,
  kept: () => KeptBody,
  remedy: string,
): Promise<string> {
  return withinLimits(req, limits, async () => {
    const body = bodies.get(req)
    refuseEncodedForm(req.headers['content-encoding'])
    return body === undefined
      ? formText(kept(), () => (declaresNone(req) ? noOctets() : peekBody(req, limits)), remedy)
      : formOfOctets(await body)
  })
}

/**
 * The bytes of a Node request's body, from wherever they are now. They stay in the stream for the handler.
 *
 * @throws OAuth1Error when it is too large or too slow; ConfigurationError when it was read and not kept.
 */
export function nodeOctets(
  req: IncomingMessage,
  limits: Partial<Limits> | undefined,
  kept: () => KeptBody,
  remedy: string,
): Promise<Uint8Array> {
  return withinLimits(req, limits, async () => {
    const octets =
      (await bodies.get(req)) ??
      (declaresNone(req) ? new Uint8Array() : undefined) ??
      (await peekBody(req, limits)) ??
      keptOctets(kept(), req.headers)
    if (octets === undefined) throw octetsLost(remedy)
    return octets
  })
}

/** A body parser, or another reader of this request, may have accepted more than this limit. */
async function withinLimits<B extends string | Uint8Array>(
  req: IncomingMessage,
  limits: Partial<Limits> | undefined,
  read: () => Promise<B>,
): Promise<B> {
  try {
    const body = await read()
    checkBodyLength(bodyName(req.headers['content-type']), body, limits)
    return body
  } catch (error) {
    if ((error as OAuth1Error).code === 'request_too_large') await drain(req)
    throw error
  }
}

/** How long a refused client may go on sending. */
const drainMilliseconds = 2_000

/**
 * Reads and discards the rest of a refused client's body: closing at once would reset the connection, and the client
 * would never see the refusal.
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

async function noOctets(): Promise<Uint8Array> {
  return new Uint8Array()
}

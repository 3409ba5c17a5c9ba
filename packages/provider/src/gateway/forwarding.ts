import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { BodyHashCheck } from 'countersign'
import { earlyHints } from './early-hints.ts'
import { compareEmptyBody, forwardedBody } from './forwarded-body.ts'
import { forwardedTrailers, type RawHeaders, responseHeaders } from './forwarded-headers.ts'
import { type Notice, withNotice } from './noticed-headers.ts'
import type { RequestHead } from './request-head.ts'
import type { RawResponse, Upstream } from './upstream.ts'

/** A request that passed the check, with the headers for the upstream. */
export interface AdmittedRequest {
  /** The pending comparison of the body with its hash; undefined if there is no hash. */
  readonly bodyHash: BodyHashCheck | undefined
  readonly head: RequestHead
  readonly headers: readonly string[]
  /** Whether it needed no signature. */
  readonly isUnsigned: boolean
  /** Headers for the response about the end of a feature that the request uses. */
  readonly notice: Notice
}

/** The head of an upstream's response. */
export interface ResponseHead {
  readonly status: number
  readonly reason: string | undefined
  readonly headers: RawHeaders
}

/** The request, and the response to the client. */
export interface Forwarding {
  readonly upstream: Upstream
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** Whether the client sends its body only after "100 Continue" (RFC 9110 §10.1.1). */
export function waitsToSend({ headers, httpVersionMinor }: IncomingMessage): boolean {
  return headers.expect !== undefined && httpVersionMinor > 0
}

/**
 * Streams a request to the upstream and its response to the client.
 *
 * @throws OAuth1Error when the body is not the signed one; GatewayRefusal 502 or 504 when there is no response;
 *   OverloadError when too many requests wait for the upstream.
 */
export async function forwardRequest(
  { upstream, req, res }: Forwarding,
  { head, headers, bodyHash, isUnsigned, notice }: AdmittedRequest,
): Promise<void> {
  // If the client left during the check, no connection to the upstream is used.
  if (res.closed || req.socket.destroyed) return void res.destroy()
  const leaving = new AbortController()
  const leave = () => leaving.abort()
  res.once('close', leave)
  try {
    if (!head.hasBody && bodyHash !== undefined) await compareEmptyBody(bodyHash)
    if (waitsToSend(req) && head.hasBody) res.writeContinue()
    const body = head.hasBody ? forwardedBody(req, bodyHash) : undefined
    const { method = '' } = req
    const response = await upstream.send({
      method,
      target: head.target,
      headers,
      body,
      signal: leaving.signal,
      isUnsigned,
      onInformation: earlyHints(req, res),
    })
    await sendResponse(response, res, notice)
    // If a client keeps sending a body that the upstream did not want, the connection is closed to tell it so.
    if (!req.complete) req.socket.destroySoon()
  } finally {
    res.off('close', leave)
  }
}

/** Sends the head of an upstream's response at once: in an event stream, nothing else may follow for a while. */
export function sendHead(
  res: ServerResponse,
  { status, reason, headers }: ResponseHead,
  notice: Notice,
): void {
  const isPlain = reason !== undefined && /^[\t\x20-\x7e]+$/.test(reason)
  const kept = withNotice(responseHeaders(headers), notice)
  if (isPlain) res.writeHead(status, reason, kept)
  else res.writeHead(status, kept)
  res.flushHeaders()
}

/** If a response is cut off, so is the client's: its connection is closed before the end of the body. */
async function sendResponse(response: RawResponse, res: ServerResponse, notice: Notice): Promise<void> {
  const { statusCode, statusText, headers, body, trailers } = response
  try {
    sendHead(res, { status: statusCode, reason: statusText, headers }, notice)
  } catch (error) {
    body.on('error', () => {}).destroy()
    throw error
  }
  // Before the end of the response, which `pipeline` writes after this.
  body.once('end', () => res.addTrailers(forwardedTrailers(trailers)))
  try {
    await pipeline(body, res)
  } finally {
    // Also if the client had left already and nothing was read: only then is the connection free.
    body.on('error', () => {}).destroy()
  }
}

import type { OAuth1Error } from '../../errors.ts'
import type { HttpResponse } from '../../protocol/http.ts'
import type { Limits } from '../../protocol/limits.ts'
import { afterSeconds, bodyLimits, bodyTooLarge, bodyTooSlow } from './body.ts'
import { bodyName, undamaged } from './form.ts'

/** The headers of a Fetch request, as the core expects them. */
export function webHeaders(request: Request): Record<string, string> {
  const headers: Record<string, string> = {}
  request.headers.forEach((value, name) => {
    headers[name] = value
  })
  return headers
}

/** How long a refused client may go on sending. */
const drainSeconds = 2

/**
 * The octets of a Fetch request's body.
 *
 * @param onRefused - Called once if the body exceeds a limit, before the rest of it is dropped.
 * @throws OAuth1Error if the body does not arrive in time, or exceeds the limit. In the latter case the rest is read
 *   and discarded for a while first: closing at once would reset the connection, and the client would never see the
 *   refusal.
 */
export async function readWebBody(
  request: Request,
  limits: Partial<Limits> | undefined,
  onRefused: () => void = () => {},
): Promise<Uint8Array> {
  const { maxBodyLength, bodyTimeoutSeconds } = bodyLimits(limits)
  const name = bodyName(request.headers.get('content-type'))
  const chunks: Uint8Array[] = []
  let length = 0
  let refusal: OAuth1Error | undefined
  let stopDraining = () => {}
  const reader = request.body?.getReader()
  // Cancelling also ends a pending read.
  const cancel = () => void reader?.cancel().catch(() => {})
  const refuse = (error: OAuth1Error) => {
    if (refusal !== undefined) return
    refusal = error
    chunks.length = 0
    onRefused()
  }
  const refuseAsTooLarge = () => {
    if (refusal === undefined) stopDraining = afterSeconds(drainSeconds, cancel)
    refuse(bodyTooLarge(name, maxBodyLength))
  }
  const stopTimer = afterSeconds(bodyTimeoutSeconds, () => {
    refuse(bodyTooSlow(name, bodyTimeoutSeconds))
    cancel()
  })
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyLength) refuseAsTooLarge()
  try {
    while (reader !== undefined) {
      const { value, done } = await reader.read()
      if (done) break
      length += value.length
      if (length > maxBodyLength) refuseAsTooLarge()
      else if (refusal === undefined) chunks.push(value)
    }
  } catch (error) {
    // How a refused body ends does not matter: in workerd, cancelling rejects the pending read.
    if (refusal === undefined) throw error
  } finally {
    stopTimer()
    stopDraining()
  }
  if (refusal !== undefined) throw refusal
  return concatenated(chunks, length)
}

function concatenated(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const octets = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    octets.set(chunk, at)
    at += chunk.length
  }
  return octets
}

/**
 * The text of `FormData` that was parsed from a form: it keeps order and repeated fields.
 *
 * @throws ConfigurationError where octets were lost.
 */
export function textOfFormData(data: Iterable<[string, unknown]>, remedy: string): string {
  const pairs = Array.from(data, (pair) => pair.map((text) => undamaged(String(text), remedy)))
  return new URLSearchParams(pairs as [string, string][]).toString()
}

/** A response of the core as a Fetch response. */
export function webResponse({ status, headers, body }: HttpResponse): Response {
  return new Response(body, { status, headers: { ...headers } })
}

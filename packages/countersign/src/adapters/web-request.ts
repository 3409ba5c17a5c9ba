import { formOfOctets } from '../protocol/encoding.ts'
import type { HttpResponse } from '../protocol/http.ts'
import { defaultLimits, type Limits } from '../protocol/limits.ts'
import { bodyTooLarge, refuseEncodedForm, undamaged } from './carrier.ts'

/** The headers of a Fetch request, as the core wants them. */
export function webHeaders(request: Request): Record<string, string> {
  const headers: Record<string, string> = {}
  request.headers.forEach((value, name) => {
    headers[name] = value
  })
  return headers
}

/** How long a refused client may go on sending. */
const drainMilliseconds = 2_000

/**
 * The octets of a Fetch request's form.
 *
 * @param onTooLarge - Called once when the form is over the limit, before the rest of it is dropped.
 * @throws OAuth1Error when it is over the limit, after what the client is still sending was read and dropped for a
 * while: closing at once would reset the connection, and the client would never see the refusal.
 */
export async function readWebForm(
  request: Request,
  limits: Limits = defaultLimits,
  onTooLarge: () => void = () => {},
): Promise<Uint8Array> {
  const { maxBodyLength } = limits
  refuseEncodedForm(request.headers.get('content-encoding') ?? undefined)
  const chunks: Uint8Array[] = []
  let length = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const reader = request.body?.getReader()
  const refuse = () => {
    if (timer !== undefined) return
    onTooLarge()
    // Cancelling ends a read that waits, too.
    timer = setTimeout(() => void reader?.cancel().catch(() => {}), drainMilliseconds)
  }
  const isAnnounced = Number(request.headers.get('content-length') ?? 0) > maxBodyLength
  if (isAnnounced) refuse()
  try {
    while (reader !== undefined) {
      const { value, done } = await reader.read()
      if (done) break
      length += value.length
      if (length > maxBodyLength) refuse()
      else chunks.push(value)
    }
  } catch (error) {
    // Of a refused form it does not matter how it ends: workerd's cancel rejects the read that waits.
    if (timer === undefined) throw error
  }
  clearTimeout(timer)
  if (isAnnounced || length > maxBodyLength) throw bodyTooLarge(maxBodyLength)
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
 * The text of `FormData` that was made of a form: it keeps order and repeats.
 *
 * @throws ConfigurationError where octets were lost.
 */
export function textOfFormData(data: Iterable<[string, unknown]>, remedy: string): string {
  const pairs = Array.from(data, (pair) => pair.map((text) => undamaged(String(text), remedy)))
  return new URLSearchParams(pairs as [string, string][]).toString()
}

/** The text of a form that something has read into memory. */
export function textOfOctets(octets: ArrayBuffer | Uint8Array): string {
  return formOfOctets(octets instanceof Uint8Array ? octets : new Uint8Array(octets))
}

/** An answer of the core as a Fetch response. */
export function webResponse({ status, headers, body }: HttpResponse): Response {
  return new Response(body, { status, headers: { ...headers } })
}

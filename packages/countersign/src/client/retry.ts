/** The methods that may be sent twice (RFC 9110 §9.2.2). */
const idempotent = /^(?:GET|HEAD|OPTIONS|PUT|DELETE|TRACE)$/i

export function isIdempotent(method: string): boolean {
  return idempotent.test(method)
}

/**
 * How many seconds to wait before sending a request again; undefined if it should not be sent again, because the
 * failure is not temporary, or the server asks for a longer wait than a caller would accept.
 *
 * @param response - Undefined after a network error.
 * @param tries - How many times it has already been sent again.
 * @param now - Seconds since 1970.
 */
export function secondsBeforeRetry(
  response: Response | undefined,
  tries: number,
  now: number,
): number | undefined {
  if (response !== undefined && response.status !== 429 && response.status !== 503) return undefined
  const asked = response?.headers.get('retry-after') ?? null
  if (asked === null) return Math.min(firstWaitSeconds * 2 ** tries, longestWaitSeconds)
  // RFC 9110 §10.2.3: seconds, or a date.
  const seconds = /^\d+$/.test(asked) ? Number(asked) : Date.parse(asked) / 1000 - now
  return seconds <= longestWaitSeconds ? Math.max(0, seconds) : undefined
}

const firstWaitSeconds = 0.2
const longestWaitSeconds = 60

/** @throws The signal's reason as soon as it is aborted. */
export function sleep(seconds: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, 1000 * seconds)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}

import { ConfigurationError, OAuth1Error } from '../errors.ts'
import { maxTimestampWindowSeconds } from './policy.ts'
import type { UsedTimestamps } from './used-timestamps.ts'

/**
 * §3.3, before any look-up: digits only, and no further from this server's clock than some policy allows.
 *
 * @param now - Whole seconds since 1970.
 * @throws OAuth1Error whose message points to the client's mistake.
 */
export function readTimestamp(text: string, now: number): number {
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw new OAuth1Error('invalid_request', `oauth_timestamp must be ${wholeSeconds}${slip(text, now)}.`, {
      problem: { rejected: { oauth_timestamp: text } },
    })
  }
  const timestamp = Number(text)
  requireNear(timestamp, maxTimestampWindowSeconds, now, false)
  return timestamp
}

/**
 * §3.3: close to this server's clock in both directions. A request from the future could be replayed once its nonce is
 * forgotten.
 *
 * @throws OAuth1Error `invalid_nonce`
 */
export function checkTimestamp(
  timestamp: number,
  windowSeconds: number,
  now: number,
  usedTimestamps: UsedTimestamps,
): void {
  requireNear(timestamp, windowSeconds, now, true)
  usedTimestamps.check(timestamp, now)
}

function requireNear(timestamp: number, windowSeconds: number, now: number, isPolicy: boolean): void {
  const ahead = timestamp - now
  // A broken clock lets nothing in: no comparison with NaN is true.
  if (Math.abs(ahead) <= windowSeconds) return
  if (!Number.isFinite(now)) throw new ConfigurationError('now returned no time; it must return seconds.')
  const unit = unitOf(timestamp, now)
  const distance = `${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} this server's clock`
  throw new OAuth1Error(
    'invalid_nonce',
    unit
      ? `oauth_timestamp is in ${unit}; it must be ${wholeSeconds}.`
      : `oauth_timestamp is ${distance}${isPolicy ? `; at most ${windowSeconds} s is accepted` : ''}.`,
    {
      problem: {
        name: 'timestamp_refused',
        // The widest window of all need not be this client's.
        ...(isPolicy && { timestamps: [now - windowSeconds, now + windowSeconds] as const }),
      },
    },
  )
}

const wholeSeconds = 'whole seconds since 1970, in ASCII digits only'

/** The most likely mistake if something other than digits arrived. */
function slip(text: string, now: number): string {
  const unit = /^[0-9]{16,21}$/.test(text) ? unitOf(Number(text), now) : undefined
  if (unit) return `; this one is in ${unit}`
  if (/^[0-9]+[.,][0-9]*$/.test(text)) return '; this one has a fraction: round it down'
  if (/^-[0-9]/.test(text)) return '; this one is negative'
  if (/^[0-9]+(?:\.[0-9]+)?e\+?[0-9]+$/i.test(text)) return '; this one has an exponent: write it out'
  if (/^\s|\s$/.test(text)) return '; this one has a space at its end or beginning'
  return /[0-9][:-][0-9]{2}/.test(text) ? '; this one is a date' : ''
}

const units = [
  [1e3, 'milliseconds'],
  [1e6, 'microseconds'],
  [1e9, 'nanoseconds'],
] as const
/** A year, because a wrong clock may come on top of a wrong unit. */
const nearSeconds = 31_536_000

/** The unit in which the number would be a time near now. */
function unitOf(number: number, now: number): string | undefined {
  return units.find(([inASecond]) => Math.abs(number / inASecond - now) < nearSeconds)?.[1]
}

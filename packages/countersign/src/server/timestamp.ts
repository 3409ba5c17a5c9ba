import { ConfigurationError, OAuth1Error } from '../protocol/errors.ts'
import type { UsedTimestamps } from './used-timestamps.ts'

/** What decides about timestamps. */
export interface TimestampRules {
  readonly timestampWindowSeconds: number
  readonly now: () => number
  readonly usedTimestamps: UsedTimestamps
}

/**
 * §3.3. Digits only, and near this server's clock on both sides: a request from the future could be replayed when its
 * nonce is forgotten.
 *
 * @throws OAuth1Error in words that lead to the client's mistake.
 */
export function checkTimestamp(text: string, rules: TimestampRules): number {
  const { timestampWindowSeconds, usedTimestamps } = rules
  const now = Math.floor(rules.now())
  if (!/^[0-9]{1,15}$/.test(text))
    throw new OAuth1Error('invalid_request', `oauth_timestamp must be ${wholeSeconds}${slip(text, now)}.`)
  const timestamp = Number(text)
  const ahead = timestamp - now
  // A clock that says nothing lets nothing in: no comparison holds for NaN.
  if (!(Math.abs(ahead) <= timestampWindowSeconds)) {
    if (!Number.isFinite(now)) throw new ConfigurationError('now returned no time; it must return seconds.')
    const unit = unitOf(timestamp, now)
    throw new OAuth1Error(
      'invalid_nonce',
      unit
        ? `oauth_timestamp is in ${unit}; it must be ${wholeSeconds}.`
        : `oauth_timestamp is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} this server's clock; at most ${timestampWindowSeconds} s is accepted.`,
    )
  }
  usedTimestamps.check(timestamp, now)
  return timestamp
}

const wholeSeconds = 'whole seconds since 1970, in ASCII digits only'

/** What somebody most likely did who sent something else than digits. */
function slip(text: string, now: number): string {
  const unit = /^[0-9]{16,21}$/.test(text) ? unitOf(Number(text), now) : undefined
  if (unit) return `; this one is in ${unit}`
  if (/^[0-9]+[.,][0-9]*$/.test(text)) return '; this one has a fraction: round it down'
  if (/^-[0-9]/.test(text)) return '; this one is negative'
  if (/^[0-9]+(?:\.[0-9]+)?e\+?[0-9]+$/i.test(text)) return '; this one has an exponent: write it out'
  if (/^\s|\s$/.test(text)) return '; this one has a space at its end or beginning'
  return /[0-9]{1,2}[:-][0-9]{2}/.test(text) ? '; this one is a date' : ''
}

const units = [
  [1e3, 'milliseconds'],
  [1e6, 'microseconds'],
  [1e9, 'nanoseconds'],
] as const
/** A year: a wrong clock may come on top of a wrong unit. */
const nearSeconds = 31_536_000

/** The unit in which the number would be a time near now. */
function unitOf(number: number, now: number): string | undefined {
  return units.find(([inASecond]) => Math.abs(number / inASecond - now) < nearSeconds)?.[1]
}

import { OAuth1Error } from 'countersign'
import type { Retired } from './retirement-plan.ts'
import type { Standing } from './standing.ts'

/**
 * The headers that tell a client what will end: `Deprecation` (RFC 9745 §2), `Sunset` (RFC 8594 §3), and a link for its
 * developer.
 */
export function noticeHeaders({ announcedAt, endsAt }: Standing, guide: string): Record<string, string> {
  return {
    deprecation: `@${announcedAt}`,
    sunset: new Date(endsAt * 1000).toUTCString(),
    link: `<${guide}>; rel="deprecation", <${guide}>; rel="sunset"`,
  }
}

/** The refusal in a brownout, or after the end; undefined if requests are still accepted. */
export function refusalIn({ stage, rule, endsAt, until }: Standing, guide: string): OAuth1Error | undefined {
  if (stage === 'announced') return undefined
  const name = nameOf(rule.retired)
  return stage === 'ended'
    ? new OAuth1Error('retired', `${name} ended here on ${timeText(endsAt)}. How to move on: ${guide}`)
    : new OAuth1Error(
        'brownout',
        `${name} ends here on ${timeText(endsAt)}. Until then it is switched off now and then, this time until ${timeText(until ?? endsAt)}. How to move on: ${guide}`,
      )
}

/** What a rule retires, to begin a sentence for developers. */
export function nameOf(retired: Retired): string {
  if (retired.kind === 'method') return retired.method
  return retired.kind === 'all' ? 'OAuth 1.0' : 'OAuth 1.0 for this client'
}

/** `2027-06-01`, and the time unless it is midnight: `2027-06-01 10:15 UTC`. @param seconds - Since 1970. */
export function timeText(seconds: number): string {
  const [day = '', time = ''] = new Date(seconds * 1000).toISOString().split('T')
  const [minutes = '', whole = ''] = [time.slice(0, 5), time.slice(0, 8)]
  if (whole === '00:00:00') return day
  return `${day} ${whole.endsWith(':00') ? minutes : whole} UTC`
}

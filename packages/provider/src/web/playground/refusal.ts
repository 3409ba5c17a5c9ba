import { type CauseCode, causes, type Diagnosis } from 'countersign/diagnose'
import type { ReceivedResponse } from './send.ts'

/**
 * The diagnosis of a refused request, plus what only the response reveals: that the clock or the nonce was at fault.
 */
export function refusalOf({ body }: ReceivedResponse, diagnosis: Diagnosis): Diagnosis {
  if (diagnosis.outcome !== 'valid' || !/\binvalid_nonce\b/.test(body)) return diagnosis
  const code: CauseCode = /oauth_nonce(?:%20|\+| )was/.test(body) ? 'nonce-reused' : 'wrong-clock'
  const { summary, fix } = causes[code]
  return { ...diagnosis, causes: [...diagnosis.causes, { code, summary, fix }] }
}

/** The response's own explanation. */
export function descriptionOf({ body }: ReceivedResponse): string | undefined {
  const description = isJson(body)
    ? (JSON.parse(body) as { error_description?: unknown } | null)?.error_description
    : new URLSearchParams(body).get('error_description')
  return typeof description === 'string' ? description : undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

import { OAuth1Error, OAuth1Request, parseForm } from 'countersign'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refuseFragment } from '../../src/adapters/carrier.ts'
import { hostileForm } from './hostile-forms.ts'
import { formReaders, queryReaders } from './readers.ts'

// Anyone on the way can write a signed query or form in another way that has the same signature. Whatever passes must be
// read alike: as the text that RFC 5849 §3.6 makes of the pairs that were signed.

const places = [
  ['query', queryReaders, (text: string) => ({ url: `http://h/?${text}` })],
  ['form', formReaders, (body: string) => ({ url: 'http://h/', body })],
] as const

/** Whether the core, with what every adapter asks of a target, takes the request. */
function isAccepted(http: { url: string; body?: string }): boolean {
  try {
    refuseFragment(http.url)
    OAuth1Request.parse({ method: 'POST', headers: {}, ...http })
    return true
  } catch (error) {
    if (error instanceof OAuth1Error) return false
    throw error
  }
}

/** The one text of all those that have the same pairs in the same order. */
function canonical(text: string): string {
  return parseForm(text)
    .map(({ name, value }) => `${name}=${value}`)
    .join('&')
}

/** What a parser gives the handler, comparable; undefined where it refuses the text itself. */
function view(read: () => unknown): string | undefined {
  try {
    return JSON.stringify(read())
  } catch {
    return undefined
  }
}

describe.each(places)(
  'what a handler reads in a %s is exactly what was signed, or it is refused',
  (_, readers, put) => {
    // 100,000 readings in all.
    it.each([20_261_126, undefined])('by every parser, of hostile text, seed %s', (seed) => {
      let readings = 0
      fc.assert(
        fc.property(hostileForm, (text) => {
          if (!isAccepted(put(text))) return
          const signed = canonical(text)
          for (const [name, read] of readers) {
            readings++
            const seen = view(() => read(text))
            if (seen !== undefined) expect([name, seen]).toEqual([name, view(() => read(signed))])
          }
        }),
        { numRuns: 8_000, ...(seed === undefined ? {} : { seed }) },
      )
      expect(readings).toBeGreaterThan(25_000)
    })
  },
)

import { OAuth1Error } from 'countersign'
import { formOfOctets, OAuth1Request, parseForm, percentEncode } from 'countersign/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refuseFragment } from '../../src/adapters/shared/target.ts'
import { App } from './app.ts'
import { authorization, send } from './client.ts'
import { hostileForm, respelled, signedText } from './hostile-forms.ts'
import { formReaders, queryReaders } from './readers.ts'
import { type Seen, servers } from './seen-servers.ts'
import type { Served } from './suite.ts'

// Anyone on the way can write a signed query or form in another way that has the same signature. Whatever passes must be
// read alike: as the text that RFC 5849 §3.6 makes of the pairs that were signed.

const places = [
  ['query', queryReaders, (text: string) => ({ url: `http://h/?${text}` })],
  ['form', formReaders, (text: string) => ({ url: 'http://h/', body: formOfOctets(Buffer.from(text)) })],
] as const

/** Whether the core, with what every adapter asks of target and form, takes the request. */
function isAccepted(put: () => { url: string; body?: string }): boolean {
  try {
    const http = put()
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
          if (!isAccepted(() => put(text))) return
          const signed = canonical(text)
          for (const [name, read] of readers) {
            readings++
            const seen = view(() => read(text))
            if (seen !== undefined) expect([name, seen]).toEqual([name, view(() => read(signed))])
          }
        }),
        { numRuns: 14_000, ...(seed === undefined ? {} : { seed }) },
      )
      expect(readings).toBeGreaterThan(25_000)
    })
  },
)

describe.each(servers)('behind %s', (_name, serve) => {
  const { protector } = new App()
  let served: Served
  beforeAll(async () => {
    served = await serve(protector)
  })
  afterAll(() => served?.close())

  /** What comes back for pairs that were signed in one spelling and are sent in another. */
  const ask = async (pairs: Pairs, place: 'query' | 'form', text: string) => {
    const encoded = pairs.map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    const call = { base: served.base, path: '/', method: 'POST' }
    const query = encoded.map((pair) => pair.join('=')).join('&')
    const headers = {
      authorization: authorization({ ...call, ...(place === 'query' ? { query } : { form: encoded }) }),
    }
    const latin1 = Buffer.from(text).toString('latin1')
    const { status, body } = await send(
      { ...call, headers, ...(place === 'query' ? { query: latin1 } : { formText: latin1 }) },
      false,
    )
    return { status, seen: status < 300 ? (JSON.parse(body) as Seen) : undefined, body }
  }

  it.each(['query', 'form'] as const)(
    'another spelling of a signed %s is read alike, or refused',
    async (place) => {
      const seed = Math.floor(Math.random() * 2 ** 31)
      let passed = 0
      await fc.assert(
        fc.asyncProperty(signedPairs, fc.nat(), async (pairs, start) => {
          const text = respelled(pairs, randomFrom(start), place === 'query')
          const sent = await ask(pairs, place, text)
          // Koa's parser keeps the text of a form without its byte order mark: the signature does not hold.
          if (sent.status === 400 || (sent.status === 401 && text.startsWith('\ufeff'))) return
          const plain = await ask(
            pairs,
            place,
            pairs.map((pair) => pair.map(percentEncode).join('=')).join('&'),
          )
          expect([text, sent]).toEqual([text, plain])
          expect([text, sent.seen?.signed]).toEqual([text, pairs])
          passed++
        }),
        { numRuns: 60, seed },
      )
      expect(passed).toBeGreaterThan(20)
    },
  )

  it.each(['query', 'form'] as const)('nothing that was signed in a %s is hidden', async (place) => {
    const pairs: Pairs = [
      ['amount', '1'],
      ['to', 'alice'],
      ['confirm', 'required'],
    ]
    for (const count of [2, 90, 997, 998, 1_000, 5_000]) {
      const { status, seen } = await ask(
        pairs,
        place,
        `amount=1&to=alice${'&'.repeat(count)}confirm=required`,
      )
      if (status < 300)
        expect([count, JSON.stringify(seen?.[place])]).toEqual([count, expect.stringContaining('required')])
      else expect([400, 413]).toContain(status)
    }
    const many: Pairs = Array.from({ length: 990 }, (_, i) => [`n${i}`, 'v'])
    const { status, seen } = await ask(many, place, many.map((pair) => pair.join('=')).join('&'))
    expect([status, seen?.signed.length]).toEqual([status, 990])
    expect(JSON.stringify(seen?.[place])).toContain('n989')
  })

  it('a parameter that was moved into the header is refused', async () => {
    const call = { base: served.base, path: '/', query: 'confirm=required' }
    const moved = authorization(call).replace(', oauth_token', ', confirm="required", oauth_token')
    const response = await send({ ...call, query: '', headers: { authorization: moved } }, false)
    expect(response).toMatchObject({ status: 400, body: expect.stringContaining('unsupported_parameter') })
  })
})

type Pairs = [name: string, value: string][]
const signedPairs: fc.Arbitrary<Pairs> = fc.array(fc.tuple(signedText, signedText), {
  minLength: 1,
  maxLength: 4,
})

/** mulberry32: fast-check shrinks the number that it starts from. */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

import * as crypto from 'node:crypto'
import { OAuth1Error, type Tolerance } from 'countersign'
import { OAuth1Request } from 'countersign/protocol'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { departures, tolerances } from '../../src/protocol/departures.ts'
import { api, client, Provider } from '../server/provider.ts'
import { WorkCounter } from './work.ts'

vi.mock('node:crypto', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:crypto')>()
  return { ...real, hash: vi.fn(real.hash) }
})

const counter = new WorkCounter().start()
afterAll(() => counter.stop())

const ways = departures.flatMap((first, index) => [
  [first],
  ...departures.slice(index + 1).map((second) => [first, second]),
])

describe('a request whose signature does not hold', () => {
  it.each<[string, string]>([
    ['one long value', `a=${'+'.repeat(60_000)}`],
    ['many parameters', Array.from({ length: 900 }, (_, n) => `${n}%2F=${'%c3%a9'.repeat(10)}`).join('&')],
    ['many equal names', Array.from({ length: 900 }, (_, n) => `${'n'.repeat(60)}=${n}+`).join('&')],
  ])('of %s costs at most five times as much where every departure is tried', (_what, body) => {
    const http = {
      method: 'POST',
      url: `${api}/x?a=1`,
      headers: { authorization: 'OAuth oauth_nonce="a%2Bb", a="1"' },
      body,
    }
    const plain = counter.count(() => OAuth1Request.parse(http).baseString)
    const request = OAuth1Request.parse(http)
    const tried = counter.count(() => {
      const written = request.departedBaseStrings
      for (const way of ways) written.with(way)
    })
    // The text is joined again for each way; it is encoded and sorted once.
    const joined = ways.length * request.baseString.length * 1.1
    expect((tried - joined) / plain).toBeLessThan(5)
  })

  it('is tried in each way once, however many profiles there are', async () => {
    const list: Tolerance[] = [...tolerances]
    const lists = Array.from({ length: 30 }, (_, n) => [...list.slice(n % 9), ...list.slice(0, n % 9)])
    const profiles = Object.fromEntries(lists.map((list, n) => [`p${n}`, { tolerances: list.slice(n % 3) }]))
    const hashes = async (protector: object) => {
      const provider = new Provider({ clients: [client], protector })
      vi.mocked(crypto.hash).mockClear()
      await expect(
        provider.protector.authenticate(provider.read({ oauth: { oauth_signature: 'AAAA' } })),
      ).rejects.toThrow(OAuth1Error)
      return vi.mocked(crypto.hash).mock.calls.length
    }
    expect(await hashes({ profiles })).toBe(await hashes({ tolerances: list }))
  })
})

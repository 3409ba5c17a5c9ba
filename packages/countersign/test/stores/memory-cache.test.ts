import { ConfigurationError, StoreError } from 'countersign'
import { memoryCache } from 'countersign/memory'
import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.useRealTimers()
})

/** A clock that the test moves. */
function testClock(seconds = 1000) {
  const clock = { seconds, now: () => clock.seconds }
  return clock
}

it('an entry lives to its end and not beyond', async () => {
  const clock = testClock()
  const cache = memoryCache({ now: clock.now })
  await cache.set('value', 'v', 10)
  expect(await cache.add('empty', '', 10)).toBe(true)
  clock.seconds = 1009.999
  expect([await cache.get('value'), await cache.get('empty')]).toEqual(['v', ''])
  expect(await cache.add('empty', '', 10)).toBe(false)
  clock.seconds = 1010
  expect([await cache.get('value'), await cache.get('empty')]).toEqual([undefined, undefined])
  expect(await cache.delete('value')).toBe(false)
  expect(await cache.add('empty', '', 10)).toBe(true)
})

it('between two seconds an entry lives longer rather than shorter', async () => {
  const clock = testClock(1000.9)
  const cache = memoryCache({ now: clock.now })
  await cache.add('key', '', 1)
  clock.seconds = 1001.89
  expect(await cache.get('key')).toBe('')
})

it('an entry that is set again lives from then on, with its new value only', async () => {
  const clock = testClock()
  const cache = memoryCache({ now: clock.now })
  await cache.set('key', 'first', 10)
  clock.seconds = 1005
  await cache.set('key', '', 10)
  clock.seconds = 1014
  expect(await cache.get('key')).toBe('')
  await cache.set('key', 'short', 2)
  clock.seconds = 1016
  expect(await cache.get('key')).toBeUndefined()
})

it('an entry is deleted by one caller', async () => {
  const cache = memoryCache()
  await cache.set('key', 'v', 10)
  expect([await cache.delete('key'), await cache.delete('key')]).toEqual([true, false])
})

it('a full cache refuses new entries, drops none, and still knows the old ones', async () => {
  const clock = testClock()
  const cache = memoryCache({ now: clock.now, maxEntries: 1000 })
  for (let n = 0; n < 1000; n++) expect(await cache.add(`key${n}`, '', 300)).toBe(true)
  const refused = async () => cache.add('one more', '', 300)
  await expect(refused()).rejects.toThrow(StoreError)
  for (let n = 0; n < 1000; n++) expect(await cache.add(`key${n}`, '', 300)).toBe(false)
  await cache.set('key0', 'v', 300)
  await cache.delete('key1')
  expect(await refused()).toBe(true)
})

it('a full cache takes new entries as soon as old ones have ended, whatever their order', async () => {
  const clock = testClock()
  const cache = memoryCache({ maxEntries: 100, now: clock.now })
  for (let n = 0; n < 100; n++) await cache.add(`key${n}`, '', n % 2 === 0 ? 600 : 5)
  clock.seconds = 1005
  for (let n = 0; n < 50; n++) expect(await cache.add(`new${n}`, '', 600)).toBe(true)
  await expect(async () => cache.add('one more', '', 600)).rejects.toThrow(StoreError)
  for (let n = 0; n < 100; n += 2) expect(await cache.get(`key${n}`)).toBe('')
})

it('the same key over and over takes the room of one', async () => {
  const cache = memoryCache({ maxEntries: 2 })
  for (let n = 0; n < 1000; n++) {
    await cache.set('key', `${n}`, 100_000)
    if (n % 2) await cache.delete('key')
  }
  expect(await cache.add('second', '', 1)).toBe(true)
})

it('nothing is forgotten, and nothing kept for ever, when the system clock is set', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  const cache = memoryCache({ maxEntries: 2 })
  await cache.add('first', '', 300)
  vi.setSystemTime(Date.now() + 86_400_000)
  expect(await cache.add('first', '', 300)).toBe(false)
  vi.setSystemTime(Date.now() - 2 * 86_400_000)
  expect(await cache.add('first', '', 300)).toBe(false)
  await cache.add('second', '', 300)
  vi.advanceTimersByTime(300_000 + 1000)
  expect(await cache.add('third', '', 300)).toBe(true)
  expect(await cache.add('fourth', '', 300)).toBe(true)
})

it('a clock that runs backwards keeps entries longer', async () => {
  const clock = testClock()
  const cache = memoryCache({ maxEntries: 3, now: clock.now })
  await cache.add('first', '', 10)
  clock.seconds = 500
  await cache.add('second', '', 10)
  expect([await cache.get('first'), await cache.get('second')]).toEqual(['', ''])
  clock.seconds = 510
  expect([await cache.get('first'), await cache.get('second')]).toEqual(['', undefined])
  await cache.add('third', '', 10)
  expect(await cache.add('fourth', '', 10)).toBe(true)
})

it.each([Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])('a life of %d seconds is long', async (ttl) => {
  const clock = testClock()
  const cache = memoryCache({ now: clock.now })
  await cache.add('key', '', ttl)
  clock.seconds = 2 ** 40
  expect(await cache.add('key', '', ttl)).toBe(false)
})

it('a life of no number is refused: the entry would be dead at once, and its replay would pass', async () => {
  const cache = memoryCache()
  await expect(async () => cache.add('key', '', Number.NaN)).rejects.toThrow(StoreError)
})

it.each([0, -1, 1.5, Number.NaN, 2 ** 24])('maxEntries of %d is refused', (maxEntries) => {
  expect(() => memoryCache({ maxEntries })).toThrow(ConfigurationError)
})

it('entries have no timers', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const cache = memoryCache()
  for (let n = 0; n < 100; n++) await cache.add(`key${n}`, '', 300)
  expect(timers()).toBe(before)
})

it('values that become marks find room', () => {
  const cache = memoryCache()
  const keys = Array.from({ length: 3000 }, (_, index) => `${index}`)
  for (const key of keys) {
    cache.set(key, 'value', 60)
    cache.set(key, '', 60)
  }
  expect(keys.every((key) => cache.get(key) === '')).toBe(true)
})

it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1'])(
  'maxOctets of %s is refused',
  (maxOctets) => {
    expect(() => memoryCache({ maxOctets: maxOctets as number })).toThrow(ConfigurationError)
  },
)

it('values take no more than their octets, whatever their number, and find room again when others end', async () => {
  const clock = testClock()
  const cache = memoryCache({ maxOctets: 100_000, now: clock.now })
  const fill = async (prefix: string, value: string) => {
    let octets = 0
    for (let n = 0; ; n++) {
      try {
        await cache.add(`${prefix}${n}`, value, 10)
      } catch (error) {
        expect(error).toBeInstanceOf(StoreError)
        return octets
      }
      octets += Buffer.byteLength(value, /^[\0-\xff]*$/.test(value) ? 'latin1' : 'utf16le')
    }
  }
  for (const [prefix, value, expected] of [
    ['large', 'x'.repeat(4_000), 90_000],
    ['small', 'x'.repeat(40), 15_000],
    ['wide', '\u20ac'.repeat(4_000), 80_000],
  ] as const) {
    const octets = await fill(prefix, value)
    expect(octets).toBeLessThanOrEqual(100_000)
    expect(octets).toBeGreaterThan(expected)
    // Nonces have room of their own: no client's values may stop another's requests.
    expect(await cache.add(`nonce of ${prefix}`, '', 10)).toBe(true)
    clock.seconds += 11
  }
})

it('a deleted, replaced or expired entry gives its octets back', async () => {
  const clock = testClock()
  const cache = memoryCache({ maxOctets: 10_000, now: clock.now })
  const value = 'x'.repeat(6_000)
  for (let n = 0; n < 5; n++) {
    await cache.add('deleted', value, 10)
    expect(await cache.delete('deleted')).toBe(true)
    await cache.set('set again', value, 10)
    await cache.set('set again', value, 10)
    await cache.set('set again', '', 10)
    await cache.add('ended', value, 1)
    clock.seconds += 2
  }
  await expect(async () => cache.set('too large', 'x'.repeat(10_001), 10)).rejects.toThrow(/maxOctets/)
  expect(await cache.get('too large')).toBeUndefined()
})

import { expect, it } from 'vitest'
import { Throttle } from '../src/throttle.ts'

it('refuses a key after its failures until the window closes, and no other key', () => {
  let now = 1_000
  const throttle = new Throttle({ limit: 2, windowSeconds: 60, now: () => now })
  throttle.count('a')
  expect(throttle.waitSeconds('a')).toBe(0)
  throttle.count('a')
  expect(throttle.waitSeconds('a')).toBe(60)
  expect(throttle.waitSeconds('b')).toBe(0)
  now += 59.5
  expect(throttle.waitSeconds('a')).toBe(1)
  now += 0.5
  expect(throttle.waitSeconds('a')).toBe(0)
})

it('forgets the failures before a success', () => {
  const throttle = new Throttle({ limit: 1, windowSeconds: 60, now: () => 0 })
  throttle.count('a')
  throttle.forgive('a')
  expect(throttle.waitSeconds('a')).toBe(0)
})

it('gives out turns beyond the limit one after another, and none to whoever would wait too long', () => {
  let now = 1_000
  const throttle = new Throttle({ limit: 2, windowSeconds: 60, now: () => now })
  const turn = () => {
    throttle.count('a')
    return throttle.takeTurn('a', { spacingSeconds: 5, longestSeconds: 10 })
  }
  expect([turn(), turn(), turn(), turn(), turn()]).toEqual([0, 0, 5, 10, undefined])
  now += 4
  expect([turn(), turn()]).toEqual([undefined, undefined])
  now += 4
  expect(turn()).toBe(7)
  now += 52
  expect(turn()).toBe(0)
})

it('remembers a bounded number of keys, and drops the oldest first', () => {
  const throttle = new Throttle({ limit: 1, windowSeconds: 60, maxKeys: 2, now: () => 0 })
  for (const key of ['a', 'b', 'c']) throttle.count(key)
  expect(['a', 'b', 'c'].map((key) => throttle.waitSeconds(key))).toEqual([0, 60, 60])
})

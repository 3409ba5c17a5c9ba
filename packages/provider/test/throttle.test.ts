import { expect, it } from 'vitest'
import { SlowLane } from '../src/limits/slow-lane.ts'
import { Throttle } from '../src/limits/throttle.ts'

it('refuses a key after its failures until the window closes, and no other key', () => {
  let now = 1_000
  const throttle = new Throttle({ limit: 2, windowSeconds: 60, now: () => now })
  throttle.fail('a')
  expect([throttle.waitSeconds('a'), throttle.left('a')]).toEqual([0, 1])
  throttle.fail('a')
  expect([throttle.waitSeconds('a'), throttle.left('a')]).toEqual([60, 0])
  expect([throttle.waitSeconds('b'), throttle.left('b')]).toEqual([0, 2])
  now += 59.5
  throttle.fail('a')
  expect(throttle.waitSeconds('a')).toBe(1)
  now += 0.5
  expect([throttle.waitSeconds('a'), throttle.left('a')]).toEqual([0, 2])
})

it('forgets the failures before a success', () => {
  const throttle = new Throttle({ limit: 1, windowSeconds: 60, now: () => 0 })
  throttle.fail('a')
  throttle.forgive('a')
  expect(throttle.waitSeconds('a')).toBe(0)
})

it('remembers a bounded number of keys, and never forgets the attacked one before the others', () => {
  const throttle = new Throttle({ limit: 3, windowSeconds: 60, maxKeys: 100, now: () => 0 })
  for (let i = 0; i < 3; i++) throttle.fail('attacked')
  for (let i = 0; i < 2; i++) throttle.fail('guessed twice')
  for (let i = 0; i < 10_000; i++) throttle.fail(`other ${i}`)
  expect(throttle.waitSeconds('attacked')).toBe(60)
  expect(throttle.left('guessed twice')).toBe(1)
  expect(throttle.left('other 0')).toBe(3)
  expect(throttle.left('other 9999')).toBe(2)
})

it('takes a limit that no one reaches without room for all numbers below it', () => {
  const throttle = new Throttle({ limit: 1_000_000_000, windowSeconds: 60, maxKeys: 100, now: () => 0 })
  for (let i = 0; i < 1_000; i++) throttle.fail(`key ${i}`)
  for (let i = 0; i < 50; i++) throttle.fail('key 999')
  expect([throttle.left('key 999'), throttle.left('key 0')]).toEqual([1_000_000_000 - 51, 1_000_000_000])
})

it('gives out turns one after another, and none to whoever would wait too long', () => {
  let now = 1_000
  const lane = new SlowLane({ spacingSeconds: 5, longestSeconds: 10, maxKeys: 2, now: () => now })
  expect([lane.take('a'), lane.take('a'), lane.take('a')]).toEqual([5, 10, undefined])
  now += 4
  expect(lane.take('a')).toBeUndefined()
  now += 4
  expect(lane.take('a')).toBe(7)
  expect(lane.take('b')).toBe(5)
  expect(lane.take('c')).toBeUndefined()
  now += 10
  expect(lane.take('c')).toBe(5)
})

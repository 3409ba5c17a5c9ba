import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RemoteValue } from '../../src/openid/remote-value.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const times = { freshSeconds: 600, keptSeconds: 3600, retrySeconds: 5, renewalSeconds: 30 }
const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000)

function counting() {
  const state = { reads: 0, isDown: false }
  const value = new RemoteValue(async () => {
    state.reads++
    if (state.isDown) throw new Error('down')
    return state.reads
  }, times)
  return { state, value }
}

describe('a value of another server', () => {
  it('is read once for all who wait, and again when it is no longer fresh', async () => {
    const { value } = counting()
    expect(await Promise.all([value.get(), value.get()])).toEqual([1, 1])
    pass(599)
    expect(await value.get()).toBe(1)
    pass(1)
    expect(await value.get()).toBe(2)
  })

  it('is kept for a while where it cannot be read again, and no longer', async () => {
    const { state, value } = counting()
    await value.get()
    state.isDown = true
    pass(3599)
    expect(await value.get()).toBe(1)
    pass(1)
    await expect(value.get()).rejects.toThrow('down')
  })

  it('is not asked for again just after a failure', async () => {
    const { state, value } = counting()
    state.isDown = true
    for (let tries = 0; tries < 3; tries++) await expect(value.get()).rejects.toThrow('down')
    expect(state.reads).toBe(1)
    state.isDown = false
    pass(5)
    expect(await value.get()).toBe(2)
  })

  it('is renewed for one who misses something in it, and not for each who does', async () => {
    const { state, value } = counting()
    expect([await value.get(), await value.renewed()]).toEqual([1, 1])
    pass(30)
    expect([await value.renewed(), await value.renewed(), await value.get()]).toEqual([2, 2, 2])
    state.isDown = true
    pass(30)
    await expect(value.renewed()).rejects.toThrow('down')
    expect(await value.get()).toBe(2)
  })
})

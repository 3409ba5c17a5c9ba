import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createProvider, registerClient } from '../src/index.ts'
import { Failures } from '../src/limits/failures.ts'
import { RateLimit } from '../src/limits/rate-limit.ts'
import type { Counted, SharedLimits } from '../src/limits/shared-limits.ts'
import { Tries } from '../src/limits/tries.ts'
import { signer } from './signer.ts'

let time = 1_000
const now = () => time

/** Counts of another process, which this one learns of. */
function counts(counted: () => Counted | Promise<Counted>): SharedLimits {
  const none = () => Promise.reject(new Error('not asked for'))
  return { add: async () => counted(), read: async () => counted(), enter: none, leave: none, turn: none }
}

describe('a rate limit', () => {
  it('lets a key through so often within a window, and others meanwhile', () => {
    const limit = new RateLimit('test', { limit: 3, windowSeconds: 60, now })
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 60])
    time += 20.5
    expect(limit.take('a')).toBe(40)
    expect(limit.take('b')).toBe(0)
    time += 40
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 60])
  })

  it('of 0 is none', async () => {
    const limit = new RateLimit(
      'test',
      { limit: 0, windowSeconds: 60, now },
      counts(() => Promise.reject()),
    )
    for (let i = 0; i < 100; i++) expect(limit.take('a')).toBe(0)
    await limit.refresh('a')
    const failures = new Failures('test', { limit: 0, windowSeconds: 60 })
    for (let i = 0; i < 100; i++) await failures.fail('a')
    expect(await failures.waitSeconds('a')).toBe(0)
  })

  it('remembers a bounded number of keys', () => {
    const limit = new RateLimit('test', { limit: 1, windowSeconds: 60, maxKeys: 10, now })
    for (let key = 0; key < 1_000; key++) expect(limit.take(`${key}`)).toBe(0)
    expect([989, 990, 999].map((key) => limit.waitSeconds(`${key}`))).toEqual([0, 60, 60])
  })

  it('learns what other processes have counted, and holds by itself while they cannot be reached', async () => {
    let others = { count: 2, secondsLeft: 30 }
    const shared = new RateLimit(
      'test',
      { limit: 3, windowSeconds: 60, now },
      counts(() => others),
    )
    expect(shared.take('a')).toBe(0)
    await setImmediate()
    expect(shared.take('a')).toBe(0)
    others = { count: 3, secondsLeft: 25 }
    expect(shared.take('a')).toBe(0)
    await setImmediate()
    expect(shared.take('a')).toBe(25)
    await shared.refresh('b')
    expect(shared.take('b')).toBe(25)

    const alone = new RateLimit(
      'test',
      { limit: 2, windowSeconds: 60, now },
      counts(() => Promise.reject(new Error('down'))),
    )
    await alone.refresh('a')
    expect([1, 2, 3].map(() => alone.take('a'))).toEqual([0, 0, 60])
  })
})

it('tries and failures count by themselves while the shared counts cannot be reached', async () => {
  const down = counts(() => Promise.reject(new Error('down')))
  const tries = new Tries('test', { limit: 2, windowSeconds: 60 }, down)
  for (let i = 0; i < 2; i++) await (await tries.enter('a')).settle(false)
  expect((await tries.enter('a')).waitSeconds).toBeGreaterThan(50)
  expect([await tries.left('a'), await tries.left('b')]).toEqual([0, 2])
  const failures = new Failures('test', { limit: 1, windowSeconds: 60 }, down)
  await failures.fail('a')
  expect(await failures.waitSeconds('a')).toBeGreaterThan(50)
})

describe('the limits of the endpoints', () => {
  const start = async (rateLimits: { oauthPerAddress?: number; oauthPerClient?: number }) => {
    const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent', rateLimits })
    const { clientId, clientSecret } = await registerClient(provider.services.db, {
      name: 'A',
      callbacks: [],
    })
    const send = signer(provider.address, { key: clientId, secret: clientSecret })
    const initiate = () => send('POST', '/oauth/initiate', { oauth_callback: 'oob' })
    return { provider, clientId, send, initiate }
  }

  it('refuse an address in the form of the endpoint, readable for clients in browsers, and leave the API alone', async () => {
    const { provider, send, initiate } = await start({ oauthPerAddress: 2 })
    for (let i = 0; i < 2; i++) expect((await initiate()).status).toBe(200)
    const refused = await initiate()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(30)
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(new URLSearchParams(await refused.text()).get('error')).toBe('too_many_requests')
    const asJson = await fetch(`${provider.address}/oauth/token`, { headers: { accept: 'application/json' } })
    expect(await asJson.json()).toMatchObject({ error: 'too_many_requests' })
    expect((await send('GET', '/api/me', {})).status).toBe(400)
    await provider.close()
  })

  it('refuse a client wherever its key stands, and count nothing that a stranger sends in its name', async () => {
    const { provider, clientId, initiate } = await start({ oauthPerClient: 1 })
    const forged = signer(provider.address, { key: clientId, secret: 'not the secret' })
    for (let i = 0; i < 5; i++)
      expect((await forged('POST', '/oauth/initiate', { oauth_callback: 'oob' })).status).toBe(401)
    expect((await initiate()).status).toBe(200)
    const named = { oauth_consumer_key: clientId, oauth_signature_method: 'HMAC-SHA1' }
    const query = new URLSearchParams(named).toString()
    const url = `${provider.address}/oauth/initiate`
    const form = { method: 'POST', body: new URLSearchParams(named) }
    for (const refused of [
      await initiate(),
      await fetch(`${url}?${query}`, { method: 'POST' }),
      await fetch(url, form),
    ]) {
      expect(refused.status).toBe(429)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(30)
    }
    await provider.close()
  })

  it('of 0 are none', async () => {
    const { provider, initiate } = await start({ oauthPerAddress: 0, oauthPerClient: 0 })
    for (let i = 0; i < 20; i++) expect((await initiate()).status).toBe(200)
    await provider.close()
  })
})

import { join } from 'node:path'
import { pino } from 'pino'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { available } from '../../../countersign/test/services.ts'
import { type PrivateServer, startRedis } from '../../../countersign/test/stores/private-server.ts'
import { createAccount } from '../../src/accounts/accounts.ts'
import { registerClient } from '../../src/clients/registration.ts'
import { createProvider, type Provider } from '../../src/provider.ts'
import type { SettingsInput } from '../../src/settings/settings.ts'
import { issueToken } from '../../src/tokens/issued-token.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { password } from '../site.ts'
import { Visitor } from '../visitor.ts'
import { deliver, type Keys, publicUrl, signedRequest } from './signed-request.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

if (await available('redis-server')) describe('a Redis that two providers share', sharedRedis)

function sharedRedis(): void {
  const directory = temporaryDirectory()
  let redis: PrivateServer
  const providers: Provider[] = []
  let client: Keys
  let token: Keys

  /** Another one over the same file and Redis. */
  const start = async (settings: SettingsInput = {}): Promise<Provider> => {
    const provider = await createProvider({
      port: 0,
      logLevel: 'silent',
      database: join(directory.path, 'shared.sqlite'),
      redisUrl: `redis://127.0.0.1:${redis.port}`,
      redisPrefix: 'two:',
      origin: publicUrl,
      clientAddressHeader: 'x-forwarded-for',
      ...settings,
    })
    providers.push(provider)
    return provider
  }

  beforeAll(async () => {
    redis = await startRedis()
    const { services } = await start()
    await start()
    const { id } = await createAccount(services.db, 'anna', password)
    const { clientId, clientSecret } = await registerClient(services.db, { name: 'Album', callbacks: [] })
    client = { key: clientId, secret: clientSecret }
    const { oauthToken, oauthTokenSecret } = await issueToken(services, clientId, id)
    token = { key: oauthToken, secret: oauthTokenSecret }
  })
  afterAll(async () => {
    for (const provider of providers) await provider.close()
    await redis.close()
    directory.remove()
  })

  const addressOf = (index: number) => providers[index % 2]?.address as string
  const me = () => signedRequest('GET', '/api/me', client, token)
  const works = () =>
    vi.waitFor(
      async () => {
        for (const index of [0, 1]) expect((await deliver(addressOf(index), me())).status).toBe(200)
      },
      { timeout: 20_000, interval: 20 },
    )
  const from = (address: string) => ({ 'x-forwarded-for': address })

  it('accepts a request once, whichever process it reaches', async () => {
    const request = me()
    expect((await deliver(addressOf(0), request)).status).toBe(200)
    for (const index of [0, 1]) {
      const { status, headers } = await deliver(addressOf(index), request)
      expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('OAuth')])
    }
    expect(await nonceRows(providers)).toBe(0)
  })

  it('writes no key without the prefix, and none that names a user or an address', async () => {
    await new Visitor(addressOf(0), from('192.0.2.77')).signIn('quirina', 'wrong password')
    const connection = await createClient({ url: `redis://127.0.0.1:${redis.port}` }).connect()
    const keys = await connection.keys('*')
    await connection.close()
    expect(keys.length).toBeGreaterThan(2)
    expect(keys.filter((key) => !key.startsWith('two:'))).toEqual([])
    expect(keys.filter((key) => /quirina|192\.0\.2/.test(key))).toEqual([])
  })

  it('counts wrong passwords of both together, also of those under way at once', async () => {
    await createAccount((providers[0] as Provider).services.db, 'berta', password)
    const wrong = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        new Visitor(addressOf(i), from('192.0.2.1')).signIn('berta', `wrong password ${i}`),
      ),
    )
    expect(wrong.filter(({ status }) => status === 422)).toHaveLength(10)
    expect(wrong.filter(({ status }) => status === 429)).toHaveLength(20)
    for (const index of [0, 1]) {
      const visitor = new Visitor(addressOf(index), from('192.0.2.1'))
      const { status, headers } = await visitor.signIn('berta', password)
      expect(status).toBe(429)
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(800)
      expect((await new Visitor(addressOf(index), from('192.0.2.2')).signIn('berta', password)).status).toBe(
        200,
      )
    }
  })

  it('forgives the wrong passwords before a right one in both', async () => {
    await createAccount((providers[0] as Provider).services.db, 'cilly', password)
    const tries = async (index: number, given: string) =>
      (await new Visitor(addressOf(index), from('192.0.2.3')).signIn('cilly', given)).status
    for (let i = 0; i < 9; i++) expect(await tries(0, `wrong password ${i}`)).toBe(422)
    expect(await tries(1, password)).toBe(200)
    for (let i = 0; i < 9; i++) expect(await tries(0, `wrong password ${i}`)).toBe(422)
    expect(await tries(0, password)).toBe(200)
  })

  it('counts new accounts and requests to the endpoints of both together', async () => {
    const limits = { rateLimits: { signUp: 3, oauthPerAddress: 4, oauthPerClient: 2 } }
    const both = [
      await start({ ...limits, redisPrefix: 'few:' }),
      await start({ ...limits, redisPrefix: 'few:' }),
    ]
    const at = (index: number) => both[index % 2]?.address as string
    const signUp = (index: number, address: string) =>
      new Visitor(at(index), from(address)).signUp(`dora${index}`, password)
    for (let i = 0; i < 3; i++) expect((await signUp(i, '192.0.2.4')).status).toBe(200)
    for (const index of [3, 4]) {
      const { status, headers } = await signUp(index, '192.0.2.4')
      expect(status).toBe(429)
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(3_000)
    }
    expect((await signUp(5, '192.0.2.5')).status).toBe(200)

    const initiate = async (index: number, address: string) => {
      const request = signedRequest('POST', '/oauth/initiate', client, undefined, {
        oauth: { oauth_callback: 'oob' },
        headers: from(address),
      })
      const response = await deliver(at(index), request)
      const error = new URLSearchParams(await response.text()).get('error')
      return [response.status, error, Number(response.headers.get('retry-after') ?? 0)]
    }
    const few = expect.toSatisfy((seconds: number) => seconds > 30 && seconds <= 60)
    for (const index of [0, 1]) expect(await initiate(index, '192.0.2.6')).toEqual([200, null, 0])
    // The second learned of both, when it had counted its own.
    await vi.waitFor(async () => {
      expect(await initiate(1, '192.0.2.7')).toEqual([429, 'too_many_requests', few])
    })
    const unsigned = (index: number) =>
      fetch(`${at(index)}/oauth/token`, { method: 'POST', headers: from('192.0.2.8') })
    for (let i = 0; i < 4; i++) expect((await unsigned(i)).status).toBe(401)
    await vi.waitFor(async () => {
      for (const index of [0, 1]) {
        const { status, headers } = await unsigned(index)
        expect([status, Number(headers.get('retry-after'))]).toEqual([429, few])
      }
    })
  })

  it('lets no signed request in while Redis is down, and pages go on; passwords are still counted', async () => {
    const accepted = me()
    expect((await deliver(addressOf(0), accepted)).status).toBe(200)
    await redis.signal('SIGKILL')
    for (const index of [0, 1]) {
      for (const request of [me(), accepted]) {
        const { status, headers } = await deliver(addressOf(index), request)
        expect(status).toBe(503)
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      }
      expect((await fetch(`${addressOf(index)}/sign-in`, { headers: { accept: 'text/html' } })).status).toBe(
        200,
      )
    }
    expect((await new Visitor(addressOf(0), from('192.0.2.10')).signIn('anna', password)).status).toBe(200)
    for (let i = 0; i < 10; i++) {
      const visitor = new Visitor(addressOf(0), from('192.0.2.9'))
      expect((await visitor.signIn('anna', `wrong password ${i}`)).status).toBe(422)
    }
    expect((await new Visitor(addressOf(0), from('192.0.2.9')).signIn('anna', password)).status).toBe(429)

    // It comes back empty: what it forgot must not be accepted again.
    await redis.restart()
    await works()
    for (const index of [0, 1]) expect((await deliver(addressOf(index), accepted)).status).toBe(401)
  })

  it('lets no request in while Redis hangs, refuses the later ones at once, and recovers', async () => {
    const accepted = me()
    expect((await deliver(addressOf(1), accepted)).status).toBe(200)
    await redis.signal('SIGSTOP')
    const first = await Promise.all(
      Array.from({ length: 20 }, (_, index) => deliver(addressOf(index), index < 10 ? me() : accepted)),
    )
    expect(first.map(({ status }) => status)).toEqual(Array(20).fill(503))
    for (let i = 0; i < 20; i++) expect((await deliver(addressOf(i), me())).status).toBe(503)
    expect((await new Visitor(addressOf(0), from('192.0.2.11')).signIn('anna', password)).status).toBe(200)
    await redis.signal('SIGCONT')
    await works()
    for (const index of [0, 1]) expect((await deliver(addressOf(index), accepted)).status).toBe(401)
  })
}

async function nonceRows(providers: readonly Provider[]): Promise<number> {
  const rows = await providers[0]?.services.db.selectFrom('oauth_nonce').selectAll().execute()
  return rows?.length ?? 0
}

if (await available('redis-server')) {
  it('warns of a Redis that forgets keys when its memory is full', async () => {
    const redis = await startRedis('--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru')
    const lines: string[] = []
    const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
    const redisUrl = `redis://127.0.0.1:${redis.port}`
    const provider = await createProvider({ port: 0, database: ':memory:', redisUrl }, log)
    expect(lines.join()).toContain('set maxmemory-policy to noeviction')
    await provider.close()
    await redis.close()
  })
}

describe('a Redis that cannot be used', () => {
  it('is told at the start, without its password', async () => {
    const redisUrl = 'redis://user:hidden-password@127.0.0.1:1/0'
    const starting = createProvider({ port: 0, database: ':memory:', logLevel: 'silent', redisUrl })
    await expect(starting).rejects.toThrow(
      /^REDIS_URL: the Redis at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/,
    )
    await expect(starting).rejects.not.toThrow('hidden-password')
  })
})

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { available } from '../../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../../countersign/test/stores/backends/databases.ts'
import { type PrivateServer, startRedis } from '../../../countersign/test/stores/private-server.ts'
import { type TcpProxy, tcpProxy } from '../tcp-proxy.ts'
import type { Visitor } from '../visitor.ts'
import { approve, exchange, initiate, keysOf, type ProviderGroup, startGroup } from './provider-group.ts'
import { deliver, type Keys, type SignedRequest, signedRequest } from './signed-request.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
/** As the processes are set, for databases: a busy machine must not look like an outage. */
const storeTimeoutSeconds = 3
/** Between the end of an outage and the first request that succeeds: a second where the machine is quiet. */
const recoveryMilliseconds = 20_000

const hasRedis = await available('redis-server')
for (const [name, database] of [
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
] as const)
  if (hasRedis && (await available(database))) describeOutages(name, database)

function describeOutages(name: string, database: 'postgres' | 'mariadb'): void {
  describe(`two processes whose ${name} or Redis fails for seconds`, () => {
    const direct = databaseConfig(database)
    let proxy: TcpProxy
    let redis: PrivateServer
    let group: ProviderGroup
    let client: Keys
    let member: Visitor
    let token: Keys
    beforeAll(async () => {
      await createDatabase(direct)
      proxy = await tcpProxy(direct)
      redis = await startRedis()
      group = await startGroup(proxy.url as `${string}://${string}`, 2, {
        REDIS_URL: `redis://127.0.0.1:${redis.port}`,
        OAUTH1_STORE_TIMEOUT_SECONDS: String(storeTimeoutSeconds),
        DATABASE_POOL: '5',
        LOG_LEVEL: 'silent',
      })
      member = await group.member('anna')
      client = await group.register(member)
      const temporary = await initiate(group.next(), client)
      const verifier = await approve(member, temporary)
      token = await keysOf(await deliver(group.next(), exchange(client, temporary, verifier)))
    })
    afterAll(async () => {
      await redis?.signal('SIGCONT')
      await proxy?.restore()
      await group?.close()
      await proxy?.close()
      await redis?.close()
      await removeDatabase(direct)
    })

    const me = () => signedRequest('GET', '/api/me', client, token)
    const asTemporary = () =>
      signedRequest('POST', '/oauth/initiate', client, undefined, { oauth: { oauth_callback: 'oob' } })
    const readiness = async () => {
      const response = await fetch(`${group.next()}/readyz`, { signal: AbortSignal.timeout(20_000) })
      return { status: response.status, parts: ((await response.json()) as { parts: object }).parts }
    }
    /** As a proxy asks them one after the other, each process must say it. */
    const expectReadiness = async (status: number, parts: object) => {
      for (const _ of group.processes) expect(await readiness()).toMatchObject({ status, parts })
    }
    const expectUnavailable = async (requests: readonly SignedRequest[]) => {
      const responses = await Promise.all(requests.map((request) => deliver(group.next(), request)))
      for (const { status, headers } of responses) {
        expect(status).toBe(503)
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      }
    }
    const expectRecovery = async () => {
      const isWell = async () => {
        for (const _ of group.processes) expect((await deliver(group.next(), me())).status).toBe(200)
      }
      await vi.waitFor(isWell, { timeout: recoveryMilliseconds, interval: 10 })
    }

    it.each([
      ['the database refuses connections', 'database', () => proxy.cut(), () => proxy.restore()],
      ['the database hangs', 'database', async () => proxy.hang(), () => proxy.restore()],
      ['Redis is killed', 'redis', () => redis.signal('SIGKILL'), () => redis.restart()],
      ['Redis hangs', 'redis', () => redis.signal('SIGSTOP'), () => redis.signal('SIGCONT')],
    ])('let no request in while %s, say so, and recover', async (_, part, fail, mend) => {
      await expectRecovery()
      const accepted = me()
      expect((await deliver(group.next(), accepted)).status).toBe(200)
      await fail()
      // More of them at once than there are connections, and the one that was let in before.
      const requests = Array.from({ length: 12 }, () => [me(), asTemporary(), accepted]).flat()
      await expectUnavailable(requests)
      await expectUnavailable(requests.slice(0, 6))
      await expectReadiness(503, { [part]: expect.stringMatching(/failed|late/) })
      await mend()
      const mendedAt = performance.now()
      await expectRecovery()
      console.log(`${name}, ${part}: well again after ${Math.round(performance.now() - mendedAt)} ms`)
      for (const _ of group.processes) expect((await deliver(group.next(), accepted)).status).toBe(401)
      await vi.waitFor(() => expectReadiness(200, { [part]: 'ok' }), { timeout: 20_000, interval: 100 })
    })
  })
}

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { available } from '../../../countersign/test/services.ts'
import { password } from '../site.ts'
import { Visitor } from '../visitor.ts'
import { approve, exchange, initiate, keysOf, type ProviderGroup, startGroup } from './provider-group.ts'
import { deliver, type Keys, signedRequest } from './signed-request.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const cacheSeconds = 2

const hasRedis = await available('redis')
if (hasRedis && (await available('postgres'))) describeProcesses('PostgreSQL', 'postgres')
if (hasRedis && (await available('mariadb'))) describeProcesses('MariaDB', 'mariadb')

function describeProcesses(name: string, database: 'postgres' | 'mariadb'): void {
  describe(`two processes on ${name} and Redis`, () => {
    let group: ProviderGroup
    let member: Visitor
    let client: Keys
    beforeAll(async () => {
      group = await startGroup(database, 2, { CREDENTIAL_CACHE_SECONDS: String(cacheSeconds) })
      member = await group.member('anna')
      client = await group.register(member)
    })
    afterAll(() => group?.close())

    const me = (token: Keys) => signedRequest('GET', '/api/me', client, token)
    const addresses = () => group.processes.map(({ url }) => url) as [string, string]
    /** A whole flow, each step of which another process takes. */
    const flow = async (): Promise<Keys> => {
      const temporary = await initiate(group.next(), client)
      const verifier = await approve(member, temporary)
      return keysOf(await deliver(group.next(), exchange(client, temporary, verifier)))
    }

    it('goes through flows that hop between them at every step', async () => {
      // An odd number of requests: each flow begins at the other one.
      for (let i = 0; i < 5; i++) {
        const token = await flow()
        for (const address of addresses()) {
          const response = await deliver(address, me(token))
          expect(await response.json()).toMatchObject({ name: 'anna', client: { name: 'Album' } })
        }
        group.next()
      }
      await member.open('/')
      await member.submit('/sign-out')
      for (const _ of addresses()) expect((await member.open('/authorizations')).path).toContain('/sign-in')
      expect((await member.signIn('anna', password)).status).toBe(200)
    })

    it('accepts exactly one of 50 identical requests that reach both at once', async () => {
      const token = await flow()
      for (let round = 0; round < 5; round++) {
        const request = me(token)
        const all = await Promise.all(Array.from({ length: 50 }, () => deliver(group.next(), request)))
        const statuses = all.map(({ status }) => status)
        expect(statuses.filter((status) => status === 200)).toHaveLength(1)
        expect(statuses.filter((status) => status === 401)).toHaveLength(49)
      }
    })

    it('gives exactly one token for ten exchanges of one temporary credential at once, and it works', async () => {
      for (let round = 0; round < 5; round++) {
        const temporary = await initiate(group.next(), client)
        const verifier = await approve(member, temporary)
        const all = await Promise.all(
          Array.from({ length: 10 }, () => deliver(group.next(), exchange(client, temporary, verifier))),
        )
        const won = all.filter(({ status }) => status === 200)
        expect(won).toHaveLength(1)
        expect(all.filter(({ status }) => status === 401)).toHaveLength(9)
        const token = await keysOf(won[0] as Response)
        for (const address of addresses()) expect((await deliver(address, me(token))).status).toBe(200)
      }
    })

    it('notices in one what was revoked in the other, within the life of the credential cache', async () => {
      const token = await flow()
      const [one, other] = addresses()
      expect((await deliver(other, me(token))).status).toBe(200)
      // Its first use is written two seconds later, which takes the token out of the cache once.
      await sleep(3_000)
      const askedAt = performance.now()
      expect((await deliver(other, me(token))).status).toBe(200)
      const rememberedAt = performance.now()
      expect((await deliver(one, signedRequest('POST', '/oauth/revoke', client, token))).status).toBe(200)
      expect((await deliver(one, me(token))).status).toBe(401)
      // Else the cache would not be what this test is about.
      const soon = await deliver(other, me(token))
      if (performance.now() - askedAt < cacheSeconds * 1000) expect(soon.status).toBe(200)
      await sleep(rememberedAt + cacheSeconds * 1000 - performance.now() + 50)
      expect((await deliver(other, me(token))).status).toBe(401)
    })

    it('counts wrong passwords of both together', async () => {
      await group.member('berta')
      const from = '192.0.2.1'
      for (let i = 0; i < 10; i++)
        expect((await group.visitor(from).signIn('berta', `wrong password ${i}`)).status).toBe(422)
      for (const address of addresses()) {
        const signIn = (network: string) =>
          new Visitor(address, { 'x-forwarded-for': network }).signIn('berta', password)
        const { status, headers } = await signIn(from)
        expect(status).toBe(429)
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(600)
        expect((await signIn('192.0.2.2')).status).toBe(200)
      }
    })
  })
}

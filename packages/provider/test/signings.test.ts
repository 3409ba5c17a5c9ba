import { join } from 'node:path'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../countersign/test/stores/backends/databases.ts'
import { dayOf } from '../src/clients/client-usage.ts'
import { removeClient } from '../src/clients/clients.ts'
import { registerClient } from '../src/clients/registration.ts'
import {
  type ClientSigning,
  listSignings,
  type SigningFilter,
  signingPage,
} from '../src/clients/signing-list.ts'
import { sweepSignings } from '../src/clients/signings.ts'
import { UsageRecorder } from '../src/clients/usage-recorder.ts'
import { openDatabase } from '../src/database/database.ts'
import type { Database } from '../src/database/schema.ts'
import { signings } from '../src/database/signings-step.ts'
import { temporaryDirectory } from './running-provider.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const secondsOfDay = 24 * 3600
const now = () => Math.floor(Date.now() / 1000)

describe.each([
  ['SQLite', 'sqlite'],
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
] as const)('how clients sign, on %s', async (_, kind) => {
  if (kind !== 'sqlite' && !(await available(kind))) return
  let url: string
  let db: Database
  beforeAll(async () => {
    url = kind === 'sqlite' ? join(directory.path, 'signings.sqlite') : databaseConfig(kind)
    if (kind !== 'sqlite') await createDatabase(url)
    db = await openDatabase(url)
  })
  afterAll(async () => {
    await db.destroy()
    await removeDatabase(url)
  })

  const register = async (name: string) => (await registerClient(db, { name, callbacks: [] })).clientId

  /** What servers told of the requests of a client. */
  async function used(
    clientId: string,
    signatureMethod: string,
    place: 'header' | 'query' | 'body',
    times = 1,
  ) {
    const recorder = new UsageRecorder(db, pino({ level: 'silent' }))
    for (let count = 0; count < times; count++)
      recorder.record({ type: 'accepted', endpoint: 'resource', clientId, signatureMethod, place })
    await recorder.close()
  }

  /** Writes as if it had been so for some days. */
  async function backdate(clientId: string, days: number) {
    const seconds = days * secondsOfDay
    await db
      .updateTable('client_signing')
      .set((eb) => ({ last_at: eb('last_at', '-', seconds), first_at: eb('first_at', '-', seconds) }))
      .where('client_id', '=', clientId)
      .execute()
    await db
      .updateTable('client_usage')
      .set((eb) => ({ day: eb('day', '-', days), last_at: eb('last_at', '-', seconds) }))
      .where('client_id', '=', clientId)
      .execute()
  }

  /** Everything in a list, read in pieces. */
  async function all(filter: SigningFilter = {}, most = 2): Promise<ClientSigning[]> {
    const found: ClientSigning[] = []
    let from: string | undefined
    do {
      const { items, next } = await listSignings(db, filter, { from, most })
      found.push(...items)
      from = next
    } while (from !== undefined)
    return found
  }

  const ways = (found: readonly ClientSigning[]) =>
    found.map(({ name, signatureMethod, place }) => `${name} ${signatureMethod} ${place}`)

  it('lists each way of each client with its counts, the last used first, in pieces', async () => {
    const [old, fresh, plain] = [await register('Old'), await register('Fresh'), await register('Plain')]
    await used(old, 'HMAC-SHA1', 'header', 3)
    await used(old, 'RSA-SHA1', 'body')
    await backdate(old, 3)
    await used(plain, 'PLAINTEXT', 'query', 2)
    await backdate(plain, 1)
    await used(fresh, 'HMAC-SHA256', 'header')
    const found = await all()
    expect(ways(found).slice(0, 2)).toEqual(['Fresh HMAC-SHA256 header', 'Plain PLAINTEXT query'])
    expect(ways(found).slice(2).sort()).toEqual(['Old HMAC-SHA1 header', 'Old RSA-SHA1 body'])
    expect(found.find(({ signatureMethod }) => signatureMethod === 'HMAC-SHA1')).toMatchObject({
      clientId: old,
      hash: 'SHA-1',
      accepted: 3,
      refused: 0,
    })
    expect(found[1]).toMatchObject({ hash: '', accepted: 2 })
    expect(await all({}, 100)).toEqual(found)
    const of = async (filter: SigningFilter) => ways(await all(filter)).sort()
    const sha1 = ['Old HMAC-SHA1 header', 'Old RSA-SHA1 body']
    expect(await of({ kind: 'sha1' })).toEqual(sha1)
    expect(await of({ kind: 'weak' })).toEqual([...sha1, 'Plain PLAINTEXT query'])
    expect(await of({ kind: 'plaintext' })).toEqual(['Plain PLAINTEXT query'])
    expect(await of({ kind: 'body' })).toEqual(['Old RSA-SHA1 body'])
    expect(await of({ kind: 'query', place: 'header' })).toEqual([])
    expect(await of({ signatureMethod: 'HMAC-SHA256' })).toEqual(['Fresh HMAC-SHA256 header'])
    expect(await of({ client: 'FRES' })).toEqual(['Fresh HMAC-SHA256 header'])
    expect(await of({ client: old, days: 3 })).toEqual([])
    expect(await of({ client: old, days: 4 })).toEqual(sha1)
    expect(await of({ client: '\0' })).toEqual([])
  })

  it('moves a way to the top when it is used again, and keeps since when', async () => {
    const clientId = await register('Again')
    await used(clientId, 'HMAC-SHA1', 'header')
    await backdate(clientId, 10)
    const [before] = await all({ client: clientId })
    await used(clientId, 'HMAC-SHA1', 'header', 2)
    const [after, ...more] = await all({ client: clientId })
    expect(more).toEqual([])
    expect(after).toMatchObject({ firstAt: before?.firstAt, accepted: 3 })
    expect(after?.lastAt).toBeGreaterThan(before?.lastAt ?? 0)
    expect((await all({ client: clientId, days: 5 }))[0]).toMatchObject({ accepted: 2 })
  })

  it('writes one row where several processes count the same at once', async () => {
    const clientId = await register('Crowd')
    await Promise.all(Array.from({ length: 5 }, () => used(clientId, 'HMAC-SHA1', 'query', 4)))
    expect(await all({ client: clientId })).toMatchObject([{ accepted: 20 }])
  })

  it('forgets a deleted client, and what was last used longer ago than usage is kept', async () => {
    const [gone, stale] = [await register('Gone'), await register('Stale')]
    await used(gone, 'HMAC-SHA1', 'header')
    await removeClient(db, gone)
    await used(gone, 'HMAC-SHA1', 'header')
    expect(await all({ client: 'Gone' })).toEqual([])
    await used(stale, 'HMAC-SHA1', 'header')
    await db.updateTable('client_signing').set({ last_at: 5 }).where('client_id', '=', stale).execute()
    expect(await sweepSignings(db, 10)).toBe(1)
    expect(await sweepSignings(db, 10)).toBe(0)
    expect(await all({ client: stale })).toEqual([])
  })

  it('refuses a place where no page ended, on the command line alone', async () => {
    for (const after of ['', 'x', '1', '1.x', '1.99999999999'])
      await expect(signingPage(db, {}, { after, limit: 5 })).rejects.toThrow('No list ends at')
    expect((await listSignings(db, {}, { from: 'x' })).items).toEqual((await listSignings(db)).items)
  })

  it('takes over what was counted before there was this list', async () => {
    const clientId = await register('Before')
    const today = dayOf(now())
    const key = { client_id: clientId, signature_method: 'HMAC-SHA1', place: 'header' }
    const counts = { accepted: 2, refused: 1 }
    await db
      .insertInto('client_usage')
      .values([
        { ...key, ...counts, day: today - 2, last_at: (today - 2) * secondsOfDay + 50 },
        { ...key, ...counts, day: today, last_at: today * secondsOfDay + 1 },
      ])
      .execute()
    await sql`drop table client_signing`.execute(db)
    await signings(db)
    expect(await all({ client: clientId })).toMatchObject([
      { accepted: 4, refused: 2, firstAt: (today - 2) * secondsOfDay, lastAt: today * secondsOfDay + 1 },
    ])
  })
})

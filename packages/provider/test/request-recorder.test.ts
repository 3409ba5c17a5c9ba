import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { OAuth1Event } from 'countersign'
import type { Diagnosis } from 'countersign/diagnose'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createAccount } from '../src/accounts/accounts.ts'
import { removeClient } from '../src/clients/clients.ts'
import { registerClient } from '../src/clients/registration.ts'
import { openDatabase } from '../src/database/database.ts'
import type { Database } from '../src/database/schema.ts'
import { findRefusal, listRecentRequests } from '../src/requests/recent-requests.ts'
import { withRequest } from '../src/requests/request-context.ts'
import { RequestRecorder } from '../src/requests/request-recorder.ts'
import { temporaryDirectory } from './running-provider.ts'

let db: Database
let clientId: string
let recorder: RequestRecorder
let lines: string[]
beforeEach(async () => {
  db = await openDatabase(':memory:')
  const { id: ownerId } = await createAccount(db, 'olga', 'correct horse battery')
  clientId = (await registerClient(db, { name: 'Album', callbacks: [], ownerId })).clientId
  lines = []
  recorder = new RequestRecorder(db, pino({}, { write: (line: string) => lines.push(line) }))
})
afterEach(() => db.destroy())

let count = 0

/** Records an event as a separate request's; returns the request's identifier. */
function record(event: OAuth1Event, path = '/api/me'): string {
  const requestId = `r${++count}`
  withRequest({ requestId, method: 'GET', path }, () => recorder.record(event))
  return requestId
}

const accepted = () => ({
  type: 'accepted' as const,
  endpoint: 'resource' as const,
  clientId,
  signatureMethod: 'HMAC-SHA1',
  place: 'header' as const,
})

type Refused = Extract<OAuth1Event, { type: 'refused' }>
const refused = (more: Partial<Refused>): OAuth1Event => ({
  type: 'refused',
  endpoint: 'resource',
  code: 'invalid_signature',
  description: 'It does not match.',
  ...more,
})

const diagnosis: Diagnosis = {
  outcome: 'unexplained',
  causes: [],
  proven: false,
  ruledOut: [],
  trials: 7,
  complete: true,
}
const stranger = (more: Partial<Diagnosis> = {}) =>
  refused({ claimedClientId: clientId, diagnosis: { ...diagnosis, ...more } })

async function listed(): Promise<string[]> {
  await recorder.flush()
  return (await listRecentRequests(db, clientId)).map(({ requestId }) => requestId)
}

it('keeps the newest of each outcome: neither strangers nor successes push out what the client did wrong', async () => {
  const mistake = record(refused({ clientId }))
  await recorder.flush()
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 200; i++) record(stranger())
    for (let i = 0; i < 200; i++) record(accepted())
    await recorder.flush()
  }
  const last = record(accepted())
  const requests = await listed()
  expect(requests).toHaveLength(101)
  expect(requests[0]).toBe(last)
  expect(requests).toContain(mistake)
  const rows = await db.selectFrom('recent_request').select('request_id').execute()
  expect(rows).toHaveLength(101)
})

it('forgets refusals beyond a hundred, the oldest first', async () => {
  const first = record(refused({ clientId }))
  await new Promise((resolve) => setTimeout(resolve, 5))
  for (let i = 0; i < 100; i++) record(refused({ clientId }))
  const requests = await listed()
  expect(requests).toHaveLength(100)
  expect(requests).not.toContain(first)
})

it('has no more waiting than its bound, whatever a flood names, with a share for strangers of their own', async () => {
  const many = Array.from({ length: 2_000 }, (_, index) => `client ${index}`)
  for (const other of many) record(refused({ claimedClientId: other, diagnosis }))
  const mine = record(refused({ clientId }))
  expect(await listed()).toEqual([mine])
})

it('writes nothing for a client that is gone, and nothing outside of a request', async () => {
  record(refused({}))
  recorder.record(accepted())
  const mine = record(accepted())
  record({ type: 'issued', credential: 'token', clientId: 'gone' })
  expect(await listed()).toEqual([mine])
  record(accepted())
  await removeClient(db, clientId)
  await recorder.flush()
  expect(await db.selectFrom('recent_request').select('request_id').execute()).toEqual([])
  expect(lines).toEqual([])
})

it('keeps the requests of a client of the operator, for administrators', async () => {
  const { clientId: printer } = await registerClient(db, { name: 'Printer', callbacks: [] })
  const mine = record(refused({ clientId: printer }))
  await recorder.flush()
  expect(await listRecentRequests(db, printer)).toMatchObject([{ requestId: mine }])
})

it('has one row for one request, however many events it causes', async () => {
  withRequest({ requestId: 'one', method: 'GET', path: '/' }, () => {
    recorder.record(accepted())
    recorder.record(refused({ clientId }))
  })
  expect(await listed()).toEqual(['one'])
})

it('writes by itself after a while, together', async () => {
  record(accepted())
  record(accepted())
  await vi.waitFor(async () => expect(await listRecentRequests(db, clientId)).toHaveLength(2), {
    timeout: 5_000,
    interval: 50,
  })
})

it('logs what it cannot write, and goes on', async () => {
  await db.schema.alterTable('recent_request').renameTo('elsewhere').execute()
  record(accepted())
  await recorder.flush()
  expect(lines.join()).toContain('recent requests were not written')
  await db.schema.alterTable('elsewhere').renameTo('recent_request').execute()
  const next = record(accepted())
  expect(await listed()).toEqual([next])
})

it('lets no page wait for a database that is locked', async () => {
  const directory = temporaryDirectory()
  const file = join(directory.path, 'locked.sqlite')
  const shared = await openDatabase(file)
  const { id: ownerId } = await createAccount(shared, 'olga', 'correct horse battery')
  const { clientId } = await registerClient(shared, { name: 'Album', callbacks: [], ownerId })
  recorder = new RequestRecorder(shared, pino({ level: 'silent' }))
  const holder = new DatabaseSync(file)
  holder.exec('begin immediate')
  const late = record({ ...accepted(), clientId })
  // It comes back while the database is still locked.
  await recorder.settle()
  expect(await listRecentRequests(shared, clientId)).toEqual([])
  holder.exec('rollback')
  holder.close()
  await recorder.flush()
  expect(await listRecentRequests(shared, clientId)).toMatchObject([{ requestId: late }])
  await shared.destroy()
  directory.remove()
})

it('writes what waits when it is closed, and takes nothing more', async () => {
  const last = record(accepted())
  await recorder.close()
  record(accepted())
  expect(await listed()).toEqual([last])
})

it('keeps no secret of a base string, and none that is longer than anyone reads', async () => {
  const strings = { differsAt: 0, expectedKey: 'client secret &', signedKey: undefined }
  const baseStrings = { ...strings, expected: 'oauth_token%3Dabc', signed: 'oauth_verifier=abc' }
  const id = record(stranger({ baseStrings }), '/ü\u0000'.padEnd(400, 'x'))
  const long = record(
    stranger({ baseStrings: { ...strings, expected: 'x'.repeat(9_000), signed: undefined } }),
  )
  const heavy = record(
    stranger({
      baseStrings: { ...strings, expected: '\u0001'.repeat(8_000), signed: '\u0001'.repeat(8_000) },
    }),
  )
  await recorder.flush()
  expect((await findRefusal(db, clientId, id))?.details.diagnosis?.baseStrings).toMatchObject({
    expected: 'oauth_token%3D•••',
    signed: 'oauth_verifier=•••',
  })
  expect((await findRefusal(db, clientId, id))?.path).toMatch(/^\/\?\?x{297}$/)
  for (const request of [long, heavy]) {
    const found = await findRefusal(db, clientId, request)
    expect(found?.details.diagnosis).toMatchObject({ trials: 7 })
    expect(found?.details.diagnosis?.baseStrings).toBeUndefined()
  }
})

it('lists a refusal without a cause by what the client was told', async () => {
  const id = record(refused({ clientId, description: 'It does not\0match…' }))
  await recorder.flush()
  expect((await findRefusal(db, clientId, id))?.cause).toBe('It does not?match?')
})

it('does not tell whose a token is to one who proved nothing', async () => {
  const cause = { code: 'token-of-another-client', summary: 'Of another client.', fix: 'Use that one.' }
  const claimed = record(stranger({ causes: [cause] }))
  const proven = record(refused({ clientId, diagnosis: { ...diagnosis, proven: true, causes: [cause] } }))
  await recorder.flush()
  expect((await findRefusal(db, clientId, claimed))?.details.diagnosis?.causes[0]?.code).toBe('unknown-token')
  expect((await findRefusal(db, clientId, claimed))?.cause).toContain('No such token')
  expect((await findRefusal(db, clientId, proven))?.cause).toBe('Of another client.')
})

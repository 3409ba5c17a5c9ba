import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../../countersign/test/stores/backends/databases.ts'
import {
  clientsPairedWith,
  maxPaired,
  pairClient,
  pairedClient,
  unpairClient,
} from '../../src/bridge/pairs.ts'
import { listAllClients } from '../../src/clients/administered-clients.ts'
import { clientDetails, clientPage } from '../../src/clients/client-list.ts'
import { registerClient } from '../../src/clients/registration.ts'
import { openDatabase } from '../../src/database/database.ts'
import type { Database } from '../../src/database/schema.ts'
import type { ImportedClient, ImportFault, ImportOptions } from '../../src/import/import-record.ts'
import { importRecords } from '../../src/import/importer.ts'
import { clientRecord } from '../../src/import/record-fields.ts'

describe.each([
  ['SQLite', 'sqlite'],
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
] as const)('pairs of clients on %s', async (_, kind) => {
  if (kind !== 'sqlite' && !(await available(kind))) return
  const url = kind === 'sqlite' ? ':memory:' : databaseConfig(kind)
  let db: Database
  beforeAll(async () => {
    if (kind !== 'sqlite') await createDatabase(url)
    db = await openDatabase(url)
  })
  afterAll(async () => {
    await db.destroy()
    if (kind !== 'sqlite') await removeDatabase(url)
  })

  const register = async (name: string, more: { key?: string; oauth2ClientId?: string } = {}) =>
    (await registerClient(db, { name, callbacks: [], ...more })).clientId

  /** So many clients that are paired with one OAuth 2 client already. */
  async function fill(oauth2ClientId: string, count: number): Promise<void> {
    const rows = Array.from({ length: count }, (_, index) => ({
      client_id: `${oauth2ClientId}-${index}`,
      default_redirect_uri: '',
      name: 'One of many',
      oauth2_client_id: oauth2ClientId,
    }))
    await db.insertInto('oauth_client').values(rows).execute()
  }

  it('are made, changed and ended, and say what was before', async () => {
    const clientId = await register('Album')
    expect(await pairClient(db, clientId, ' app\r\n')).toEqual({ before: undefined, now: 'app' })
    expect(await pairClient(db, clientId, 'app')).toEqual({ before: 'app', now: 'app' })
    expect(await pairedClient(db, clientId)).toBe('app')
    expect(await pairClient(db, clientId, 'other app')).toEqual({ before: 'app', now: 'other app' })
    expect(await clientDetails(db, clientId)).toMatchObject({ oauth2ClientId: 'other app' })
    expect(await clientsPairedWith(db, 'app')).toEqual([])
    expect(await clientsPairedWith(db, 'other app')).toEqual([clientId])
    expect(await unpairClient(db, clientId)).toEqual({ before: 'other app', now: undefined })
    expect(await unpairClient(db, clientId)).toEqual({ before: undefined, now: undefined })
    expect(await pairedClient(db, clientId)).toBeUndefined()
    expect(await pairClient(db, 'no-such-client', 'app')).toBeUndefined()
    expect(await unpairClient(db, 'no-such-client')).toBeUndefined()
  })

  it('are compared byte for byte', async () => {
    const upper = await register('Upper', { oauth2ClientId: 'Case' })
    const lower = await register('Lower', { oauth2ClientId: 'case' })
    expect(await clientsPairedWith(db, 'Case')).toEqual([upper])
    expect(await clientsPairedWith(db, 'case')).toEqual([lower])
    for (const other of ['CASE', 'case ', ' case', 'case\0', 'cäse', 'case\u200b', '', 'x'.repeat(300)])
      expect([other, await clientsPairedWith(db, other)]).toEqual([other, []])
  })

  it.each([
    ['nothing', ''],
    ['white space', ' \r\n\t'],
    ['256 characters', 'x'.repeat(256)],
    ['a line end inside', 'app\r\nSet-Cookie: a=b'],
    ['a control character', 'app\x7f'],
    ['NUL', 'app\0'],
    ['a letter beyond ASCII', 'äpp'],
    ['an invisible character', 'app\u200b2'],
    ['half a character', 'app\ud83d'],
  ])('refuse %s as an OAuth 2 client ID, and name the field', async (_name, given) => {
    const clientId = await register('Refused')
    await expect(pairClient(db, clientId, given)).rejects.toMatchObject({
      name: 'InputError',
      field: 'oauth2_client_id',
      message: 'Use an OAuth 2 client ID of 1 to 255 printable ASCII characters.',
    })
    expect(await pairedClient(db, clientId)).toBeUndefined()
  })

  it('take every printable ASCII character, and 255 of them', async () => {
    const all = String.fromCharCode(...Array.from({ length: 0x7f - 0x21 }, (_, index) => 0x21 + index))
    for (const oauth2ClientId of [all, 'y'.repeat(255), '<b>', 'a\'b"c\\']) {
      const clientId = await register('Printable')
      await pairClient(db, clientId, oauth2ClientId)
      expect(await clientsPairedWith(db, oauth2ClientId)).toEqual([clientId])
    }
  })

  it('are no more than the most, even of several at once', async () => {
    await fill('full', maxPaired - 2)
    const waiting = await Promise.all(Array.from({ length: 6 }, () => register('Waiting')))
    const outcomes = await Promise.allSettled(waiting.map((clientId) => pairClient(db, clientId, 'full')))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.map(({ reason }) => [reason.field, reason.message])).toEqual(
      Array(4).fill(['oauth2_client_id', expect.stringContaining('paired with 100 clients already')]),
    )
    const paired = await clientsPairedWith(db, 'full')
    expect(paired).toHaveLength(maxPaired)
    await expect(register('Late', { oauth2ClientId: 'full' })).rejects.toThrow('already')
    // One that has it keeps it, and one that leaves makes room.
    const [first = ''] = paired
    expect(await pairClient(db, first, 'full')).toEqual({ before: 'full', now: 'full' })
    await pairClient(db, first, 'elsewhere')
    expect(await register('Next', { oauth2ClientId: 'full' })).toBeDefined()
  })

  it('change crosswise at once without a deadlock', async () => {
    const keys = await Promise.all(
      Array.from({ length: 8 }, () => register('Crossing', { oauth2ClientId: 'left' })),
    )
    for (let round = 0; round < 5; round++) {
      const to = (index: number) => ((index + round) % 2 === 0 ? 'left' : 'right')
      await Promise.all(keys.map((key, index) => pairClient(db, key, to(index))))
    }
    expect(await clientsPairedWith(db, 'left')).toHaveLength(4)
    expect(await clientsPairedWith(db, 'right')).toHaveLength(4)
  })

  it('are shown in the lists of clients, and filtered by', async () => {
    const paired = await register('Listed one', { oauth2ClientId: 'listed' })
    const plain = await register('Listed two')
    const keys = async (filter: Parameters<typeof listAllClients>[1]) =>
      (await listAllClients(db, filter)).items.map(({ clientId }) => clientId)
    expect(await keys({ text: 'listed' })).toEqual([plain, paired])
    expect(await keys({ text: 'listed', pairing: 'paired' })).toEqual([paired])
    expect(await keys({ text: 'listed', pairing: 'unpaired' })).toEqual([plain])
    const { items } = await clientPage(db, { search: 'Listed' }, { after: undefined, limit: 9 })
    expect(items.map(({ oauth2ClientId }) => oauth2ClientId)).toEqual(['listed', null])
  })

  describe('of an import', () => {
    const clientOf = (key: string, oauth2_client_id?: unknown): ImportedClient =>
      clientRecord(key, { key, secret: 'secret-of-it', oauth2_client_id })
    async function take(clients: readonly ImportedClient[], options: ImportOptions = {}) {
      const faults: ImportFault[] = []
      async function* source() {
        yield* clients
      }
      const report = await importRecords(db, source, { onFault: (fault) => faults.push(fault), ...options })
      return { ...report, messages: faults.map(({ message }) => message) }
    }

    it('are taken over, stay where the source says nothing, and change with --replace only', async () => {
      const both = [clientOf('imp-a', 'imported'), clientOf('imp-b')]
      expect(await take(both)).toMatchObject({ clients: { added: 2 }, isWritten: true })
      expect(await clientsPairedWith(db, 'imported')).toEqual(['imp-a'])
      expect(await take(both)).toMatchObject({ clients: { unchanged: 2 } })
      // What an operator paired here since is no difference.
      await pairClient(db, 'imp-b', 'by hand')
      expect(await take(both)).toMatchObject({ clients: { unchanged: 2 } })
      const other = [clientOf('imp-a', 'another')]
      expect((await take(other)).messages).toEqual([
        'it exists already with a different OAuth 2 client: replace it, or leave it out',
      ])
      expect(await take(other, { replace: true })).toMatchObject({ clients: { replaced: 1 } })
      expect(await pairedClient(db, 'imp-a')).toBe('another')
      const renewed = clientRecord('imp-b', { key: 'imp-b', secret: 'another-secret' })
      expect(await take([renewed], { replace: true })).toMatchObject({ clients: { replaced: 1 } })
      expect(await pairedClient(db, 'imp-b')).toBe('by hand')
    })

    it('are faults where the OAuth 2 client cannot be taken, or has too many', async () => {
      expect((await take([clientOf('imp-c', 'ä')])).messages).toEqual([
        'Use an OAuth 2 client ID of 1 to 255 printable ASCII characters.',
      ])
      expect(() => clientOf('imp-c', ['app'])).toThrow('oauth2_client_id must be a text')
      await fill('crowded', maxPaired - 1)
      const two = await take([clientOf('imp-d', 'crowded'), clientOf('imp-e', 'crowded')], {
        skipFaulty: true,
      })
      expect(two).toMatchObject({ clients: { added: 1, faulty: 1 } })
      expect(two.messages).toEqual([expect.stringContaining('paired with 100 clients already')])
      expect(await take([clientOf('imp-d', 'crowded')])).toMatchObject({ clients: { unchanged: 1 } })
    })
  })
})

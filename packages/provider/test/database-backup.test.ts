import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../countersign/test/stores/backends/databases.ts'
import { authenticateAccount, createAccount } from '../src/accounts/accounts.ts'
import { registerClient } from '../src/clients/registration.ts'
import { createProvider } from '../src/provider.ts'
import { createLog } from '../src/telemetry/log.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { backupTools } from './backup.ts'
import { runCliJson, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const password = 'correct horse battery'

describe.each([
  ['SQLite', 'sqlite'],
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
] as const)('a backup of %s', async (_, kind) => {
  if (kind !== 'sqlite' && !((await available(kind)) && (await available(`${kind}-client`)))) return
  const place = (name: string) => (kind === 'sqlite' ? join(directory.path, name) : databaseConfig(kind))
  const [database, another] = [place('first.sqlite'), place('second.sqlite')]
  afterAll(async () => {
    await removeDatabase(database)
    await removeDatabase(another)
  })

  it('is made while the provider runs, and in another database lets in what it let in', async () => {
    if (kind !== 'sqlite') await Promise.all([createDatabase(database), createDatabase(another)])
    const settings = { port: 0, database, logLevel: 'silent' } as const
    const provider = await createProvider(settings, createLog('silent'))
    const { services } = provider
    const anna = await createAccount(services.db, 'anna', password)
    const client = await registerClient(services.db, { name: 'Älbum 😀', callbacks: [], ownerId: anna.id })
    const token = await issueToken(services, client.clientId, anna.id)
    const file = join(directory.path, `${kind}.backup`)
    backupTools[kind].backup(database, file)
    const later = await issueToken(services, client.clientId, anna.id)
    await provider.close()

    backupTools[kind].restore(file, another)
    const restored = await createProvider({ ...settings, database: another }, createLog('silent'))
    const { db, hooks } = restored.services
    const keys = { key: client.clientId, secret: client.clientSecret }
    const send = signer(restored.address, keys, { key: token.oauthToken, secret: token.oauthTokenSecret })
    const response = await send('GET', '/api/me', {})
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ name: 'anna', client: { name: 'Älbum 😀' } })
    expect(await authenticateAccount(db, 'anna', password)).toMatchObject({ id: anna.id })
    expect(await hooks.queryToken(client.clientId, later.oauthToken)).toBeUndefined()
    // Numbers go on where they were.
    const { id } = await createAccount(db, 'ben', password)
    expect(id).toBeGreaterThan(anna.id)
    await restored.close()
    const status = await runCliJson<{ missing: string[] }>(directory.path, ['db', 'status'], {
      DATABASE_URL: another,
    })
    expect(status.missing).toEqual([])
  })
})

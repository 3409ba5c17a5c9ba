import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../countersign/test/stores/backends/databases.ts'
import { createAccount } from '../src/accounts/accounts.ts'
import { replaceSecret } from '../src/clients/client-changes.ts'
import { registerClient } from '../src/clients/registration.ts'
import { openDatabase } from '../src/database/database.ts'
import { sealStoredSecrets, vacuumFile } from '../src/database/stored-secrets.ts'
import { createProvider, type Provider } from '../src/provider.ts'
import { createLog } from '../src/telemetry/log.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { backupTools } from './backup.ts'
import { temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

const [older, newer, other] = Array.from({ length: 3 }, () => randomBytes(32).toString('base64')) as [
  string,
  string,
  string,
]
const clientSecret = 'client-secret-in-the-clear'
const oauthTokenSecret = 'token-secret-in-the-clear'

describe.each([
  ['SQLite', 'sqlite'],
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
] as const)('secrets at rest on %s', async (_, kind) => {
  if (kind !== 'sqlite' && !((await available(kind)) && (await available(`${kind}-client`)))) return
  const database = kind === 'sqlite' ? join(directory.path, 'sealed.sqlite') : databaseConfig(kind)
  beforeAll(async () => {
    if (kind !== 'sqlite') await createDatabase(database)
  })
  afterAll(() => removeDatabase(database))

  const start = (sealingKeys?: string[]): Promise<Provider> =>
    createProvider({ port: 0, database, sealingKeys }, createLog('silent'))
  const ask = (
    { address }: Provider,
    key: string,
    token: string,
    secrets = [clientSecret, oauthTokenSecret],
  ) =>
    signer(address, { key, secret: String(secrets[0]) }, { key: token, secret: String(secrets[1]) })(
      'GET',
      '/api/me',
      {},
    ).then(({ status }) => status)
  /** The octets of the file and of what SQLite keeps beside it; a dump of a server. */
  function stored(): string {
    if (kind === 'sqlite')
      return [database, `${database}-wal`]
        .filter((file) => existsSync(file))
        .map((file) => readFileSync(file, 'latin1'))
        .join('')
    const file = join(directory.path, `${Math.random()}.sql`)
    backupTools[kind].backup(database, file)
    return readFileSync(file, 'utf8')
  }

  it('are stored as they are without a key, and sealed by db seal while the provider runs', async () => {
    const plain = await start()
    const { id } = await createAccount(plain.services.db, 'anna', 'correct horse battery')
    for (let i = 0; i < 450; i++) {
      const row = { client_id: `many ${i}`, client_secret: `${clientSecret} ${i}`, name: 'Many' }
      await plain.services.db
        .insertInto('oauth_client')
        .values({ ...row, default_redirect_uri: '' })
        .execute()
    }
    await registerClient(plain.services.db, {
      name: 'Old',
      callbacks: [],
      key: 'old.key',
      secret: clientSecret,
    })
    const credential = { oauthToken: 'old.token', oauthTokenSecret }
    await issueToken(plain.services, 'old.key', id, { credential })
    await plain.services.db.updateTable('oauth_client').set({ previous_secret: clientSecret }).execute()
    expect(await ask(plain, 'old.key', 'old.token')).toBe(200)
    await plain.close()
    expect(stored()).toContain(clientSecret)

    const provider = await start([older])
    expect(await ask(provider, 'old.key', 'old.token')).toBe(200)
    const { db } = provider.services
    const sealing = sealStoredSecrets(db)
    // Whoever writes meanwhile wins.
    const replaced = await replaceSecret(db, 'many 449')
    expect(await sealing).toMatchObject({ tokens: 1, unreadable: 0 })
    await vacuumFile(db, database)
    expect(stored()).not.toMatch(/in-the-clear/)
    expect(await ask(provider, 'old.key', 'old.token')).toBe(200)
    expect((await provider.services.hooks.queryClient('many 449'))?.clientSecret).toBe(replaced)
    expect((await provider.services.hooks.queryClient('many 7'))?.clientSecret).toBe(`${clientSecret} 7`)
    expect(await sealStoredSecrets(db)).toEqual({ clients: 0, tokens: 0, unreadable: 0 })
    await provider.close()
  })

  it('are sealed when they are written, and opened by whatever reads them', async () => {
    const provider = await start([older])
    const { services } = provider
    const { db, hooks } = services
    await registerClient(db, { name: 'New', callbacks: [], key: 'new.key', secret: clientSecret })
    const { id } = await createAccount(db, 'ben', 'correct horse battery')
    const credential = { oauthToken: 'new.token', oauthTokenSecret }
    await issueToken(services, 'new.key', id, { credential })
    const own = await issueToken(services, 'new.key', id)
    expect(await ask(provider, 'new.key', own.oauthToken, [clientSecret, own.oauthTokenSecret])).toBe(200)
    expect(await ask(provider, 'new.key', 'new.token')).toBe(200)
    const secret = await replaceSecret(db, 'new.key', { secret: `another-${clientSecret}` })
    expect(await ask(provider, 'new.key', 'new.token', [String(secret), oauthTokenSecret])).toBe(200)
    expect((await hooks.queryClient('new.key'))?.clientSecret).toBe(secret)
    const next = await replaceSecret(db, 'new.key', { overlapSeconds: 600 })
    for (const valid of [secret, next])
      expect(await ask(provider, 'new.key', 'new.token', [String(valid), oauthTokenSecret])).toBe(200)
    const temporary = { clientId: 'new.key', oauthToken: 'temporary', oauthTokenSecret, oauthCallback: 'oob' }
    await hooks.createTemporaryCredential({ ...temporary, expiresAt: Math.floor(Date.now() / 1000) + 600 })
    expect(await hooks.getTemporaryCredential('temporary')).toMatchObject(temporary)
    await provider.close()
    expect(stored()).not.toMatch(/in-the-clear/)
  })

  it('need their key: a start without it, or with another, says which one is missing', async () => {
    await expect(start()).rejects.toThrow(/are sealed with the key [\w-]{8}\. Set SEALING_KEYS/)
    await expect(start([other])).rejects.toThrow(
      /sealed with the key [\w-]{8}, and SEALING_KEYS has only [\w-]{8}/,
    )
  })

  it('change to another key, after which the first is not needed', async () => {
    const provider = await start([newer, older])
    expect(await ask(provider, 'old.key', 'old.token')).toBe(200)
    const report = await sealStoredSecrets(provider.services.db)
    expect(report.clients).toBeGreaterThanOrEqual(900)
    expect(report).toMatchObject({ unreadable: 0 })
    await provider.close()
    const changed = await start([newer])
    expect(await ask(changed, 'old.key', 'old.token')).toBe(200)
    await changed.close()
    await expect(start([older])).rejects.toThrow('SEALING_KEYS has only')
  })

  it('that were moved to another row are counted, opened for no one, and keep the older keys noted', async () => {
    const db = await openDatabase(database, { sealingKeys: [older, newer] })
    const moved = db.selectFrom('oauth_client').select('client_secret').where('client_id', '=', 'many 1')
    const { client_secret } = await moved.executeTakeFirstOrThrow()
    await db.updateTable('oauth_client').set({ client_secret }).where('client_id', '=', 'many 2').execute()
    expect(await sealStoredSecrets(db)).toMatchObject({ unreadable: 1 })
    await db.destroy()
    await expect(start([older])).rejects.toThrow('SEALING_KEYS has only')
    const both = await openDatabase(database, { sealingKeys: [older, newer] })
    await both.deleteFrom('oauth_client').where('client_id', '=', 'many 2').execute()
    await both.destroy()
  })

  it('are opened again with db seal --remove', async () => {
    const db = await openDatabase(database, { sealingKeys: [older, newer] })
    expect(await sealStoredSecrets(db, { remove: true })).toMatchObject({ unreadable: 0 })
    await db.destroy()
    const provider = await start()
    expect(await ask(provider, 'old.key', 'old.token')).toBe(200)
    await provider.close()
  })
})

import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  AuthorizationServer,
  type Client,
  type Hooks,
  ResourceProtector,
  type TokenCredential,
} from 'countersign'
import { nonceHooks } from 'countersign/cache'
import {
  createExpiryIndexes,
  kyselyHooks,
  nodeSqlite,
  withNonceColumns,
  withTemporaryCredentialColumns,
} from 'countersign/kysely'
import { memoryCache } from 'countersign/memory'
import { clientColumns, tokenCredentialColumns, typeormHooks } from 'countersign/typeorm'
import { Kysely, SqliteDialect } from 'kysely'
import { DataSource, EntitySchema } from 'typeorm'
import { afterAll, describe, expect, it } from 'vitest'
import { type Keys, ThirdParty } from '../../../../test/support/third-party.ts'
import { available, programs } from '../services.ts'
import { databaseConfig } from './backends/databases.ts'

const old = { key: 'old-client', secret: 'old client secret & 100 %' }
const callback = 'https://client.test/authorized'

// Authlib's tables have neither RSA keys nor scopes.
const { rsaPublicKey: _, ...oldClientColumns } = clientColumns()
const { scope: __, ...oldTokenColumns } = tokenCredentialColumns()
const id = { type: 'int', primary: true, generated: true } as const
const authlibClient = new EntitySchema<Client & { id: number; user_id: number }>({
  name: 'client',
  columns: { id, ...oldClientColumns, user_id: { type: 'int', nullable: true } },
})
const authlibToken = new EntitySchema<TokenCredential & { id: number }>({
  name: 'token_credential',
  columns: { id, ...oldTokenColumns },
})

if (await available('authlib')) {
  const file = databaseConfig('sqlite')
  const script = join(import.meta.dirname, 'authlib_database.py')
  const written = JSON.parse(execFileSync(programs.python, [script, file], { encoding: 'utf8' }))
  const issued: Keys = { key: written.token.oauth_token, secret: written.token.oauth_token_secret }
  const kysely = new Kysely<AuthlibTables>({
    dialect: new SqliteDialect({ database: nodeSqlite(new DatabaseSync(file)) }),
  })
  const typeorm = await openWithTypeorm(file)
  afterAll(async () => {
    await kysely.destroy()
    await typeorm.destroy()
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  })
  describe(`a database that Authlib ${written.version} wrote`, () => {
    const stores: [string, Partial<Hooks>][] = [
      ['Kysely', kyselyHooks(kysely, { tables: { client: 'client', tokenCredential: 'token_credential' } })],
      ['TypeORM', typeormHooks(typeorm, { client: authlibClient, tokenCredential: authlibToken })],
    ]
    it.each(stores)(
      'read with %s lets the old client and token in, with their own columns',
      async (_, store) => {
        const protector = new ResourceProtector({ hooks: { ...store, ...nonceHooks(memoryCache()) } })
        const { client, credential } = await protector.authenticate(signed('GET', '/user?a=1', {}, issued))
        expect(client).toMatchObject({ clientId: old.key, callbacks: [callback], id: 1 })
        expect(credential).toMatchObject({ oauthToken: issued.key, userId: 7 })
        const stranger = { ...issued, secret: 'another secret' }
        await expect(protector.authenticate(signed('GET', '/user', {}, stranger))).rejects.toMatchObject({
          code: 'invalid_signature',
        })
      },
    )

    it('serves the whole flow once the two new tables are there', async () => {
      await addNewTables(kysely)
      const tables = { client: 'client', tokenCredential: 'token_credential' } as const
      const hooks = kyselyHooks(kysely, { tables })
      const server = new AuthorizationServer({ hooks })
      const protector = new ResourceProtector({ hooks })

      const initiate = signed('POST', '/initiate', { oauth_callback: callback })
      const temporary = token(await server.createTemporaryCredentialResponse(initiate))
      const decision = {
        method: 'POST',
        url: `https://h.test/authorize?oauth_token=${temporary.key}`,
        headers: {},
      }
      const { headers } = await server.createAuthorizationResponse(decision, { id: 7 })
      const oauth_verifier = new URL(headers['location'] ?? '').searchParams.get('oauth_verifier') ?? ''
      const exchange = signed('POST', '/token', { oauth_verifier }, temporary)
      const fresh = token(await server.createTokenResponse(exchange))

      const request = signed('GET', '/user', {}, fresh)
      expect((await protector.authenticate(request)).credential).toMatchObject({ userId: 7 })
      await expect(protector.authenticate(request)).rejects.toMatchObject({ code: 'invalid_nonce' })
      expect((await protector.authenticate(signed('GET', '/user', {}, issued))).credential?.userId).toBe(7)
    })
  })
}

interface AuthlibTables {
  client: {
    id: number
    client_id: string
    client_secret: string
    default_redirect_uri: string
    user_id: number
  }
  token_credential: {
    id: number
    client_id: string
    oauth_token: string
    oauth_token_secret: string
    user_id: number
  }
}

/** All that a provider adds to Authlib's tables. */
async function addNewTables(db: Kysely<AuthlibTables>): Promise<void> {
  await db.schema
    .createTable('oauth_temporary_credential')
    .addColumn('user_id', 'integer')
    .$call(withTemporaryCredentialColumns)
    .execute()
  await db.schema.createTable('oauth_nonce').$call(withNonceColumns).execute()
  await createExpiryIndexes(db)
}

function openWithTypeorm(database: string): Promise<DataSource> {
  const entities = [authlibClient, authlibToken]
  return new DataSource({ type: 'better-sqlite3', database, entities }).initialize()
}

function signed(method: string, path: string, data: Record<string, string>, key?: Keys) {
  const url = `https://h.test${path}`
  const authorization = new ThirdParty(old).authorization(method, url, { data, token: key })
  return { method, url, headers: { authorization } }
}

function token({ status, body }: { status: number; body: string }): Keys {
  expect(status, body).toBe(200)
  const form = new URLSearchParams(body)
  return { key: form.get('oauth_token') ?? '', secret: form.get('oauth_token_secret') ?? '' }
}

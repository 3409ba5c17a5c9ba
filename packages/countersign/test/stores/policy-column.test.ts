import { DatabaseSync } from 'node:sqlite'
import { AuthorizationServer, ConfigurationError, type OAuth1Event, ResourceProtector } from 'countersign'
import { clientRow, kyselyHooks, nodeSqlite, withClientColumns, withPolicyColumn } from 'countersign/kysely'
import { Kysely, SqliteDialect } from 'kysely'
import { describe, expect, it } from 'vitest'
import { parsePolicy, policyText } from '../../src/stores/shared/column-text.ts'
import { signedGet, client as signer, token } from './signed-request.ts'

function openDatabase() {
  // biome-ignore lint/suspicious/noExplicitAny: the table changes while the test runs
  return new Kysely<any>({
    dialect: new SqliteDialect({ database: nodeSqlite(new DatabaseSync(':memory:')) }),
  })
}

function protectorOver(db: ReturnType<typeof openDatabase>) {
  const { queryClient } = kyselyHooks(db)
  return new ResourceProtector({ hooks: { queryClient, queryToken: () => token, recordNonce: () => true } })
}

describe('the policy column', () => {
  it('may be missing: a table of before works as before, and takes the column in one step', async () => {
    const db = openDatabase()
    await db.schema.createTable('oauth_client').$call(withClientColumns).execute()
    await db.insertInto('oauth_client').values(clientRow(signer)).execute()
    expect(await kyselyHooks(db).queryClient(signer.clientId)).not.toHaveProperty('policy')
    await expect(protectorOver(db).authenticate(signedGet())).resolves.toBeDefined()

    await db.schema.alterTable('oauth_client').addColumn('policy', 'text').execute()
    await expect(protectorOver(db).authenticate(signedGet())).resolves.toBeDefined()
    const policy = policyText({ supportedSignatureMethods: ['RSA-SHA1'] })
    await db.updateTable('oauth_client').set({ policy }).execute()
    await expect(protectorOver(db).authenticate(signedGet())).rejects.toMatchObject({
      code: 'unsupported_signature_method',
    })
    await db.destroy()
  })

  it.each([
    ['text that is no JSON', '{"twoLegged":'],
    ['an array', '[]'],
    ['a word', 'strict'],
    ['a number', '0'],
    ['the JSON null', 'null'],
  ])('with %s refuses its client alone, like an unknown one, and reports a fault', async (_, policy) => {
    const db = openDatabase()
    await db.schema.createTable('oauth_client').$call(withClientColumns).$call(withPolicyColumn).execute()
    const other = { clientId: 'other', clientSecret: 's', callbacks: [] }
    await db
      .insertInto('oauth_client')
      .values([
        { ...clientRow(signer), policy },
        { ...clientRow(other), policy: null },
      ])
      .execute()
    const events: OAuth1Event[] = []
    const protector = protectorOver(db).init({ on: (event) => events.push(event) })
    await expect(protector.authenticate(signedGet())).rejects.toMatchObject({ code: 'invalid_signature' })
    const faults = events.filter((event) => event.type === 'fault')
    expect(faults).toMatchObject([{ clientId: signer.clientId }])
    expect(faults[0]?.error).toBeInstanceOf(ConfigurationError)
    expect(faults[0]?.error.message).toContain(`The policy of a client takes its options as an object`)
    expect(await kyselyHooks(db).queryClient('other')).toEqual(other)
    await db.destroy()
  })

  it('of a JSON type is no policy either where it holds no object', () => {
    // Each is a value that counts as present, so that the core refuses it.
    for (const value of [0, false, [], 5, true]) expect(parsePolicy(value)).toBe(JSON.stringify(value))
  })

  it('is read from JSON that the driver has parsed, and an empty one is none', () => {
    expect(parsePolicy({ twoLegged: true })).toEqual({ twoLegged: true })
    for (const empty of [null, undefined, '']) expect(parsePolicy(empty)).toBeUndefined()
  })
})

it('a server is constructed first, and a whole store registered later', async () => {
  const { registerHooks } = await import('countersign')
  const { memoryHooks } = await import('countersign/memory')
  const calls: string[] = []
  const store = memoryHooks({ clients: [signer], tokens: [token] })
  const server = new AuthorizationServer()
  registerHooks(server, store)
  expect(await server.listTokens({ clientId: signer.clientId })).toEqual([token])
  expect(await server.revokeToken(signer.clientId, token.oauthToken)).toBe(true)
  const protector = new ResourceProtector()
  registerHooks(protector, { ...store, recordNonce: () => calls.push('nonce') > 0 })
  await expect(protector.authenticate(signedGet())).rejects.toMatchObject({ code: 'invalid_signature' })
  expect(calls).toEqual([])
})

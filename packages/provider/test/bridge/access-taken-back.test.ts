import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAccount } from '../../src/accounts/accounts.ts'
import { setRole } from '../../src/accounts/administrators.ts'
import {
  createProvider,
  deleteClient,
  issueToken,
  type Provider,
  registerClient,
  removeAccount,
  replaceToken,
  revokeEndedGrants,
  revokeToken,
  revokeTokens,
} from '../../src/index.ts'
import { sweepAll } from '../../src/upkeep.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { signer } from '../signer.ts'
import { Visitor } from '../visitor.ts'
import { besideProvider, partnerOf } from './beside-provider.ts'
import { runOidcProvider } from './oidc-server.ts'

const password = 'correct horse battery'
const directory = temporaryDirectory()
const database = `${directory.path}/provider.sqlite`

let provider: Provider
let running: Awaited<ReturnType<typeof runOidcProvider>>
let beside: Awaited<ReturnType<typeof besideProvider>>
let partner: Awaited<ReturnType<typeof partnerOf>>
beforeAll(async () => {
  provider = await createProvider({ port: 0, database, logLevel: 'silent' })
  running = await runOidcProvider()
  beside = await besideProvider(running.provider, database)
  partner = await partnerOf(running)
})
afterAll(async () => {
  await beside.close()
  await running.close()
  await provider.close()
  directory.remove()
})

let count = 0

/** A user, an application of its own that is paired with an OAuth 2 client, and what its token was exchanged for. */
async function exchanged() {
  const { services, address } = provider
  const { db } = services
  const name = `user${++count}`
  const { id: userId } = await createAccount(db, name, password)
  const keys = await registerClient(db, { name: 'Album', callbacks: [], ownerId: userId })
  const { clientId } = keys
  await db
    .updateTable('oauth_client')
    .set({ oauth2_client_id: 'app' })
    .where('client_id', '=', clientId)
    .execute()
  const token = await issueToken(services, clientId, userId)
  const visitor = new Visitor(address)
  await visitor.signIn(name, password)
  const grant = await partner.exchange(token)
  expect(await partner.isAlive(grant)).toEqual([true, true])
  return { userId, clientId, clientSecret: keys.clientSecret ?? '', token, visitor, grant }
}

type Exchanged = Awaited<ReturnType<typeof exchanged>>

async function administrator(): Promise<Visitor> {
  const name = `admin${++count}`
  const { id } = await createAccount(provider.services.db, name, password)
  await setRole(provider.services.db, id, 'admin')
  const visitor = new Visitor(provider.address)
  await visitor.signIn(name, password)
  return visitor
}

const ways: [way: string, revoke: (given: Exchanged) => Promise<unknown>][] = [
  [
    'the user, on the page of connected applications',
    async ({ visitor }) => {
      await visitor.open('/authorizations')
      return visitor.submit('/authorizations/revoke')
    },
  ],
  [
    'the developer, on the page of the application',
    async ({ visitor, clientId }) => {
      await visitor.open(`/clients/${clientId}/tokens`)
      return visitor.submit(`/clients/${clientId}/tokens/revoke-all`)
    },
  ],
  [
    'an administrator, of a user',
    async ({ userId }) => {
      const visitor = await administrator()
      await visitor.open(`/admin/users/${userId}`)
      return visitor.submit(`/admin/users/${userId}/revoke-access`)
    },
  ],
  [
    'an administrator, of an application',
    async ({ clientId }) => {
      const visitor = await administrator()
      await visitor.open(`/admin/clients/${clientId}`)
      return visitor.submit(`/admin/clients/${clientId}/revoke-access`)
    },
  ],
  ['the operator, of one token', ({ token }) => revokeToken(provider.services, token.oauthToken)],
  ['the operator, of a user', ({ userId }) => revokeTokens(provider.services, { userId })],
  ['the operator, who replaces it', ({ token }) => replaceToken(provider.services, token.oauthToken)],
  ['deletion of the application', ({ clientId }) => deleteClient(provider.services, clientId)],
  ['removal of the account', ({ userId }) => removeAccount(provider.services, userId)],
  [
    'the application itself',
    async ({ clientId, clientSecret, token }) => {
      const keys = { key: clientId, secret: clientSecret }
      const own = { key: token.oauthToken, secret: token.oauthTokenSecret }
      const { status } = await signer(provider.address, keys, own)('POST', '/oauth/revoke', {})
      expect(status).toBe(200)
    },
  ],
]

it.each(ways)('what a token was exchanged for ends when it is revoked by %s', async (_, revoke) => {
  const given = await exchanged()
  const other = await exchanged()
  await revoke(given)
  await revokeEndedGrants(beside.services, beside.revokeTokens)
  // Or the upkeep of the other process has just begun with it.
  await expect.poll(() => partner.isAlive(given.grant), { timeout: 20_000 }).toEqual([false, false])
  expect(await partner.isAlive(other.grant)).toEqual([true, true])
  await expect(partner.exchange(given.token)).rejects.toMatchObject({ error: 'invalid_grant' })
})

it.each([
  ['is ended by its exchange', { oauth1Token: 'revoke' }],
  ['ends some time after its exchange', { oauth1Token: { endsAfterSeconds: 0 } }],
] as const)('what a token was exchanged for stays when the token %s', async (_, options) => {
  const ending = await besideProvider(running.provider, database, options)
  const { services, revokeTokens: revokeGrant } = ending
  try {
    const { grant, token, clientId } = await exchanged()
    await provider.services.db
      .updateTable('oauth_token_credential')
      .set({ expires_at: 1 })
      .where('expires_at', 'is not', null)
      .execute()
    await sweepAll(services.db)
    expect(await services.hooks.queryToken(clientId, token.oauthToken)).toBeUndefined()
    expect(await revokeEndedGrants(services, revokeGrant)).toEqual({ done: 0, failed: 0 })
    expect(await partner.isAlive(grant)).toEqual([true, true])
    const rows = services.db.selectFrom('oauth_token_grant').selectAll()
    expect(await rows.where('oauth_token', '=', token.oauthToken).execute()).toEqual([])
  } finally {
    await ending.close()
    // The exchange that all other tests use.
    await beside.close()
    beside = await besideProvider(running.provider, database)
  }
})

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import type { OAuth1Event } from 'countersign'
import {
  BearerProtector,
  clientPairs,
  type IssuedTokens,
  type IssueRequest,
  scopeTable,
  signedEndpoint,
  TokenExchange,
  type TokenGrantHooks,
  tokenEndpoint,
  type VerifyBearer,
} from 'countersign/bridge'
import { OAuth1Client } from 'countersign/client'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import { kyselyGrantHooks, nodeSqlite, withTokenGrantColumns } from 'countersign/kysely'
import express from 'express'
import { Kysely, SqliteDialect } from 'kysely'
import { hooks, served } from '../app.ts'

const app = express()
const db = new DatabaseSync(':memory:')

db.exec(`
  create table access_token (hash text primary key, grant_id text not null, client_id text not null,
    user_id text not null, scope text not null, expires_at integer not null);
  create table token_grant (token text primary key, client_id text not null, grant_id text,
    pending text not null, outdated text not null, version integer not null);
`)
const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')
const now = () => Math.floor(Date.now() / 1000)

async function issueTokens({
  grantId,
  subject,
  oauth2ClientId,
  scopes,
}: IssueRequest): Promise<IssuedTokens> {
  const accessToken = randomBytes(32).toString('base64url')
  db.prepare('insert into access_token values (?, ?, ?, ?, ?, ?)').run(
    hashOf(accessToken),
    grantId,
    oauth2ClientId,
    String(subject),
    scopes.join(' '),
    now() + 3600,
  )
  return { accessToken, expiresIn: 3600 }
}

async function revokeTokens(grantId: string): Promise<void> {
  db.prepare('delete from access_token where grant_id = ?').run(grantId)
}

const verifyBearer: VerifyBearer = (token) => {
  const columns = 'client_id as clientId, user_id as userId, scope, expires_at as expiresAt'
  const row = db.prepare(`select ${columns} from access_token where hash = ?`).get(hashOf(token))
  return row as ReturnType<VerifyBearer>
}

const grantHooks: TokenGrantHooks = {
  queryTokenGrants(clientId, oauthToken) {
    const row = db
      .prepare('select * from token_grant where token = ? and client_id = ?')
      .get(oauthToken, clientId)
    if (row === undefined) return undefined
    const listOf = (text: unknown) => String(text).split(' ').filter(Boolean)
    return {
      clientId,
      oauthToken,
      current: (row['grant_id'] as string | null) ?? undefined,
      pending: listOf(row['pending']),
      outdated: listOf(row['outdated']),
      version: Number(row['version']),
    }
  },

  writeTokenGrants({ clientId, oauthToken, current = null, pending, outdated, version }) {
    const values = [current, pending.join(' '), outdated.join(' '), version, oauthToken, clientId]
    const statement =
      version === 1
        ? `insert or ignore into token_grant (grant_id, pending, outdated, version, token, client_id)
           values (?, ?, ?, ?, ?, ?)`
        : `update token_grant set grant_id = ?, pending = ?, outdated = ?, version = ?
           where token = ? and client_id = ? and version = ${version - 1}`
    return db.prepare(statement).run(...values).changes === 1
  },
}

const on = (event: OAuth1Event) => {
  if (event.type === 'exchange_refused') refusals.push(event.refusal)
}
const refusals: unknown[] = []
/** For localhost. */
const insecureTransport = true
/** In place of your own: whether an OAuth 2 client is who it says. */
const isClient = ({ clientId }: { clientId: string }) => clientId === 'demo-app'

const protector = new BearerProtector({ hooks, verifyBearer, insecureTransport })

const exchange = new TokenExchange({
  protector,
  on,
  insecureTransport,
  hooks: {
    ...hooks,
    ...grantHooks,
    ...clientPairs({ demo: 'demo-app' }),
    scopesFor: scopeTable({ 'notes:read': ['notes:read'], 'notes:write': ['notes:read', 'notes:write'] }),
    issueTokens,
    revokeTokens,
  },
})

app.post('/oauth2/token', endpoint(tokenEndpoint(exchange, isClient)))
app.post('/oauth/exchange', endpoint(signedEndpoint(exchange)))

app.get('/notes', requireOAuth(protector, 'notes:read'), (req, res) => {
  res.json({ notesOf: currentCredential(req).userId })
})

const client = new OAuth1Client({
  clientId: 'demo',
  clientSecret: 'demo-secret',
  token: { oauthToken: 'token', oauthTokenSecret: 'token-secret' },
})

await served(app.listen(0), async (origin) => {
  const notes = async (accessToken: string) => {
    const response = await fetch(`${origin}/notes`, { headers: { authorization: `Bearer ${accessToken}` } })
    return [response.status, ((await response.json()) as { notesOf?: string }).notesOf]
  }
  const ask = (secret: string) =>
    fetch(`${origin}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('demo-app:secret')}` },
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: 'token',
        subject_token_type: 'urn:countersign:params:oauth:token-type:oauth1_token',
        oauth_token_secret: secret,
      }),
    })
  const first = (await (await ask('token-secret')).json()) as { access_token: string; scope: string }
  assert.equal(first.scope, 'notes:read')
  assert.deepEqual(await notes(first.access_token), [200, 'ada'])
  assert.equal((await client.fetch(`${origin}/notes`)).status, 200)

  const response = await client.fetch(`${origin}/oauth/exchange`, { method: 'POST' })
  const { access_token } = (await response.json()) as { access_token: string }

  assert.deepEqual(await notes(access_token), [200, 'ada'])
  assert.deepEqual(await notes(first.access_token), [401, undefined])
  assert.equal((await ask('wrong')).status, 400)
  assert.deepEqual(refusals, ['wrong_secret'])
})
db.close()

/** Kysely's hooks do the same as those above. */
async function overKysely(db: Kysely<unknown>) {
  await db.schema.createTable('oauth_token_grant').$call(withTokenGrantColumns).execute()

  return { ...hooks, ...kyselyGrantHooks(db) }
}

const kysely = new Kysely<unknown>({
  dialect: new SqliteDialect({ database: nodeSqlite(new DatabaseSync(':memory:')) }),
})
const { queryTokenGrants } = await overKysely(kysely)
assert.equal(await queryTokenGrants('demo', 'token'), undefined)
await kysely.destroy()

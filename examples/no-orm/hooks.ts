import type { DatabaseSync } from 'node:sqlite'
import {
  type ClientPolicy,
  type Hooks,
  nonceKey,
  standingFor,
  type TemporaryCredential,
  type TokenCredential,
  type UserId,
} from 'countersign'

export const schema = `
  create table if not exists client
    (id text primary key, secret text, callbacks text not null default '', policy text);
  create table if not exists token (token text primary key, client_id text not null, secret text not null,
    user_id text, scope text, expires_at integer, last_used_at integer);
  create table if not exists temporary (token text primary key, client_id text not null, secret text not null,
    callback text not null, expires_at integer not null, verifier text, user_id text, scope text);
  create table if not exists nonce (key text primary key, expires_at integer not null);
  create index if not exists token_expiry on token (expires_at);
  create index if not exists temporary_expiry on temporary (expires_at);
  create index if not exists nonce_expiry on nonce (expires_at);
`
type ClientRow = { secret: string; callbacks: string; policy: string | null }
/** Text, for a text column: SQLite would make '7.0' of the number 7. */
const textOf = (userId?: UserId | null) => (userId === undefined || userId === null ? null : String(userId))
const now = () => Math.floor(Date.now() / 1000)

export function sqliteHooks(db: DatabaseSync): Hooks {
  const credential = `client_id as clientId, token as oauthToken, secret as oauthTokenSecret, user_id as userId, scope,
    expires_at as expiresAt`
  const token = `${credential}, last_used_at as lastUsedAt`
  const temporary = `${credential}, callback as oauthCallback, verifier as oauthVerifier`
  const selectClient = db.prepare('select * from client where id = ?')
  const selectToken = db.prepare(`select ${token} from token where client_id = ? and token = ?`)
  const insertToken = db.prepare('insert into token values (?, ?, ?, ?, ?, ?, ?)')
  const recordUse = db.prepare(`update token set last_used_at = ? where client_id = ? and token = ?
    and (last_used_at is null or last_used_at < ?)`)
  const deleteToken = db.prepare('delete from token where client_id = ? and token = ?')
  const listTokens = db.prepare(`select ${token} from token
    where (? or client_id = ?) and (? or user_id = ?) order by rowid`)
  const selectTemporary = db.prepare(`select ${temporary} from temporary where token = ? and expires_at > ?`)
  const insertTemporary = db.prepare('insert into temporary values (?, ?, ?, ?, ?, null, null, ?)')
  const approve = db.prepare(`update temporary set verifier = ?, user_id = ?, scope = coalesce(?, scope)
    where token = ? and verifier is null and expires_at > ?`)
  const spend = db.prepare('delete from temporary where token = ? and expires_at > ?')
  const insertNonce = db.prepare('insert into nonce values (?, ?) on conflict do nothing')

  const consumeTemporaryCredential = (oauthToken: string) => spend.run(oauthToken, now()).changes === 1
  const createTokenCredential = (credential: TokenCredential) => {
    const { oauthToken, clientId, oauthTokenSecret, userId, scope = null } = credential
    const { expiresAt = null, lastUsedAt = null } = credential
    insertToken.run(oauthToken, clientId, oauthTokenSecret, textOf(userId), scope, expiresAt, lastUsedAt)
    return selectToken.get(clientId, oauthToken) as unknown as TokenCredential
  }
  const parts = { consumeTemporaryCredential, createTokenCredential }
  const exchange = (oauthToken: string, credential: TokenCredential) => {
    // No await between begin and commit, so that no other request's statement comes in between.
    db.exec('begin immediate')
    try {
      const created = consumeTemporaryCredential(oauthToken) ? createTokenCredential(credential) : undefined
      db.exec('commit')
      return created
    } catch (error) {
      db.exec('rollback')
      throw error
    }
  }

  return {
    queryClient(clientId) {
      const row = selectClient.get(clientId) as ClientRow | undefined
      return (
        row && {
          clientId,
          clientSecret: row.secret,
          callbacks: row.callbacks.split(' ').filter(Boolean),
          policy: row.policy ? (JSON.parse(row.policy) as ClientPolicy) : undefined,
        }
      )
    },
    queryToken: (clientId, oauthToken) =>
      selectToken.get(clientId, oauthToken) as TokenCredential | undefined,
    ...parts,
    recordTokenUse: ({ clientId, oauthToken, lastUsedAt }) =>
      void recordUse.run(lastUsedAt, clientId, oauthToken, lastUsedAt),
    revokeToken: (clientId, oauthToken) => deleteToken.run(clientId, oauthToken).changes === 1,
    listTokens({ clientId, userId }) {
      const byClient = [clientId === undefined ? 1 : 0, clientId ?? null] as const
      const byUser = [userId === undefined ? 1 : 0, textOf(userId)] as const
      return listTokens.all(...byClient, ...byUser) as unknown as TokenCredential[]
    },
    createTemporaryCredential(credential) {
      const { oauthToken, clientId, oauthTokenSecret, oauthCallback, expiresAt, scope = null } = credential
      insertTemporary.run(oauthToken, clientId, oauthTokenSecret, oauthCallback, expiresAt, scope)
    },
    getTemporaryCredential: (oauthToken) =>
      selectTemporary.get(oauthToken, now()) as TemporaryCredential | undefined,
    createAuthorizationVerifier: (oauthToken, { oauthVerifier, userId, scope = null }) =>
      approve.run(oauthVerifier, textOf(userId), scope, oauthToken, now()).changes === 1,
    exchangeTemporaryCredential: standingFor(parts, exchange),
    recordNonce: (record) => insertNonce.run(nonceKey(record), record.expiresAt).changes === 1,
  }
}

import {
  type Client,
  type Hooks,
  nonceKey,
  type TemporaryCredential,
  type TokenCredential,
} from 'countersign'

/** As much of a D1 binding as is used here. */
export interface Database {
  prepare(sql: string): Statement
}
interface Statement {
  bind(...values: unknown[]): Statement
  first<Row>(): Promise<Row | null>
  run(): Promise<{ readonly meta: { readonly changes: number } }>
}

/**
 * All hooks over the tables of schema.sql. D1 is one SQLite database, so the count of changed rows decides every race.
 * Workers KV could not: it has no atomic "write if absent", and shows a write elsewhere up to a minute later.
 */
export function d1Hooks(db: Database) {
  const one = <Row>(sql: string, ...values: unknown[]) =>
    db
      .prepare(sql)
      .bind(...values)
      .first<Row>()
  const changes = async (sql: string, ...values: unknown[]) => {
    const { meta } = await db
      .prepare(sql)
      .bind(...values)
      .run()
    return meta.changes
  }
  return {
    async queryClient(clientId) {
      const client = await one<Client & { callbacks: string }>(
        'select * from client where clientId = ?',
        clientId,
      )
      return client ? { ...client, callbacks: JSON.parse(client.callbacks) as string[] } : undefined
    },
    async queryToken(clientId, oauthToken) {
      const sql = 'select * from tokenCredential where oauthToken = ? and clientId = ?'
      return (await one<TokenCredential>(sql, oauthToken, clientId)) ?? undefined
    },
    async recordNonce(record) {
      const sql = 'insert or ignore into nonce (key, expiresAt) values (?, ?)'
      return (await changes(sql, nonceKey(record), record.expiresAt)) === 1
    },
    async createTemporaryCredential({ oauthToken, oauthTokenSecret, clientId, oauthCallback, expiresAt }) {
      const sql =
        'insert into temporaryCredential (oauthToken, oauthTokenSecret, clientId, oauthCallback, expiresAt) values (?, ?, ?, ?, ?)'
      await changes(sql, oauthToken, oauthTokenSecret, clientId, oauthCallback, expiresAt)
    },
    async getTemporaryCredential(oauthToken) {
      const sql = 'select * from temporaryCredential where oauthToken = ?'
      return (await one<TemporaryCredential>(sql, oauthToken)) ?? undefined
    },
    async createAuthorizationVerifier(oauthToken, { userId, oauthVerifier, scope }) {
      const sql =
        'update temporaryCredential set userId = ?, oauthVerifier = ?, scope = ? where oauthToken = ? and oauthVerifier is null'
      return (await changes(sql, String(userId), oauthVerifier, scope ?? null, oauthToken)) === 1
    },
    async consumeTemporaryCredential(oauthToken) {
      return (await changes('delete from temporaryCredential where oauthToken = ?', oauthToken)) === 1
    },
    async createTokenCredential(token) {
      const { oauthToken, oauthTokenSecret, clientId, userId, scope } = token
      const sql =
        'insert into tokenCredential (oauthToken, oauthTokenSecret, clientId, userId, scope) values (?, ?, ?, ?, ?)'
      await changes(sql, oauthToken, oauthTokenSecret, clientId, userId ?? null, scope ?? null)
      return token
    },
  } satisfies Hooks
}

/** For a cron trigger: removes what has expired. */
export async function sweep(db: Database): Promise<void> {
  const now = Math.floor(Date.now() / 1000)
  await db.prepare('delete from nonce where expiresAt <= ?').bind(now).run()
  await db.prepare('delete from temporaryCredential where expiresAt <= ?').bind(now).run()
}

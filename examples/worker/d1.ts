import {
  type Client,
  type ClientPolicy,
  type Hooks,
  nonceKey,
  standingFor,
  type TemporaryCredential,
  type TokenCredential,
  type UserId,
} from 'countersign'

/** The subset of a D1 binding that this file uses. */
export interface Database {
  prepare(sql: string): Statement
  /** Runs all of them in one transaction. */
  batch(statements: Statement[]): Promise<Changed[]>
}
interface Statement {
  bind(...values: unknown[]): Statement
  first<Row>(): Promise<Row | null>
  run(): Promise<Changed>
  all<Row>(): Promise<{ readonly results: Row[] }>
}
interface Changed {
  readonly meta: { readonly changes: number }
}

/**
 * All hooks over the tables of schema.sql. D1 is one SQLite database, so the count of changed rows decides every race.
 * Workers KV could not: it has no atomic "write if absent", and shows a write elsewhere up to a minute later.
 */
export function d1Hooks(db: Database) {
  const statement = (sql: string, ...values: unknown[]) => db.prepare(sql).bind(...values)
  const one = <Row>(sql: string, ...values: unknown[]) => statement(sql, ...values).first<Row>()
  const changes = async (sql: string, ...values: unknown[]) =>
    (await statement(sql, ...values).run()).meta.changes
  const parts = {
    async consumeTemporaryCredential(oauthToken: string) {
      return (await changes('delete from temporaryCredential where oauthToken = ?', oauthToken)) === 1
    },
    async createTokenCredential(token: TokenCredential) {
      await changes(`${insertToken} values (?, ?, ?, ?, ?, ?, ?)`, ...tokenValues(token))
      return asStored(token)
    },
  }
  const exchange = async (oauthToken: string, token: TokenCredential) => {
    const now = Math.floor(Date.now() / 1000)
    const alive = 'from temporaryCredential where oauthToken = ? and expiresAt > ?'
    const [, spent] = await db.batch([
      statement(`${insertToken} select ?, ?, ?, ?, ?, ?, ? ${alive}`, ...tokenValues(token), oauthToken, now),
      statement(`delete ${alive}`, oauthToken, now),
    ])
    return spent?.meta.changes === 1 ? asStored(token) : undefined
  }
  return {
    async queryClient(clientId) {
      const client = await one<ClientRow>('select * from client where clientId = ?', clientId)
      if (client === null) return undefined
      const policy = client.policy === null ? undefined : (JSON.parse(client.policy) as ClientPolicy)
      return { ...client, callbacks: JSON.parse(client.callbacks) as string[], policy }
    },
    async queryToken(clientId, oauthToken) {
      const sql = 'select * from tokenCredential where oauthToken = ? and clientId = ?'
      return (await one<TokenCredential>(sql, oauthToken, clientId)) ?? undefined
    },
    async recordNonce(record) {
      const sql = 'insert or ignore into nonce (key, expiresAt) values (?, ?)'
      return (await changes(sql, nonceKey(record), record.expiresAt)) === 1
    },
    async createTemporaryCredential(credential) {
      const { oauthToken, oauthTokenSecret, clientId, oauthCallback, expiresAt, scope } = credential
      const sql =
        'insert into temporaryCredential (oauthToken, oauthTokenSecret, clientId, oauthCallback, expiresAt, scope) values (?, ?, ?, ?, ?, ?)'
      await changes(sql, oauthToken, oauthTokenSecret, clientId, oauthCallback, expiresAt, scope ?? null)
    },
    async getTemporaryCredential(oauthToken) {
      const sql = 'select * from temporaryCredential where oauthToken = ?'
      return (await one<TemporaryCredential>(sql, oauthToken)) ?? undefined
    },
    async createAuthorizationVerifier(oauthToken, { userId, oauthVerifier, scope }) {
      const sql =
        'update temporaryCredential set userId = ?, oauthVerifier = ?, scope = coalesce(?, scope) where oauthToken = ? and oauthVerifier is null'
      return (await changes(sql, textOf(userId), oauthVerifier, scope ?? null, oauthToken)) === 1
    },
    ...parts,
    exchangeTemporaryCredential: standingFor(parts, exchange),
    async recordTokenUse({ clientId, oauthToken, lastUsedAt }) {
      const sql =
        'update tokenCredential set lastUsedAt = ? where clientId = ? and oauthToken = ? and coalesce(lastUsedAt, -1) < ?'
      await changes(sql, lastUsedAt, clientId, oauthToken, lastUsedAt)
    },
    async revokeToken(clientId, oauthToken) {
      const sql = 'delete from tokenCredential where clientId = ? and oauthToken = ?'
      return (await changes(sql, clientId, oauthToken)) === 1
    },
    async listTokens({ clientId, userId }) {
      const sql =
        'select * from tokenCredential where (? or clientId = ?) and (? or userId = ?) order by rowid'
      const byClient = [clientId === undefined ? 1 : 0, clientId ?? null]
      const byUser = [userId === undefined ? 1 : 0, textOf(userId)]
      return (await statement(sql, ...byClient, ...byUser).all<TokenCredential>()).results
    },
  } satisfies Hooks
}

type ClientRow = Omit<Client, 'callbacks' | 'policy'> & { callbacks: string; policy: string | null }
const insertToken =
  'insert into tokenCredential (oauthToken, oauthTokenSecret, clientId, userId, scope, expiresAt, lastUsedAt)'

/** Text, for a text column: D1 would make '7.0' of the number 7. */
const textOf = (userId?: UserId | null) => (userId === undefined || userId === null ? null : String(userId))
const asStored = (token: TokenCredential) => ({ ...token, userId: textOf(token.userId) })

function tokenValues(token: TokenCredential): unknown[] {
  const { oauthToken, oauthTokenSecret, clientId, userId, scope, expiresAt, lastUsedAt } = asStored(token)
  const optional = [userId, scope, expiresAt, lastUsedAt].map((value) => value ?? null)
  return [oauthToken, oauthTokenSecret, clientId, ...optional]
}

/** For a cron trigger: removes rows a minute after they expire, because clocks differ. */
export async function sweep(db: Database): Promise<void> {
  const end = Math.floor(Date.now() / 1000) - 60
  for (const table of ['nonce', 'temporaryCredential', 'tokenCredential'])
    await db.prepare(`delete from ${table} where expiresAt <= ?`).bind(end).run()
}

/** @import { Hooks, TokenCredential, UserId } from 'countersign' */
import { nonceKey, standingFor } from 'countersign'

/**
 * The subset of a D1 binding that this file uses; `batch` runs all statements in one transaction.
 *
 * @typedef {{ readonly meta: { readonly changes: number } }} Changed
 * @typedef {{
 *   bind(...values: unknown[]): Statement,
 *   first(): Promise<any>,
 *   run(): Promise<Changed>,
 *   all(): Promise<{ readonly results: any[] }>,
 * }} Statement
 * @typedef {{ prepare(sql: string): Statement, batch(statements: Statement[]): Promise<Changed[]> }} Database
 */

/**
 * All hooks over the tables of migrations/. D1 is one SQLite database, so the count of changed rows decides every race.
 * Workers KV could not: it has no atomic "write if absent", and shows a write elsewhere up to a minute later.
 *
 * @param {Database} db
 */
export function d1Hooks(db) {
  /** @type {(sql: string, ...values: unknown[]) => Statement} */
  const statement = (sql, ...values) => db.prepare(sql).bind(...values)
  /** @type {(sql: string, ...values: unknown[]) => Promise<any>} */
  const one = (sql, ...values) => statement(sql, ...values).first()
  /** @type {(sql: string, ...values: unknown[]) => Promise<number>} */
  const changes = async (sql, ...values) => (await statement(sql, ...values).run()).meta.changes
  const parts = {
    /** @param {string} oauthToken */
    async consumeTemporaryCredential(oauthToken) {
      return (await changes('delete from temporaryCredential where oauthToken = ?', oauthToken)) === 1
    },
    /** @param {TokenCredential} token */
    async createTokenCredential(token) {
      await changes(`${insertToken} values (?, ?, ?, ?, ?, ?, ?)`, ...tokenValues(token))
      return asStored(token)
    },
  }
  /**
   * @param {string} oauthToken
   * @param {TokenCredential} token
   */
  const exchange = async (oauthToken, token) => {
    const now = Math.floor(Date.now() / 1000)
    const alive = 'from temporaryCredential where oauthToken = ? and expiresAt > ?'
    const [, spent] = await db.batch([
      statement(`${insertToken} select ?, ?, ?, ?, ?, ?, ? ${alive}`, ...tokenValues(token), oauthToken, now),
      statement(`delete ${alive}`, oauthToken, now),
    ])
    return spent?.meta.changes === 1 ? asStored(token) : undefined
  }
  return /** @satisfies {Hooks} */ ({
    /** @param {string} clientId */
    async queryClient(clientId) {
      const client = await one('select * from client where clientId = ?', clientId)
      if (client === null) return undefined
      const policy = client.policy === null ? undefined : JSON.parse(client.policy)
      return { ...client, callbacks: JSON.parse(client.callbacks), policy }
    },
    async queryToken(clientId, oauthToken) {
      const sql = 'select * from tokenCredential where oauthToken = ? and clientId = ?'
      return (await one(sql, oauthToken, clientId)) ?? undefined
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
      return (await one(sql, oauthToken)) ?? undefined
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
      return (await statement(sql, ...byClient, ...byUser).all()).results
    },
  })
}

const insertToken =
  'insert into tokenCredential (oauthToken, oauthTokenSecret, clientId, userId, scope, expiresAt, lastUsedAt)'

/**
 * Text, for a text column: D1 would make '7.0' of the number 7.
 *
 * @param {UserId | null} [userId]
 */
const textOf = (userId) => (userId === undefined || userId === null ? null : String(userId))
/** @param {TokenCredential} token */
const asStored = (token) => ({ ...token, userId: textOf(token.userId) })

/**
 * @param {TokenCredential} token
 * @returns {unknown[]}
 */
function tokenValues(token) {
  const { oauthToken, oauthTokenSecret, clientId, userId, scope, expiresAt, lastUsedAt } = asStored(token)
  const optional = [userId, scope, expiresAt, lastUsedAt].map((value) => value ?? null)
  return [oauthToken, oauthTokenSecret, clientId, ...optional]
}

/**
 * For a cron trigger: removes rows a minute after they expire, because clocks differ.
 *
 * @param {Database} db
 */
export async function sweep(db) {
  const end = Math.floor(Date.now() / 1000) - 60
  for (const table of ['nonce', 'temporaryCredential', 'tokenCredential'])
    await db.prepare(`delete from ${table} where expiresAt <= ?`).bind(end).run()
}

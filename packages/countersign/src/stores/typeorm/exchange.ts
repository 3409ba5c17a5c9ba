import type { DataSource } from 'typeorm'
import { StoreError } from '../../errors.ts'
import type { TokenCredential } from '../../server/models.ts'
import { systemClock } from '../shared/clock.ts'
import { isStorable } from '../shared/column-text.ts'
import { discreetly } from '../shared/redacted-errors.ts'
import type { ExchangeHook } from '../shared/store-hooks.ts'
import { createQueryToken } from './lookups.ts'
import type { TypeormEntities } from './rows.ts'
import { spendQuery, type TypeormHookOptions, temporaryCredentialHooks } from './temporary-hooks.ts'
import { insertToken, tokenCredentialHooks } from './token-hooks.ts'

type ExchangeEntities<T extends TokenCredential> = Pick<
  TypeormEntities<never, T>,
  'temporaryCredential' | 'tokenCredential'
>

/**
 * The `exchangeTemporaryCredential` hook: a `DELETE` and an `INSERT` in one transaction. A failure in between rolls
 * back the `DELETE`, so that no approval is lost. Undefined for a driver that cannot keep other requests out of the
 * transaction.
 */
export function createExchange<T extends TokenCredential>(
  dataSource: DataSource,
  entities: ExchangeEntities<T>,
  options: TypeormHookOptions = {},
): ExchangeHook<T> | undefined {
  const { type } = dataSource.options
  if (type === 'better-sqlite3') return exchangeAtOnce(dataSource, entities, options)
  // One connection for all requests: another request's statement would be rolled back with this transaction.
  if (/sqlite|sqljs|expo|capacitor|cordova|nativescript|react-native/.test(type)) return undefined
  return (oauthToken, credential) =>
    dataSource.transaction(async (manager) => {
      const temporary = temporaryCredentialHooks({ manager }, entities.temporaryCredential, options)
      const tokens = tokenCredentialHooks({ manager }, entities.tokenCredential)
      const isSpent = await temporary.consumeTemporaryCredential(oauthToken)
      return isSpent ? tokens.createTokenCredential(credential) : undefined
    })
}

/** The subset of a better-sqlite3 database that countersign uses. */
interface BetterSqlite3 {
  prepare(sql: string): { run(...parameters: readonly unknown[]): { readonly changes: number } }
  transaction<R>(run: () => R): () => R
}

/** better-sqlite3 has one connection, but is synchronous: no statement of another request comes in between. */
function exchangeAtOnce<T extends TokenCredential>(
  dataSource: DataSource,
  { temporaryCredential, tokenCredential }: ExchangeEntities<T>,
  { now = systemClock }: TypeormHookOptions,
): ExchangeHook<T> {
  const queryToken = createQueryToken(dataSource, tokenCredential)
  return async (oauthToken, credential) => {
    if (!isStorable(oauthToken)) return undefined
    const spend = spendQuery(dataSource, temporaryCredential, oauthToken, now).getQueryAndParameters()
    const insert = insertToken(dataSource, tokenCredential, credential).getQueryAndParameters()
    const driver = dataSource.driver as unknown as { readonly databaseConnection: BetterSqlite3 }
    const database = driver.databaseConnection
    const run = ([sql, parameters]: [string, unknown[]]) => database.prepare(sql).run(...parameters)
    const exchange = database.transaction(() => run(spend).changes === 1 && run(insert).changes === 1)
    if (!discreetly(exchange)) return undefined
    const created = await queryToken(credential.clientId, credential.oauthToken)
    if (created) return created
    throw new StoreError('The token credential was stored, but the query for tokens does not find it.')
  }
}

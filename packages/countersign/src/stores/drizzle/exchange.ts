import type { TokenCredential } from '../../server/models.ts'
import { systemClock } from '../shared/clock.ts'
import { isStorable } from '../shared/column-text.ts'
import { discreetly } from '../shared/redacted-errors.ts'
import type { Builder, DrizzleDatabase } from './database.ts'
import { selectTokens, whereToken } from './lookups.ts'
import { exactToken } from './rows.ts'
import type { TemporaryCredentialTable, TokenCredentialTable, UserTable } from './tables.ts'
import { spendCredential, temporaryCredentialHooks } from './temporary-hooks.ts'
import { insertToken, tokenCredentialHooks } from './token-hooks.ts'

interface ExchangeTables {
  readonly temporaryCredential: TemporaryCredentialTable
  readonly tokenCredential: TokenCredentialTable
  readonly user?: UserTable | undefined
}

/**
 * The `exchangeTemporaryCredential` hook: a `delete` and an `insert` in one transaction. A failure in between rolls
 * back the `delete`, so that no approval is lost.
 */
export function createExchange(
  db: DrizzleDatabase,
  tables: ExchangeTables,
  now: () => number = systemClock,
): (oauthToken: string, credential: TokenCredential) => Promise<Builder> {
  const { temporaryCredential, tokenCredential, user } = tables
  return async (oauthToken, credential) => {
    if (!isStorable(oauthToken)) return undefined
    if (isSynchronous(db))
      return (db as Builder).transaction((transaction: DrizzleDatabase) =>
        exchangeAtOnce(transaction, tables, now, oauthToken, credential),
      )
    return (db as Builder).transaction(async (transaction: DrizzleDatabase) => {
      const temporary = temporaryCredentialHooks(transaction, temporaryCredential, now)
      const tokens = tokenCredentialHooks(transaction, tokenCredential, user)
      const isSpent = await temporary.consumeTemporaryCredential(oauthToken)
      return isSpent ? tokens.createTokenCredential(credential) : undefined
    })
  }
}

/**
 * For a synchronous driver with one connection, like better-sqlite3: its transaction must not await anything, and no
 * statement of another request can come in between.
 */
function exchangeAtOnce(
  db: DrizzleDatabase,
  { temporaryCredential, tokenCredential, user }: ExchangeTables,
  now: () => number,
  oauthToken: string,
  credential: TokenCredential,
): Builder {
  const key = temporaryCredential.oauthToken
  const spent = spendCredential(db, temporaryCredential, oauthToken, now).returning({ key }).all()
  if (spent.length !== 1) return undefined
  const insert = insertToken(db, tokenCredential, credential)
  discreetly(() => insert.run())
  const { clientId, oauthToken: issued } = credential
  const [row] = selectTokens(db, tokenCredential, user)
    .where(whereToken(tokenCredential, clientId, issued))
    .all()
  const created = exactToken(clientId, issued, row)
  if (created) return created
  throw new Error('The table does not return the token credential that was just inserted into it.')
}

/** Drizzle's SQLite databases say so; other databases never are. */
function isSynchronous(db: DrizzleDatabase): boolean {
  return (db as { readonly resultKind?: unknown }).resultKind === 'sync'
}

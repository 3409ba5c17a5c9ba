import { and, eq, gt, isNull } from 'drizzle-orm'
import { systemClock } from '../shared/clock.ts'
import { isStorable } from '../shared/column-text.ts'
import { discreet } from '../shared/redacted-errors.ts'
import type { TemporaryCredentialHooks } from '../shared/store-hooks.ts'
import { affected, type Builder, type DrizzleDatabase, exactly } from './database.ts'
import { rowOf } from './rows.ts'
import type { TemporaryCredentialTable } from './tables.ts'

/** The four hooks over a table of temporary credentials. */
export function temporaryCredentialHooks(
  db: DrizzleDatabase,
  table: TemporaryCredentialTable,
  now: () => number = systemClock,
): TemporaryCredentialHooks {
  const { oauthToken: key, oauthVerifier, expiresAt } = table
  const alive = () => gt(expiresAt, Math.floor(now()))
  return {
    async createTemporaryCredential(credential) {
      await discreet((db as Builder).insert(table).values(rowOf(table, credential)))
    },

    async getTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return undefined
      const [credential] = await (db as Builder)
        .select()
        .from(table)
        .where(and(eq(key, oauthToken), alive()))
      return credential?.oauthToken === oauthToken ? credential : undefined
    },

    async createAuthorizationVerifier(oauthToken, grant) {
      if (!isStorable(oauthToken)) return false
      // Granted once, by one user: the second finds no such row.
      const undecided = and(exactly(db, table, key, oauthToken), isNull(oauthVerifier), alive())
      const approval = (db as Builder).update(table).set(rowOf(table, grant)).where(undecided)
      return (await discreet(affected(approval, key))) === 1
    },

    async consumeTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return false
      return (await affected(spendCredential(db, table, oauthToken, now), key)) === 1
    },
  }
}

/** The statement that spends a temporary credential: how many rows it touches says whether this caller did. */
export function spendCredential(
  db: DrizzleDatabase,
  table: TemporaryCredentialTable,
  oauthToken: string,
  now: () => number,
): Builder {
  const isAlive = gt(table.expiresAt, Math.floor(now()))
  return (db as Builder).delete(table).where(and(exactly(db, table, table.oauthToken, oauthToken), isAlive))
}

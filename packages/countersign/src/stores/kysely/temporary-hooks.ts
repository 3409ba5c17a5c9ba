import { systemClock } from '../shared/clock.ts'
import { isStorable } from '../shared/column-text.ts'
import { discreet } from '../shared/redacted-errors.ts'
import type { TemporaryCredentialHooks } from '../shared/store-hooks.ts'
import { type AnyDatabase, defaultTables, exactly } from './database.ts'
import { credentialRow, temporaryCredentialOf, userIdValue } from './rows.ts'

/** The four hooks over a table of temporary credentials. */
export function temporaryCredentialHooks(
  db: AnyDatabase,
  table: string = defaultTables.temporaryCredential,
  now: () => number = systemClock,
): TemporaryCredentialHooks {
  return {
    async createTemporaryCredential(credential) {
      await discreet(db.insertInto(table).values(credentialRow(credential)).execute())
    },

    async getTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return undefined
      const row = await db
        .selectFrom(table)
        .selectAll()
        .where('oauth_token', '=', oauthToken)
        .where('expires_at', '>', Math.floor(now()))
        .executeTakeFirst()
      const credential = row && temporaryCredentialOf(row)
      return credential?.oauthToken === oauthToken ? credential : undefined
    },

    async createAuthorizationVerifier(oauthToken, { userId, oauthVerifier, scope }) {
      if (!isStorable(oauthToken)) return false
      const approval = db
        .updateTable(table)
        .set({
          user_id: userIdValue(userId),
          oauth_verifier: oauthVerifier,
          ...(scope === undefined ? {} : { scope }),
        })
        .where(exactly(db, 'oauth_token', oauthToken))
        // Granted once, by one user: the second finds no such row.
        .where('oauth_verifier', 'is', null)
        .where('expires_at', '>', Math.floor(now()))
      const result = await discreet(approval.executeTakeFirst())
      return result.numUpdatedRows === 1n
    },

    async consumeTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return false
      const result = await db
        .deleteFrom(table)
        .where(exactly(db, 'oauth_token', oauthToken))
        .where('expires_at', '>', Math.floor(now()))
        .executeTakeFirst()
      return result.numDeletedRows === 1n
    },
  }
}

import { insertOnce } from '../database/once.ts'
import type { Database, ProviderHooks } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'

/**
 * How long an ended token is remembered: longer than any process caches it as valid (`credentialCacheSeconds` is an
 * hour at most) and an exchange under way takes.
 */
export const endedSeconds = 7_200

/**
 * The hooks which also end the OAuth 2 grants of each revoked token. The mark comes first: if the process ends before
 * the token is deleted, the grants end, and the user can revoke the token again.
 */
export function endingGrants<H extends Pick<ProviderHooks, 'revokeToken'>>(db: Database, hooks: H): H {
  return {
    ...hooks,
    async revokeToken(clientId: string, oauthToken: string) {
      await endToken(db, clientId, oauthToken)
      return hooks.revokeToken(clientId, oauthToken)
    },
  }
}

/** Records that a token can no longer be exchanged, and that its grants must be revoked. */
async function endToken(db: Database, clientId: string, oauthToken: string): Promise<void> {
  // PostgreSQL refuses this character; no such token is stored.
  if (`${clientId}${oauthToken}`.includes('\0')) return
  if (await markEnded(db, clientId, oauthToken)) return
  if (!(await mayBeExchanged(db, clientId, oauthToken))) return
  // An exchange under way has read the token already: the row must still exist for it.
  const now = nowSeconds()
  const row = db.insertInto('oauth_token_grant').values({
    oauth_token: oauthToken,
    client_id: clientId,
    pending: '',
    outdated: '',
    version: 1,
    ended_at: now,
    expires_at: now + endedSeconds,
  })
  if (!(await insertOnce(row, () => grantRow(db, oauthToken)))) await markEnded(db, clientId, oauthToken)
}

/**
 * Writes a new version, so that the write of an exchange that has read the row fails. Returns whether there was a row
 * to mark.
 */
async function markEnded(db: Database, clientId: string, oauthToken: string): Promise<boolean> {
  const now = nowSeconds()
  const { numUpdatedRows } = await db
    .updateTable('oauth_token_grant')
    .set((row) => ({ ended_at: now, revoke_at: now, version: row('version', '+', 1) }))
    .where('oauth_token', '=', oauthToken)
    .where('client_id', '=', clientId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Whether the token exists and its client is paired with an OAuth 2 client. */
async function mayBeExchanged(db: Database, clientId: string, oauthToken: string): Promise<boolean> {
  const row = await db
    .selectFrom('oauth_token_credential as token')
    .innerJoin('oauth_client as client', 'client.client_id', 'token.client_id')
    .select('token.client_id')
    .where('token.oauth_token', '=', oauthToken)
    .where('token.client_id', '=', clientId)
    .where('client.oauth2_client_id', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether a token was revoked, for exchanges. */
export async function hasEnded(db: Database, oauthToken: string): Promise<boolean> {
  return ((await grantRow(db, oauthToken))?.ended_at ?? null) !== null
}

function grantRow(db: Database, oauthToken: string) {
  return db
    .selectFrom('oauth_token_grant')
    .select('ended_at')
    .where('oauth_token', '=', oauthToken)
    .executeTakeFirst()
}

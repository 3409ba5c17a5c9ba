import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'

/** The result for one batch of the table. */
interface SpentGrants {
  readonly removed: number
  /** The last token of the batch, after which the next one starts; undefined at the end of the table. */
  readonly next: string | undefined
}

/**
 * Scans one batch of the table for rows whose token is gone without having been revoked: it expired, or was ended by
 * its exchange. The current grant belongs to the OAuth 2 server alone; leftovers of exchanges are recorded for
 * revocation.
 *
 * The table is read in batches, in the order of its key: most of its tokens still exist, however large it is.
 */
export async function sweepGrants(db: Database, after: string, limit: number): Promise<SpentGrants> {
  const piece = await db
    .selectFrom('oauth_token_grant as grant')
    .leftJoin('oauth_token_credential as token', (token) =>
      token
        .onRef('token.oauth_token', '=', 'grant.oauth_token')
        .onRef('token.client_id', '=', 'grant.client_id'),
    )
    .select(['grant.oauth_token', 'token.oauth_token as found', 'grant.ended_at'])
    .select(['grant.pending', 'grant.outdated'])
    .where('grant.oauth_token', '>', after)
    .orderBy('grant.oauth_token')
    .limit(limit)
    .execute()
  const gone = piece.filter(({ found, ended_at }) => found === null && ended_at === null)
  const isSpent = ({ pending, outdated }: (typeof gone)[number]) => pending === '' && outdated === ''
  const removed = await remove(db, gone.filter(isSpent).map(tokenOf))
  await noteForRevocation(db, gone.filter((row) => !isSpent(row)).map(tokenOf))
  return { removed, next: piece.length === limit ? piece.at(-1)?.oauth_token : undefined }
}

/** Whether grants of revoked tokens have waited for ten minutes, which means that no process revokes them. */
export async function areGrantsOverdue(db: Database): Promise<boolean> {
  const row = await db
    .selectFrom('oauth_token_grant')
    .select('revoke_at')
    .where('revoke_at', '<=', nowSeconds() - 600)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

function tokenOf({ oauth_token }: { readonly oauth_token: string }): string {
  return oauth_token
}

async function remove(db: Database, tokens: readonly string[]): Promise<number> {
  if (tokens.length === 0) return 0
  const { numDeletedRows } = await db
    .deleteFrom('oauth_token_grant')
    .where('oauth_token', 'in', tokens)
    .where('ended_at', 'is', null)
    .where('pending', '=', '')
    .where('outdated', '=', '')
    .executeTakeFirst()
  return Number(numDeletedRows)
}

async function noteForRevocation(db: Database, tokens: readonly string[]): Promise<void> {
  if (tokens.length === 0) return
  await db
    .updateTable('oauth_token_grant')
    .set({ revoke_at: nowSeconds() })
    .where('oauth_token', 'in', tokens)
    .where('revoke_at', 'is', null)
    .where('ended_at', 'is', null)
    .execute()
}

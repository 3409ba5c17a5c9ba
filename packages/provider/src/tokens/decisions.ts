import { insertOnce } from '../database/once.ts'
import type { Database } from '../database/schema.ts'

/** A user's decision on an access request. */
export interface Decision {
  readonly userId: number
  readonly clientName: string
  readonly allowed: boolean
}

/** A decision, as stored: it outlives the spent temporary credential, until that would have expired. */
export interface NewDecision {
  readonly oauthToken: string
  readonly clientId: string
  readonly userId: number
  readonly allowed: boolean
  /** Seconds since 1970. */
  readonly expiresAt: number
}

export async function recordDecision(db: Database, decision: NewDecision): Promise<void> {
  const row = {
    oauth_token: decision.oauthToken,
    client_id: decision.clientId,
    user_id: decision.userId,
    allowed: decision.allowed ? 1 : 0,
    expires_at: decision.expiresAt,
  }
  // The first decision stands.
  await insertOnce(db.insertInto('decision').values(row), () => findDecision(db, decision.oauthToken))
}

export async function findDecision(db: Database, oauthToken: string): Promise<Decision | undefined> {
  const row = await db
    .selectFrom('decision')
    .innerJoin('oauth_client as client', 'client.client_id', 'decision.client_id')
    .select(['decision.user_id', 'decision.allowed', 'client.name'])
    .where('decision.oauth_token', '=', oauthToken)
    .executeTakeFirst()
  return row && { userId: row.user_id, clientName: row.name, allowed: row.allowed === 1 }
}

import { boundedCount } from '../database/bounded-count.ts'
import type { Database } from '../database/schema.ts'

/** How many users there are, and how many of them are suspended. */
export async function countUsers(db: Database) {
  return {
    users: await boundedCount(db, 'user'),
    suspended: await boundedCount(db, 'user', ['suspended_at', 'is not', null]),
  }
}

/** How much belongs to one user. */
export async function countsOfUser(db: Database, userId: number) {
  return {
    sessions: (await boundedCount(db, 'session', ['user_id', '=', userId])).number,
    tokens: (await boundedCount(db, 'oauth_token_credential', ['user_id', '=', userId])).number,
    clients: (await boundedCount(db, 'oauth_client', ['owner_id', '=', userId])).number,
  }
}

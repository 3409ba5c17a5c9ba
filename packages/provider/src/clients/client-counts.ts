import { boundedCount } from '../database/bounded-count.ts'
import type { Database } from '../database/schema.ts'

/** The numbers of clients, of tokens, and of clients that wait for approval. */
export async function countClients(db: Database) {
  return {
    clients: await boundedCount(db, 'oauth_client'),
    pending: await boundedCount(db, 'oauth_client', ['status', '=', 'pending']),
    tokens: await boundedCount(db, 'oauth_token_credential'),
  }
}

/** How many tokens a client has, and how many users gave it access. */
export async function countsOfClient(
  db: Database,
  clientId: string,
): Promise<{ readonly users: number; readonly tokens: number }> {
  const row = await db
    .selectFrom('oauth_token_credential')
    .select(({ fn }) => [fn.countAll().as('tokens'), fn.count('user_id').distinct().as('users')])
    .where('client_id', '=', clientId)
    .executeTakeFirstOrThrow()
  return { users: Number(row.users), tokens: Number(row.tokens) }
}

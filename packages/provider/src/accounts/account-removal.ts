import { listClients } from '../clients/clients.ts'
import type { Database } from '../database/schema.ts'
import { deleteClient } from '../tokens/client-deletion.ts'
import { revokeTokens, type TokenServices } from '../tokens/tokens.ts'
import { keepingAnAdministrator } from './administrators.ts'
import { endSessions } from './session-list.ts'

/** What was removed along with an account. */
export interface RemovedAccount {
  /** Applications' tokens for this user, and the tokens of the user's own clients. */
  readonly tokens: number
  /** Clients that the user had registered. */
  readonly clients: number
}

/**
 * Removes an account and everything that belongs to it: the access of applications, its sessions, and its own clients
 * with their tokens, unless an administrator suspended them. Tokens are revoked through the server, so that no cache
 * keeps one alive. If it fails midway, the account still exists, and the next call removes the rest.
 *
 * @returns Undefined if there is no such user.
 * @throws InputError for the last administrator.
 */
export async function removeAccount(
  services: TokenServices,
  userId: number,
): Promise<RemovedAccount | undefined> {
  const { db } = services
  const row = await db.selectFrom('user').select('id').where('id', '=', userId).executeTakeFirst()
  if (row === undefined) return undefined
  // Checked before anything is deleted, and again when the account is.
  await keepingAnAdministrator(db, userId, async () => {})
  // From here on, no page of this user can create more of it.
  await endSessions(db, userId)
  let tokens = 0
  // A suspended client stays, without an owner: someone else could register its key, and it would work again.
  await db
    .updateTable('oauth_client')
    .set({ owner_id: null })
    .where('owner_id', '=', userId)
    .where('status', '=', 'suspended')
    .execute()
  const clients = await listClients(db, userId)
  for (const { clientId } of clients) tokens += (await deleteClient(services, clientId)) ?? 0
  tokens += await revokeTokens(services, { userId })
  await keepingAnAdministrator(db, userId, (to: Database) =>
    to.deleteFrom('user').where('id', '=', userId).execute(),
  )
  return { tokens, clients: clients.length }
}

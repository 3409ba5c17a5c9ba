import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import type { ProviderSettings } from '../settings/settings.ts'

/** Only an approved client is served: a pending or suspended one is treated as unknown. */
export type ClientStatus = 'pending' | 'approved' | 'suspended'

/** The status of a newly registered client; undefined if the user may not register one. */
export function newClientStatus(
  clientRegistration: ProviderSettings['clientRegistration'],
  isAdmin: boolean,
): ClientStatus | undefined {
  if (isAdmin || clientRegistration === 'open') return 'approved'
  return clientRegistration === 'approved' ? 'pending' : undefined
}

/** Undefined if there is no such client. */
export async function clientStatus(db: Database, clientId: string): Promise<ClientStatus | undefined> {
  const row = await db
    .selectFrom('oauth_client')
    .select('status')
    .where('client_id', '=', clientId)
    .executeTakeFirst()
  return row?.status as ClientStatus | undefined
}

/** Approves a client, suspends it, or ends its suspension. Returns whether it had another status before. */
export async function setClientStatus(
  db: Database,
  clientId: string,
  status: Exclude<ClientStatus, 'pending'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('oauth_client')
    .set({ status })
    .where('client_id', '=', clientId)
    .where('status', '!=', status)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Records that an administrator verified the client's owner, or withdraws that. Returns whether anything changed. */
export async function setClientVerified(
  db: Database,
  clientId: string,
  isVerified: boolean,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('oauth_client')
    .set({ verified_at: isVerified ? nowSeconds() : null })
    .where('client_id', '=', clientId)
    .where('verified_at', isVerified ? 'is' : 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

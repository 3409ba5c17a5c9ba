import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import { findDecision } from './decisions.ts'

/** Why there can be no decision on a temporary credential, for the visitor. */
export async function temporaryCredentialState(
  db: Database,
  oauthToken: string,
): Promise<'unknown' | 'expired' | 'decided'> {
  if (await findDecision(db, oauthToken)) return 'decided'
  const row = await db
    .selectFrom('oauth_temporary_credential')
    .select(['expires_at', 'oauth_verifier'])
    .where('oauth_token', '=', oauthToken)
    .executeTakeFirst()
  if (row === undefined) return 'unknown'
  if (Number(row.expires_at) <= nowSeconds()) return 'expired'
  return row.oauth_verifier === null ? 'unknown' : 'decided'
}

/** The code of an `oob` request that this user approved, until the client has used it or it expires. */
export async function waitingCode(
  db: Database,
  oauthToken: string,
  userId: number,
): Promise<{ readonly clientName: string; readonly code: string } | undefined> {
  const row = await db
    .selectFrom('oauth_temporary_credential as credential')
    .innerJoin('oauth_client as client', 'client.client_id', 'credential.client_id')
    .select(['client.name', 'credential.oauth_verifier'])
    .where('credential.oauth_token', '=', oauthToken)
    .where('credential.user_id', '=', userId)
    .where('credential.oauth_callback', '=', 'oob')
    .where('credential.expires_at', '>', nowSeconds())
    .executeTakeFirst()
  return row?.oauth_verifier ? { clientName: row.name, code: row.oauth_verifier } : undefined
}

/** The name of the client that waits for a decision with this temporary credential. */
export async function waitingClient(db: Database, oauthToken: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('oauth_temporary_credential as credential')
    .innerJoin('oauth_client as client', 'client.client_id', 'credential.client_id')
    .select('client.name')
    .where('credential.oauth_token', '=', oauthToken)
    .where('credential.oauth_verifier', 'is', null)
    .where('credential.expires_at', '>', nowSeconds())
    .executeTakeFirst()
  return row?.name
}

/** Why a request's client is not served, if only that prevents a decision; undefined if it is served. */
export async function inactiveClient(
  db: Database,
  oauthToken: string,
): Promise<'pending' | 'suspended' | undefined> {
  const row = await db
    .selectFrom('oauth_temporary_credential as credential')
    .innerJoin('oauth_client as client', 'client.client_id', 'credential.client_id')
    .select('client.status')
    .where('credential.oauth_token', '=', oauthToken)
    .where('credential.oauth_verifier', 'is', null)
    .where('credential.expires_at', '>', nowSeconds())
    .executeTakeFirst()
  return row?.status === 'pending' || row?.status === 'suspended' ? row.status : undefined
}

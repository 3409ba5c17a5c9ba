import { nowSeconds } from '../random.ts'
import type { Database } from './schema.ts'

/** Why a temporary credential cannot be decided upon: what the refused visitor is told. */
export async function temporaryCredentialState(
  db: Database,
  oauthToken: string,
): Promise<'unknown' | 'expired' | 'decided'> {
  const row = await db
    .selectFrom('oauth_temporary_credential')
    .select(['expires_at', 'oauth_verifier'])
    .where('oauth_token', '=', oauthToken)
    .executeTakeFirst()
  if (row === undefined) return 'unknown'
  if (Number(row.expires_at) <= nowSeconds()) return 'expired'
  return row.oauth_verifier === null ? 'unknown' : 'decided'
}

import { insertOnce } from '../database/once.ts'
import type { Database } from '../database/schema.ts'
import { nowSeconds, sha256 } from '../random.ts'
import { seal, sealingKey, unseal } from './sealed-text.ts'

/**
 * A message that the visitor's next page shows once: what was just done, or the secret of a newly registered client.
 */
export type Flash =
  | { readonly kind: 'signed-up' }
  | { readonly kind: 'registered'; readonly clientSecret: string }
  /** A new secret for the same key. */
  | { readonly kind: 'secret'; readonly clientSecret: string }
  | { readonly kind: 'token'; readonly oauthToken: string; readonly oauthTokenSecret: string }
  | { readonly kind: 'changed' }
  | { readonly kind: 'revoked-all' }
  | { readonly kind: 'deleted'; readonly clientName: string }
  | { readonly kind: 'revoked'; readonly clientName: string }
  | { readonly kind: 'password-changed' }
  | { readonly kind: 'session-ended' }
  | { readonly kind: 'signed-out-everywhere' }
  | { readonly kind: 'account-deleted' }
  | { readonly kind: 'linked' }
  | { readonly kind: 'unlinked' }
  | { readonly kind: 'mode'; readonly mode: 'development' | 'live' }
  /** The code of a new invitation. */
  | { readonly kind: 'invited'; readonly code: string }
  /** What an administrator did to the user or client of this name. */
  | { readonly kind: 'administered'; readonly done: Administered; readonly name: string }

export type Administered =
  | 'accessRevoked'
  | 'approved'
  | 'deleted'
  | 'demoted'
  | 'paired'
  | 'policyChanged'
  | 'promoted'
  | 'reinstated'
  | 'sessionsEnded'
  | 'suspended'
  | 'tokenRevoked'
  | 'unpaired'
  | 'unverified'
  | 'verified'
  | 'withdrawn'

/** A flash that no page has shown by then expires. */
const lifetimeSeconds = 300

/** Stores a flash for one page of one visitor, so that a page in another tab does not use it up. */
export async function leaveFlash(db: Database, token: string, path: string, flash: Flash): Promise<void> {
  const key = keyOf(token, path)
  const row = {
    sealed: seal(keyWith(token), JSON.stringify(flash)),
    expires_at: nowSeconds() + lifetimeSeconds,
  }
  const replace = () => db.updateTable('flash').set(row).where('key', '=', key).executeTakeFirst()
  const isThere = async () => (await replace()).numUpdatedRows > 0n
  await insertOnce(db.insertInto('flash').values({ key, ...row }), isThere)
}

/** Takes the flash that was stored for this page. */
export async function takeFlash(db: Database, token: string, path: string): Promise<Flash | undefined> {
  const key = keyOf(token, path)
  const alive = await db
    .selectFrom('flash')
    .select('sealed')
    .where('key', '=', key)
    .where('expires_at', '>', nowSeconds())
    .executeTakeFirst()
  // Most pages have none, and reading takes no lock.
  if (alive === undefined) return undefined
  const { numDeletedRows } = await db.deleteFrom('flash').where('key', '=', key).executeTakeFirst()
  return numDeletedRows === 1n ? JSON.parse(unseal(keyWith(token), alive.sealed)) : undefined
}

function keyOf(token: string, path: string): string {
  return sha256(`flash of ${token} for ${path}`)
}

/** The database does not hold the visitor's token, so a reader of the database cannot open what the token seals. */
function keyWith(token: string): Buffer {
  return sealingKey(`seal of ${token}`)
}

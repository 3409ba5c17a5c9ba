import { isSqlite } from '../database/dialect.ts'
import type { Database } from '../database/schema.ts'
import { lockWriter } from '../database/user-row.ts'
import type { InputError } from '../input-error.ts'
import { inputFault } from '../input-fault.ts'

/** At most this many OAuth 1.0 clients for one OAuth 2 client: every exchange goes through them. */
export const maxPaired = 100

/** The OAuth 2 client that a client was paired with before a change, and the one since. */
export interface PairChange {
  readonly before: string | undefined
  readonly now: string | undefined
}

/** VSCHAR (RFC 6749, appendix A.1) without spaces at the ends, which MySQL and MariaDB ignore when they compare. */
const identifierForm = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/

/**
 * An OAuth 2 client ID as stored, without surrounding white space; undefined for none.
 *
 * @throws InputError for the field `oauth2_client_id`.
 */
export function checkedOAuth2ClientId(given = ''): string | undefined {
  const text = given.trim()
  if (text === '') return undefined
  if (!identifierForm.test(text)) throw inputFault('oauth2_client_id', 'oauth2ClientId')
  return text
}

/**
 * Pairs an OAuth 1.0 client with the OAuth 2 client that may exchange its tokens, in place of an earlier one. Only the
 * operator decides this, never the client's owner.
 *
 * @returns What changed; undefined if there is no such client.
 * @throws InputError when the OAuth 2 client ID cannot be used, or is paired with `maxPaired` clients already.
 * @example
 * ```ts
 * await pairClient(services.db, clientId, 'photos-app')
 * ```
 */
export async function pairClient(
  db: Database,
  clientId: string,
  oauth2ClientId: string,
): Promise<PairChange | undefined> {
  const checked = checkedOAuth2ClientId(oauth2ClientId)
  if (checked === undefined) throw inputFault('oauth2_client_id', 'oauth2ClientId')
  return changePair(db, clientId, checked)
}

/**
 * Ends the pair of an OAuth 1.0 client: its tokens can no longer be exchanged. Earlier exchanges stay valid.
 *
 * @returns What changed; undefined if there is no such client.
 * @example
 * ```ts
 * const change = await unpairClient(services.db, clientId)
 * ```
 */
export function unpairClient(db: Database, clientId: string): Promise<PairChange | undefined> {
  return changePair(db, clientId, undefined)
}

/**
 * Reserves a place for one more client of an OAuth 2 client until the transaction ends.
 *
 * @throws InputError when it already has `maxPaired`.
 */
export async function checkPairRoom(transaction: Database, oauth2ClientId: string): Promise<void> {
  await lockPairs(transaction, undefined, oauth2ClientId)
  await refuseFull(transaction, oauth2ClientId)
}

async function refuseFull(db: Database, oauth2ClientId: string): Promise<void> {
  if ((await countPaired(db, oauth2ClientId)) >= maxPaired) throw fullFault()
}

/** The error for one client too many. */
export function fullFault(): InputError {
  return inputFault('oauth2_client_id', 'oauth2ClientFull', { max: maxPaired })
}

/** How many OAuth 1.0 clients are paired with an OAuth 2 client. */
export async function countPaired(db: Database, oauth2ClientId: string): Promise<number> {
  const { count } = await db
    .selectFrom('oauth_client')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('oauth2_client_id', '=', oauth2ClientId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The OAuth 2 client that an OAuth 1.0 client is paired with, if any. */
export async function pairedClient(db: Database, clientId: string): Promise<string | undefined> {
  return (await pairOf(db, clientId))?.oauth2ClientId
}

/** The OAuth 1.0 clients that are paired with an OAuth 2 client. */
export async function clientsPairedWith(db: Database, oauth2ClientId: string): Promise<string[]> {
  // No pair has such a name; with a trailing space, MySQL and MariaDB would find another client's.
  if (!identifierForm.test(oauth2ClientId)) return []
  const rows = await db
    .selectFrom('oauth_client')
    .select('client_id')
    .where('oauth2_client_id', '=', oauth2ClientId)
    .orderBy('id')
    .limit(maxPaired)
    .execute()
  return rows.map((row) => row.client_id)
}

async function pairOf(
  db: Database,
  clientId: string,
): Promise<{ readonly oauth2ClientId: string | undefined } | undefined> {
  const row = await db
    .selectFrom('oauth_client')
    .select('oauth2_client_id')
    .where('client_id', '=', clientId)
    .executeTakeFirst()
  return row && { oauth2ClientId: row.oauth2_client_id ?? undefined }
}

function changePair(
  db: Database,
  clientId: string,
  now: string | undefined,
): Promise<PairChange | undefined> {
  return db.transaction().execute(async (transaction) => {
    await lockPairs(transaction, clientId, now)
    const pair = await pairOf(transaction, clientId)
    if (pair === undefined) return undefined
    const { oauth2ClientId: before } = pair
    if (before === now) return { before, now }
    if (now !== undefined) await refuseFull(transaction, now)
    await transaction
      .updateTable('oauth_client')
      .set({ oauth2_client_id: now ?? null })
      .where('client_id', '=', clientId)
      .execute()
    return { before, now }
  })
}

/**
 * Two changes of the same pairs wait for each other here. One statement locks all rows in a fixed order, so that
 * changes cannot deadlock; the next statement reads them, and sees the other change.
 */
async function lockPairs(
  transaction: Database,
  clientId: string | undefined,
  oauth2ClientId: string | undefined,
): Promise<void> {
  await lockWriter(transaction)
  if (isSqlite(transaction)) return
  await transaction
    .selectFrom('oauth_client')
    .select('id')
    .where((given) =>
      given.or([
        ...(clientId === undefined ? [] : [given('client_id', '=', clientId)]),
        ...(oauth2ClientId === undefined ? [] : [given('oauth2_client_id', '=', oauth2ClientId)]),
      ]),
    )
    .orderBy('id')
    .forUpdate()
    .execute()
}

import { setTimeout as pause } from 'node:timers/promises'
import type { Selectable } from 'kysely'
import type { Logger } from 'pino'
import type { Database, Tables } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import { repeatedWork } from '../repeated-work.ts'
import { endedSeconds } from './ended-tokens.ts'

/** Revokes all tokens of a grant; an unknown or already revoked grant is not an error. */
type RevokeTokens = (grantId: string) => unknown

/** The services of `openServices` that this needs. */
interface UpkeepServices {
  readonly db: Database
  readonly log: Logger
}

type GrantRow = Selectable<Tables['oauth_token_grant']>

/** The limits of a call. */
export interface GrantRevocationOptions {
  /** The most tokens to examine in one call. Default 100. */
  readonly limit?: number
  /** How long revoking the grants of one token may take. Default 30; then it counts as failed. */
  readonly timeoutSeconds?: number
}

/** How many tokens were processed, by outcome. */
export interface GrantRevocation {
  readonly done: number
  /** They are tried again after a minute. */
  readonly failed: number
}

/** How long a row is left to the process that took it; then any process may try again. */
const takenSeconds = 60
/** How many tokens' grants are revoked at the same time. */
const atOnce = 10

/**
 * Revokes the OAuth 2 grants of tokens that were revoked at the provider. For the process of your OAuth 2 server, which
 * calls it every few seconds; several processes may do so at once.
 *
 * Grants are revoked a second time two hours later: an exchange under way may have issued tokens after the first time.
 * For tokens that expired on their own, only grants left over from an exchange are revoked.
 *
 * @param revokeTokens - As in the hooks of the exchange. An error is logged, and the call is repeated later.
 * @throws The database's error when it cannot be read.
 * @example
 * ```ts
 * const { revokeTokens } = oidcProviderHooks(provider)
 * await revokeEndedGrants(services, revokeTokens)
 * ```
 */
export async function revokeEndedGrants(
  services: UpkeepServices,
  revokeTokens: RevokeTokens,
  { limit = 100, timeoutSeconds = 30 }: GrantRevocationOptions = {},
): Promise<GrantRevocation> {
  const { db, log } = services
  const due = await dueRows(db, limit)
  const outcome = { done: 0, failed: 0 }
  // All workers share one list.
  const waiting = due.values()
  const work = async () => {
    for (const row of waiting) {
      try {
        if (!(await take(db, row))) continue
        await revokeAll(grantsOf(row), revokeTokens, timeoutSeconds)
        await settle(db, row)
        outcome.done++
      } catch (err) {
        outcome.failed++
        log.error({ err, clientId: row.client_id }, 'the OAuth 2 grants of a token could not be revoked')
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return outcome
}

/**
 * Calls `revokeEndedGrants` every few seconds.
 *
 * @returns A function that stops it once the call under way is done; await it before `services.close()`.
 * @example
 * ```ts
 * const stop = startGrantUpkeep(services, oidcProviderHooks(provider).revokeTokens)
 * ```
 */
export function startGrantUpkeep(
  services: UpkeepServices,
  revokeTokens: RevokeTokens,
  { everySeconds = 5, ...options }: GrantRevocationOptions & { readonly everySeconds?: number } = {},
): () => Promise<void> {
  return repeatedWork(
    everySeconds * 1000,
    async () => (await revokeEndedGrants(services, revokeTokens, options)).done > 0,
    (err) => services.log.error({ err }, 'the OAuth 2 grants of revoked tokens could not be read'),
  )
}

function dueRows(db: Database, limit: number): Promise<GrantRow[]> {
  return db
    .selectFrom('oauth_token_grant')
    .selectAll()
    .where('revoke_at', '<=', nowSeconds())
    .orderBy('revoke_at')
    .limit(limit)
    .execute()
}

/**
 * Takes the row for this process; returns whether it did. If it fails, or the process ends, the row comes after all
 * others that are due.
 */
async function take(db: Database, row: GrantRow): Promise<boolean> {
  const { numUpdatedRows } = await unchanged(db, row)
    .set({ revoke_at: nowSeconds() + takenSeconds })
    .where('revoke_at', '=', row.revoke_at)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

function grantsOf({ ended_at, grant_id, pending, outdated }: GrantRow): ReadonlySet<string> {
  const current = ended_at === null ? null : grant_id
  return new Set([current ?? '', ...pending.split(' '), ...outdated.split(' ')].filter(Boolean))
}

/** Each is tried, even where another fails. */
async function revokeAll(
  grants: ReadonlySet<string>,
  revokeTokens: RevokeTokens,
  timeoutSeconds: number,
): Promise<void> {
  const ending = new AbortController()
  const late = pause(timeoutSeconds * 1000, undefined, { signal: ending.signal }).then(() => {
    throw new Error(`They were not revoked within ${timeoutSeconds} seconds.`)
  })
  const revoking = [...grants].map(async (grantId) => revokeTokens(grantId))
  try {
    const outcomes = await Promise.race([Promise.allSettled(revoking), late])
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  } finally {
    late.catch(() => {})
    ending.abort()
  }
}

/** Marks the row as done, unless it has another version by now, which is due again after a minute. */
async function settle(db: Database, row: GrantRow): Promise<void> {
  const now = nowSeconds()
  if (row.ended_at === null)
    await unchanged(db, row)
      .set({ pending: '', outdated: '', version: row.version + 1, revoke_at: null })
      .execute()
  else if (row.revoked_at === null)
    await unchanged(db, row)
      .set({ revoked_at: now, revoke_at: now + endedSeconds })
      .execute()
  else
    await db
      .deleteFrom('oauth_token_grant')
      .where('oauth_token', '=', row.oauth_token)
      .where('version', '=', row.version)
      .execute()
}

function unchanged(db: Database, { oauth_token, version }: GrantRow) {
  return db
    .updateTable('oauth_token_grant')
    .where('oauth_token', '=', oauth_token)
    .where('version', '=', version)
}

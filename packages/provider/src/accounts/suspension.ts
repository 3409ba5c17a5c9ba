import type { Database, ProviderHooks } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import { keepingAnAdministrator } from './administrators.ts'

/**
 * Suspends a user: sessions end, sign-in is refused, tokens are not accepted, and approvals that no client has
 * collected are void. Tokens work again when the user is reinstated.
 *
 * @returns Whether the user was active.
 * @throws InputError when there is no such user, or the user is the last active administrator.
 */
export async function suspendUser(
  { db, hooks }: { readonly db: Database; readonly hooks: Pick<ProviderHooks, 'consumeTemporaryCredential'> },
  userId: number,
): Promise<boolean> {
  const suspended_at = nowSeconds()
  const isChanged = await keepingAnAdministrator(db, userId, async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('user')
      .set({ suspended_at })
      .where('id', '=', userId)
      .where('suspended_at', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  })
  // Only after the suspension is committed: a process that stores a token from here on checks whether its user is
  // suspended.
  await suspendTokens(db)
  await db.deleteFrom('session').where('user_id', '=', userId).execute()
  const approvals = await db
    .selectFrom('oauth_temporary_credential')
    .select('oauth_token')
    .where('user_id', '=', userId)
    .execute()
  for (const { oauth_token } of approvals) await hooks.consumeTemporaryCredential(oauth_token)
  return isChanged
}

/** Suspends the tokens of all suspended users. The upkeep calls it too, in case a process ended halfway. */
export async function suspendTokens(db: Database): Promise<void> {
  await db
    .updateTable('oauth_token_credential')
    .set({ suspended_at: nowSeconds() })
    .where('suspended_at', 'is', null)
    .where('user_id', 'in', db.selectFrom('user').select('id').where('suspended_at', 'is not', null))
    .execute()
}

/** Ends the suspension of a user, whose tokens work again. Returns whether the user was suspended. */
export async function reinstateUser(db: Database, userId: number): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('user')
      .set({ suspended_at: null })
      .where('id', '=', userId)
      .where('suspended_at', 'is not', null)
      .executeTakeFirst()
    await transaction
      .updateTable('oauth_token_credential')
      .set({ suspended_at: null })
      .where('user_id', '=', userId)
      .execute()
    return numUpdatedRows === 1n
  })
}

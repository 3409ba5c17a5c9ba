import type { ExchangeHook } from '../shared/store-hooks.ts'
import type {
  PrismaTemporaryCredentials,
  PrismaTokenCredentials,
  StoredTokenCredential,
  TokenCredentialFromRow,
} from './delegates.ts'
import { tokenQuery } from './lookups.ts'
import { type PrismaClock, temporaryCredentialHooks } from './temporary-hooks.ts'
import { type FindToken, ownQuery, tokenCreator } from './token-hooks.ts'

/** The two models that an exchange writes to, as delegates of the client of one transaction. */
export interface PrismaTransactionModels<F extends StoredTokenCredential = StoredTokenCredential> {
  readonly temporaryCredential: PrismaTemporaryCredentials
  readonly tokenCredential: Pick<PrismaTokenCredentials<F>, 'createMany' | 'findFirst'>
}

/** Runs queries in one transaction, which rolls back if they throw. */
export type PrismaTransaction<F extends StoredTokenCredential = StoredTokenCredential> = <R>(
  run: (models: PrismaTransactionModels<F>) => Promise<R>,
) => Promise<R>

/**
 * The `exchangeTemporaryCredential` hook: a DELETE and an INSERT in one transaction. A failure in between rolls back
 * the DELETE, so that no approval is lost.
 */
export function createExchange<F extends StoredTokenCredential, T extends StoredTokenCredential>(
  transaction: PrismaTransaction<F>,
  findToken: FindToken<T> | undefined,
  clock: PrismaClock,
): ExchangeHook<TokenCredentialFromRow<T>> {
  return async (oauthToken, credential) => {
    const created = await transaction(async (models) => {
      const temporary = temporaryCredentialHooks(models.temporaryCredential, clock)
      const create = tokenCreator(models.tokenCredential, tokenQuery(ownQuery<F, T>(models.tokenCredential)))
      return (await temporary.consumeTemporaryCredential(oauthToken)) ? create(credential) : undefined
    })
    if (created === undefined || findToken === undefined) return created
    // A custom query is not part of the transaction, and finds the token only after it.
    return tokenQuery(findToken)(credential.clientId, credential.oauthToken)
  }
}

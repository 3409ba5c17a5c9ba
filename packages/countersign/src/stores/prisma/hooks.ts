import { type Hooks, standingFor } from '../../server/hooks.ts'
import { nonceKey } from '../../server/nonce.ts'
import { aFunction, checkOptions, clock, type Kinds } from '../../server/option-kinds.ts'
import { exchangeInPlaceOf, type WritingHooks } from '../shared/store-hooks.ts'
import {
  type ClientFromRow,
  type ClientRow,
  modelKinds,
  type PrismaModels,
  type PrismaNonces,
  type StoredTokenCredential,
  type TokenCredentialFromRow,
  type TokenWhere,
} from './delegates.ts'
import { createExchange, type PrismaTransaction } from './exchange.ts'
import { createQueryClient, pairQuery, tokenQuery } from './lookups.ts'
import { type PrismaClock, temporaryCredentialHooks } from './temporary-hooks.ts'
import { ownQuery, tokenCredentialHooks } from './token-hooks.ts'

/** The clock, and custom queries. */
export interface PrismaHookOptions<
  R extends ClientRow = ClientRow,
  T extends StoredTokenCredential = StoredTokenCredential,
> extends PrismaClock {
  /** Finds a token together with related rows: `include: { user: true }`. */
  readonly findToken?: (where: TokenWhere) => PromiseLike<T | null>
  /**
   * Finds the client with its `tokens` of this one name, so that a protected request costs one query: use a raw join or
   * on PostgreSQL and MySQL Prisma's `relationLoadStrategy: 'join'` (preview feature `relationJoins`).
   */
  readonly findClientWithToken?: (where: TokenWhere) => PromiseLike<(R & { tokens: readonly T[] }) | null>
  /**
   * Runs queries in one transaction, so that spending and issuing happen together or not at all. Leave it out on
   * SQLite, whose single connection would draw other requests' statements into the transaction.
   *
   * @example
   * ```ts
   * transaction: (run) =>
   *   prisma.$transaction((tx) =>
   *     run({ temporaryCredential: tx.oauthTemporaryCredential, tokenCredential: tx.oauthTokenCredential }),
   *   )
   * ```
   */
  readonly transaction?: PrismaTransaction
}

export const hookOptions: Kinds<PrismaHookOptions> = {
  findToken: aFunction,
  findClientWithToken: aFunction,
  transaction: aFunction,
  now: clock,
}

type ReadingHooks = 'queryClient' | 'queryToken' | 'queryClientAndToken'
type TokenHooks<R extends ClientRow, T extends StoredTokenCredential> = Pick<
  Hooks<ClientFromRow<R>, TokenCredentialFromRow<T>>,
  ReadingHooks | 'createTokenCredential' | 'revokeToken'
> &
  Required<Pick<Hooks<ClientFromRow<R>, TokenCredentialFromRow<T>>, 'recordTokenUse' | 'listTokens'>>

/** All hooks; the combined ones only if their options are given. */
type StoreHooks<R extends ClientRow, T extends StoredTokenCredential> = Hooks<
  ClientFromRow<R>,
  TokenCredentialFromRow<T>
> &
  Required<Pick<Hooks<ClientFromRow<R>, TokenCredentialFromRow<T>>, 'recordTokenUse' | 'listTokens'>>

type WritingModels<F extends StoredTokenCredential> = Pick<PrismaModels<ClientRow, F>, 'tokenCredential'> & {
  readonly [Name in 'temporaryCredential' | 'nonce']?: PrismaModels[Name] | undefined
}

/**
 * Hooks over a generated Prisma client: all of them, or only the hooks of clients and tokens if only these two are
 * given (a cache then holds nonces and temporary credentials).
 *
 * @example
 * ```ts
 * const hooks = prismaHooks({
 *   client: prisma.oauthClient,
 *   tokenCredential: prisma.oauthTokenCredential,
 *   temporaryCredential: prisma.oauthTemporaryCredential,
 *   nonce: prisma.oauthNonce,
 * })
 * ```
 */
export function prismaHooks<
  R extends ClientRow,
  F extends StoredTokenCredential,
  T extends StoredTokenCredential = F,
>(models: PrismaModels<R, F>, options?: PrismaHookOptions<R, T>): StoreHooks<R, T>
export function prismaHooks<
  R extends ClientRow,
  F extends StoredTokenCredential,
  T extends StoredTokenCredential = F,
>(
  models: Pick<PrismaModels<R, F>, 'client' | 'tokenCredential'>,
  options?: PrismaHookOptions<R, T>,
): TokenHooks<R, T>
export function prismaHooks<
  R extends ClientRow,
  F extends StoredTokenCredential,
  T extends StoredTokenCredential = F,
>(
  models: Pick<PrismaModels<R, F>, 'client' | 'tokenCredential'> & Partial<PrismaModels<R, F>>,
  options: PrismaHookOptions<R, T> = {},
): Partial<Hooks<ClientFromRow<R>, TokenCredentialFromRow<T>>> {
  checkOptions('prismaHooks', options, hookOptions)
  checkOptions('models', models, modelKinds)
  const { client, tokenCredential } = models
  const { findToken, findClientWithToken } = options
  const lookups = {
    queryClient: createQueryClient(client),
    queryToken: tokenQuery(findToken ?? ownQuery<F, T>(tokenCredential)),
  }
  return {
    ...lookups,
    ...(findClientWithToken && {
      queryClientAndToken: standingFor(lookups, pairQuery(findClientWithToken)),
    }),
    ...writingHooks<F, T>(models, options),
  }
}

/** The hooks with which an authorization server writes. */
export function writingHooks<F extends StoredTokenCredential, T extends StoredTokenCredential = F>(
  models: WritingModels<F>,
  options: Pick<PrismaHookOptions<ClientRow, T>, 'findToken' | 'transaction' | 'now'> = {},
): WritingHooks<TokenCredentialFromRow<T>> {
  const { tokenCredential, temporaryCredential, nonce } = models
  const { findToken, transaction } = options
  const tokens = tokenCredentialHooks<F, T>(tokenCredential, findToken)
  const temporary = temporaryCredential && temporaryCredentialHooks(temporaryCredential, options)
  return {
    ...tokens,
    ...temporary,
    ...(temporary &&
      transaction && {
        exchangeTemporaryCredential: exchangeInPlaceOf(
          { ...tokens, ...temporary },
          createExchange<StoredTokenCredential, T>(transaction, findToken, options),
        ),
      }),
    ...(nonce && { recordNonce: createRecordNonce(nonce) }),
  }
}

/** The `recordNonce` hook, for `registerHook`. */
export function createRecordNonce(nonces: Pick<PrismaNonces, 'createMany'>): Hooks['recordNonce'] {
  return async (record) => {
    try {
      // One INSERT without a transaction around it; `skipDuplicates` does not exist on every database.
      await nonces.createMany({ data: [{ nonceKey: nonceKey(record), expiresAt: record.expiresAt }] })
      return true
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code === uniqueViolation) return false
      throw error
    }
  }
}

/** Prisma's error code for a unique key that is taken. */
const uniqueViolation = 'P2002'

import type { DataSource, EntityTarget } from 'typeorm'
import { type Hooks, standingFor } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import { nonceKey } from '../../server/nonce.ts'
import { checkOptions } from '../../server/option-kinds.ts'
import { exchangeInPlaceOf, type StoreHooks, type WritingHooks } from '../shared/store-hooks.ts'
import { clockOptions } from '../shared/store-options.ts'
import { createExchange } from './exchange.ts'
import { createQueryClient, createQueryClientAndToken, createQueryToken } from './lookups.ts'
import { entityKinds, insertQuery, isUniqueViolation, type NonceRow, type TypeormEntities } from './rows.ts'
import { type TypeormHookOptions, temporaryCredentialHooks } from './temporary-hooks.ts'
import { tokenCredentialHooks } from './token-hooks.ts'

type TokenHooks<C extends Client, T extends TokenCredential> = Required<
  Pick<
    Hooks<C, T>,
    | 'queryClient'
    | 'queryToken'
    | 'queryClientAndToken'
    | 'createTokenCredential'
    | 'recordTokenUse'
    | 'revokeToken'
    | 'listTokens'
  >
>

type WritingEntities<T extends TokenCredential> = Pick<TypeormEntities<Client, T>, 'tokenCredential'> & {
  readonly [Name in 'temporaryCredential' | 'nonce']?: TypeormEntities[Name] | undefined
}

/**
 * Hooks over a TypeORM data source: all of them, or only the hooks of clients and tokens if only these two entities are
 * given (a cache then holds nonces and temporary credentials). Eager relations of client and token come with them, in
 * the same query. The database decides every atomic hook.
 *
 * @example
 * ```ts
 * const hooks = typeormHooks(dataSource, {
 *   client: ClientEntity,
 *   tokenCredential: TokenCredentialEntity,
 *   temporaryCredential: TemporaryCredentialEntity,
 *   nonce: NonceEntity,
 * })
 * ```
 */
export function typeormHooks<C extends Client, T extends TokenCredential>(
  dataSource: DataSource,
  entities: TypeormEntities<C, T>,
  options?: TypeormHookOptions,
): StoreHooks<C, T>
export function typeormHooks<C extends Client, T extends TokenCredential>(
  dataSource: DataSource,
  entities: Pick<TypeormEntities<C, T>, 'client' | 'tokenCredential'>,
): TokenHooks<C, T>
export function typeormHooks<C extends Client, T extends TokenCredential>(
  dataSource: DataSource,
  entities: Pick<TypeormEntities<C, T>, 'client' | 'tokenCredential'> & Partial<TypeormEntities<C, T>>,
  options?: TypeormHookOptions,
): Partial<Hooks<C, T>> {
  checkOptions('typeormHooks', options, clockOptions)
  checkOptions('entities', entities, entityKinds)
  const { client, tokenCredential, temporaryCredential, nonce } = entities
  const lookups = {
    queryClient: createQueryClient(dataSource, client),
    queryToken: createQueryToken(dataSource, tokenCredential),
  }
  const both = createQueryClientAndToken(dataSource, client, tokenCredential)
  return {
    ...lookups,
    queryClientAndToken: standingFor(lookups, both),
    ...writingHooks(dataSource, { tokenCredential, temporaryCredential, nonce }, options),
  }
}

/** The hooks with which an authorization server writes. */
export function writingHooks<T extends TokenCredential>(
  dataSource: DataSource,
  entities: WritingEntities<T>,
  options?: TypeormHookOptions,
): WritingHooks<T> {
  const { tokenCredential, temporaryCredential, nonce } = entities
  const tokens = tokenCredentialHooks(dataSource, tokenCredential)
  const temporary = temporaryCredential && temporaryCredentialHooks(dataSource, temporaryCredential, options)
  const exchange =
    temporaryCredential && createExchange(dataSource, { tokenCredential, temporaryCredential }, options)
  return {
    ...tokens,
    ...temporary,
    ...(temporary &&
      exchange && {
        exchangeTemporaryCredential: exchangeInPlaceOf({ ...tokens, ...temporary }, exchange),
      }),
    ...(nonce && { recordNonce: createRecordNonce(dataSource, nonce) }),
  }
}

/** The `recordNonce` hook: one insert, which the primary key lets through once (§3.3). */
export function createRecordNonce(
  dataSource: DataSource,
  nonce: EntityTarget<NonceRow>,
): Hooks['recordNonce'] {
  return async (record) => {
    try {
      const row = { nonceKey: nonceKey(record), expiresAt: record.expiresAt }
      await insertQuery(dataSource, nonce, row).execute()
      return true
    } catch (error) {
      // (`orIgnore` does not tell whether it inserted.)
      if (isUniqueViolation(error)) return false
      throw error
    }
  }
}

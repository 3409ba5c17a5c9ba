import type { Hooks } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import { checkOptions, type Kind, type Kinds, wholeNumber } from '../../server/option-kinds.ts'
import type { TokenGrantHooks } from '../../server/token-grants.ts'
import { nonceHooks, temporaryCredentialHooks } from '../cache.ts'
import { exchangeInPlaceOf } from '../shared/store-hooks.ts'
import { cacheOptions, type MemoryCacheOptions, memoryCache } from './cache.ts'
import { memoryGrantHooks } from './grants.ts'
import { limitedPerClient } from './outstanding.ts'
import { MemoryTokens } from './tokens.ts'

/** The initial contents of a memory store, and its limits. */
export interface MemoryStoreOptions<C extends Client = Client, T extends TokenCredential = TokenCredential>
  extends MemoryCacheOptions {
  readonly clients?: readonly C[]
  readonly tokens?: readonly T[]
  /**
   * The most temporary credentials of one client that are neither spent nor expired; one more is a 429. Default 1000.
   */
  readonly maxOutstandingPerClient?: number
}

function listWith(...names: readonly string[]): Kind {
  return {
    must: `a list of objects with ${names.join(' and ')}`,
    holds: (value) =>
      Array.isArray(value) && value.every((item) => names.every((name) => typeof item?.[name] === 'string')),
  }
}

const storeOptions: Kinds<MemoryStoreOptions> = {
  ...cacheOptions,
  clients: listWith('clientId'),
  tokens: listWith('clientId', 'oauthToken'),
  maxOutstandingPerClient: wholeNumber(1),
}

/** A model of this library with the application's own fields. */
export type Extended<Model, Own> = Model & Omit<Own, keyof Model>

/**
 * All hooks except the combined look-up, which saves no round trip in memory, and the hooks of `countersign/bridge`.
 */
export type MemoryHooks<C extends Client = Client, T extends TokenCredential = TokenCredential> = Required<
  Omit<Hooks<Extended<Client, C>, Extended<TokenCredential, T>>, 'queryClientAndToken'>
> &
  Required<TokenGrantHooks>

/**
 * All hooks in this process's memory, for experiments and tests. Everything is gone when the process ends. Clients and
 * tokens come back with the application's own fields; an issued token has the fields of `TokenCredential`.
 *
 * @throws ConfigurationError when an option is unknown or out of its range.
 * @example
 * ```ts
 * const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 's3cret', callbacks: [] }] })
 * ```
 */
export function memoryHooks<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  given: MemoryStoreOptions<C, T> = {},
): MemoryHooks<C, T> {
  checkOptions('memoryHooks', given, storeOptions)
  const { clients = [], tokens = [], maxOutstandingPerClient = 1_000, ...options } = given
  const cache = memoryCache(options)
  const clock = options.now ? { now: options.now } : {}
  const clientsById = new Map(clients.map((client) => [client.clientId, client]))
  const kept = new MemoryTokens(tokens, options.now)
  const temporary = limitedPerClient(
    temporaryCredentialHooks(cache, clock),
    maxOutstandingPerClient,
    options.now,
  )
  const createTokenCredential = (credential: TokenCredential) => kept.add(credential)
  const exchange: NonNullable<Hooks['exchangeTemporaryCredential']> = async (oauthToken, credential) => {
    // As in a database: a duplicate token spends nothing, and a spent credential is detected first.
    if (kept.has(credential.oauthToken)) {
      const alive = await temporary.getTemporaryCredential(oauthToken)
      return alive && createTokenCredential(credential)
    }
    // The memory cache is synchronous, so nothing else runs between the two.
    return temporary.consumeTemporaryCredential(oauthToken) === true
      ? createTokenCredential(credential)
      : undefined
  }
  const parts = { ...temporary, createTokenCredential }
  const hooks: Hooks & TokenGrantHooks = {
    ...nonceHooks(cache, clock),
    ...parts,
    exchangeTemporaryCredential: exchangeInPlaceOf(parts, exchange),
    queryClient: (clientId) => clientsById.get(clientId),
    queryToken: (clientId, oauthToken) => kept.find(clientId, oauthToken),
    recordTokenUse: (use) => kept.recordUse(use),
    revokeToken: (clientId, oauthToken) => kept.remove(clientId, oauthToken),
    listTokens: (filter) => kept.list(filter),
    ...memoryGrantHooks(),
    limitTokenLife: (clientId, oauthToken, expiresAt) => kept.limitLife(clientId, oauthToken, expiresAt),
  }
  // They return the stored objects, with the application's own fields.
  return hooks as MemoryHooks<C, T>
}

import { StoreError } from '../../protocol/errors.ts'
import type { Hooks } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import { nonceHooks, temporaryCredentialHooks } from '../cache.ts'
import { listedTokens } from '../shared/listed-tokens.ts'
import { exchangeInPlaceOf } from '../shared/store-hooks.ts'
import { type MemoryCacheOptions, memoryCache } from './cache.ts'

/** What a memory store starts with. */
export interface MemoryStoreOptions<C extends Client = Client> extends MemoryCacheOptions {
  readonly clients?: readonly C[]
  readonly tokens?: readonly TokenCredential[]
}

/**
 * All hooks in this process's memory: for trying things out and for tests. Everything is gone when the process ends.
 *
 * @example
 * ```ts
 * const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 's3cret', callbacks: [] }] })
 * ```
 */
export function memoryHooks<C extends Client = Client>({
  clients = [],
  tokens = [],
  ...options
}: MemoryStoreOptions<C> = {}): Required<Omit<Hooks<C>, 'queryClientAndToken'>> {
  const cache = memoryCache(options)
  const clientsById = new Map(clients.map((client) => [client.clientId, client]))
  const tokensById = new Map(tokens.map((token) => [token.oauthToken, token]))
  const temporary = temporaryCredentialHooks(cache, options)
  const createTokenCredential = (credential: TokenCredential) => {
    if (tokensById.has(credential.oauthToken))
      throw new StoreError('The token generator made a token that is in use.')
    tokensById.set(credential.oauthToken, credential)
    return credential
  }
  const queryToken = (clientId: string, oauthToken: string) => {
    const token = tokensById.get(oauthToken)
    return token?.clientId === clientId ? token : undefined
  }
  const exchange: NonNullable<Hooks['exchangeTemporaryCredential']> = async (oauthToken, credential) => {
    // As in a database: a token that is taken spends nothing, and a credential that is spent is looked at first.
    if (tokensById.has(credential.oauthToken)) {
      const alive = await temporary.getTemporaryCredential(oauthToken)
      return alive && createTokenCredential(credential)
    }
    // The memory cache returns at once, so that nothing else runs between the two.
    return temporary.consumeTemporaryCredential(oauthToken) === true
      ? createTokenCredential(credential)
      : undefined
  }
  const parts = { ...temporary, createTokenCredential }
  return {
    ...nonceHooks(cache, options),
    ...parts,
    exchangeTemporaryCredential: exchangeInPlaceOf(parts, exchange),
    queryClient: (clientId) => clientsById.get(clientId),
    queryToken,
    revokeToken: (clientId, oauthToken) =>
      queryToken(clientId, oauthToken) !== undefined && tokensById.delete(oauthToken),
    listTokens: (filter) => listedTokens([...tokensById.values()], filter),
  }
}

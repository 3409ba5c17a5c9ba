import type { ExchangeHooks } from 'countersign/bridge'
import { kyselyGrantHooks } from 'countersign/kysely'
import type { Database, ProviderClient, ProviderHooks, ProviderToken } from '../database/schema.ts'
import { activeHooks } from '../tokens/active-hooks.ts'
import { clientsPairedWith, pairedClient } from './pairs.ts'

type ProviderExchangeHooks = Omit<
  ExchangeHooks<ProviderClient, ProviderToken>,
  'scopesFor' | 'issueTokens' | 'revokeTokens' | 'takeAttempt'
>

/**
 * The hooks of a `TokenExchange` over a provider's database: its tokens, the pairs of clients, and what tokens were
 * exchanged for. For the process of your OAuth 2 server; the provider runs beside it.
 *
 * @example
 * ```ts
 * const services = await openServices({ database: 'provider.sqlite' })
 * const exchange = new TokenExchange({
 *   protector: services.protector,
 *   hooks: { ...exchangeHooks(services), ...oidcProviderHooks(provider), scopesFor },
 * })
 * ```
 */
export function exchangeHooks({
  db,
  hooks,
}: {
  readonly db: Database
  readonly hooks: ProviderHooks
}): ProviderExchangeHooks {
  const { queryClient, queryToken, queryClientAndToken, revokeToken } = activeHooks(db, hooks)
  return {
    queryClient,
    queryToken,
    ...(queryClientAndToken && { queryClientAndToken }),
    revokeToken,
    ...kyselyGrantHooks(db),
    pairedClient: (clientId) => pairedClient(db, clientId),
    clientsPairedWith: (oauth2ClientId) => clientsPairedWith(db, oauth2ClientId),
  }
}

import { type ExchangeHooks, invalidGrant } from 'countersign/bridge'
import { kyselyGrantHooks } from 'countersign/kysely'
import type { Database, ProviderClient, ProviderHooks, ProviderToken } from '../database/schema.ts'
import { activeHooks } from '../tokens/active-hooks.ts'
import { hasEnded } from './ended-tokens.ts'
import { clientsPairedWith, pairedClient } from './pairs.ts'

type ProviderExchangeHooks = Omit<
  ExchangeHooks<ProviderClient, ProviderToken>,
  'scopesFor' | 'issueTokens' | 'revokeTokens' | 'takeAttempt'
>

/**
 * The hooks of a `TokenExchange` over a provider's database: its tokens, the pairs of clients, and what tokens were
 * exchanged for. For the process of your OAuth 2 server; the provider runs beside it. That process also calls
 * `startGrantUpkeep`, or `revokeEndedGrants`: without it, revoking access ends only the OAuth 1.0 token.
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
  // `revokeToken` here ends only the token: an exchange that revokes it keeps the new grant.
  const { queryClient, queryToken, queryClientAndToken, revokeToken } = activeHooks(db, hooks)
  const { queryTokenGrants, ...grants } = kyselyGrantHooks(db)
  return {
    queryClient,
    queryToken,
    ...(queryClientAndToken && { queryClientAndToken }),
    revokeToken,
    ...grants,
    async queryTokenGrants(clientId, oauthToken) {
      const found = await queryTokenGrants(clientId, oauthToken)
      // Checked after the version was read: a token that ends from here on has another version, so no write succeeds.
      if (found !== undefined && (await hasEnded(db, oauthToken))) throw invalidGrant('token_ended')
      return found
    },
    pairedClient: (clientId) => pairedClient(db, clientId),
    clientsPairedWith: (oauth2ClientId) => clientsPairedWith(db, oauth2ClientId),
  }
}

import { ConfigurationError } from '../errors.ts'
import type { ExchangeHooks } from './hooks.ts'

/**
 * Makes the hooks `pairedClient` and `clientsPairedWith` from a table: the OAuth 2 client by OAuth 1.0 client. Several
 * OAuth 1.0 clients may be paired with one OAuth 2 client.
 *
 * @throws ConfigurationError when an identifier is not a string.
 * @example
 * ```ts
 * const hooks = { ...clientPairs({ 'printer-key': 'printer' }), ...others }
 * ```
 */
export function clientPairs(
  table: Readonly<Record<string, string>>,
): Pick<ExchangeHooks, 'pairedClient' | 'clientsPairedWith'> {
  const pairs = new Map(Object.entries(table))
  const clients = new Map<string, string[]>()
  for (const [clientId, oauth2ClientId] of pairs) {
    if (typeof oauth2ClientId !== 'string' || oauth2ClientId === '' || clientId === '')
      throw new ConfigurationError(
        'clientPairs takes the identifier of an OAuth 2 client for each OAuth 1.0 client.',
      )
    clients.set(oauth2ClientId, [...(clients.get(oauth2ClientId) ?? []), clientId])
  }
  return {
    pairedClient: (clientId) => pairs.get(clientId),
    clientsPairedWith: (oauth2ClientId) => clients.get(oauth2ClientId) ?? [],
  }
}

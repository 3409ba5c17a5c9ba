import { removeClient } from '../clients/clients.ts'
import { revokeTokens, type TokenServices } from './tokens.ts'

/**
 * Deletes a client with everything that belongs to it. Its tokens are first revoked through the server, so that no
 * cache keeps one alive.
 *
 * @returns How many tokens there were; undefined if there is no such client.
 */
export async function deleteClient(services: TokenServices, clientId: string): Promise<number | undefined> {
  const tokens = await revokeTokens(services, { clientId })
  return (await removeClient(services.db, clientId)) ? tokens : undefined
}

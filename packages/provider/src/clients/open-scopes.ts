import { ConfigurationError } from 'countersign'
import type { ProviderServer } from '../database/schema.ts'
import type { Scopes } from '../settings/scopes.ts'
import type { ClientSummary } from './clients.ts'

/** The scopes that a client may ask for: of those that exist the ones that its policy names. */
export function openScopes(
  server: Pick<ProviderServer, 'policyOf'>,
  { policy }: ClientSummary,
  scopes: Scopes,
): readonly string[] {
  const known = Object.keys(scopes)
  try {
    const { scopes: open } = server.policyOf({ policy })
    return open === 'any' ? known : known.filter((scope) => open.includes(scope))
  } catch (error) {
    // A client whose policy cannot be used is refused.
    if (error instanceof ConfigurationError) return []
    throw error
  }
}

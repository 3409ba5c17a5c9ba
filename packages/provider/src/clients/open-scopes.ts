import type { Policy } from 'countersign'
import type { ProviderServer } from '../database/schema.ts'
import type { Scopes } from '../settings/scopes.ts'
import { usablePolicy } from './client-policy.ts'
import type { ClientSummary } from './clients.ts'

/** The scopes that a client may request; none if its policy cannot be used, because the client is refused. */
export function openScopes(
  server: Pick<ProviderServer, 'policyOf'>,
  { policy }: ClientSummary,
  scopes: Scopes,
): readonly string[] {
  const usable = usablePolicy(server, policy)
  return usable === undefined ? [] : scopesOpenBy(usable, scopes)
}

/** The existing scopes that a policy names. */
export function scopesOpenBy({ scopes: open }: Pick<Policy, 'scopes'>, scopes: Scopes): readonly string[] {
  const known = Object.keys(scopes)
  return open === 'any' ? known : known.filter((scope) => open.includes(scope))
}

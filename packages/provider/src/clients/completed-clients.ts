import { standingFor } from 'countersign'
import type { ProviderClient, ProviderHooks } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import { type CommonPolicy, narrowedPolicy, readOwnerPolicy } from './owner-policy.ts'

/**
 * The hooks of the store, with clients completed by fields that the library does not read from their rows: the previous
 * secret while it is valid, and the owner's part of the policy. To be sealed and cached like any store.
 */
export function completedClients(hooks: ProviderHooks, common: CommonPolicy): ProviderHooks {
  const { queryClientAndToken, queryToken } = hooks
  const queryClient: typeof hooks.queryClient = async (clientId) =>
    completed(await hooks.queryClient(clientId), common)
  const both = async (clientId: string, oauthToken: string) => {
    const { client, token } = await queryClientAndToken(clientId, oauthToken)
    return { client: completed(client, common), token }
  }
  return {
    ...hooks,
    queryClient,
    queryClientAndToken: standingFor({ queryClient, queryToken }, both),
  } as ProviderHooks
}

function completed(client: ProviderClient | undefined, common: CommonPolicy): ProviderClient | undefined {
  if (client === undefined) return undefined
  // The library would pass a secret that it does not know to handlers.
  const { previous_secret: previous, previous_secret_until: until, owner_policy: owner, ...row } = client
  return {
    ...row,
    ...(previous !== null && Number(until) > nowSeconds() && { otherClientSecrets: [previous] }),
    ...(owner !== null &&
      isObject(row.policy) && {
        policy: narrowedPolicy(row.policy ?? {}, readOwnerPolicy(owner), common),
      }),
  } as unknown as ProviderClient
}

/** The library refuses a policy that cannot be read. */
function isObject(policy: unknown): boolean {
  return policy === undefined || policy === null || typeof policy === 'object'
}

import type { ProviderClient, ProviderHooks } from '../database/schema.ts'

/**
 * A client with its secret, only for its owner: clients of other users or of the operator are treated as if they did
 * not exist. The secret is for signing and checking; no page shows it.
 */
export async function ownClient(
  { queryClient }: Pick<ProviderHooks, 'queryClient'>,
  clientId: string,
  ownerId: number,
): Promise<ProviderClient | undefined> {
  const client = await queryClient(clientId)
  return client !== undefined && client.owner_id === ownerId ? client : undefined
}

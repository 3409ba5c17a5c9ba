import type { ProviderClient, ProviderHooks } from '../database/schema.ts'

/**
 * A client with its secret, for its owner alone: one of another user, or of the operator, is as unknown as one that does
 * not exist. The secret signs and checks; it is on no page.
 */
export async function ownClient(
  { queryClient }: Pick<ProviderHooks, 'queryClient'>,
  clientId: string,
  ownerId: number,
): Promise<ProviderClient | undefined> {
  const client = await queryClient(clientId)
  return client !== undefined && client.owner_id === ownerId ? client : undefined
}

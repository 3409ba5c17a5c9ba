import { type ClientPolicy, ConfigurationError, type Policy } from 'countersign'
import type { Database, ProviderServer } from '../database/schema.ts'
import { InputError } from '../input-error.ts'
import { inputFault } from '../input-fault.ts'

interface PolicyServices {
  readonly db: Database
  readonly server: Pick<ProviderServer, 'policyOf'>
}

/** A stored policy; undefined for text that is not one. */
export function readPolicy(stored: string | null | undefined): ClientPolicy | undefined {
  try {
    const policy: unknown = JSON.parse(stored || '{}')
    return typeof policy === 'object' && policy !== null && !Array.isArray(policy) ? policy : undefined
  } catch {
    return undefined
  }
}

/**
 * What a client may do: its own policy on top of the settings. @throws InputError when there is no such client, or its
 * policy cannot be used.
 */
export async function clientPolicy({ db, server }: PolicyServices, clientId: string): Promise<Policy> {
  const row = await db
    .selectFrom('oauth_client')
    .select('policy')
    .where('client_id', '=', clientId)
    .executeTakeFirst()
  if (row === undefined) throw inputFault('client', 'clientUnknown', { key: clientId })
  return checkedPolicy(server, readPolicy(row.policy))
}

/** @throws InputError when a policy cannot be used; the message says what to write. */
export function checkedPolicy(server: PolicyServices['server'], policy: ClientPolicy | undefined): Policy {
  if (policy === undefined) throw inputFault('policy', 'policyNotObject')
  try {
    return server.policyOf({ policy })
  } catch (error) {
    if (error instanceof ConfigurationError) throw inputFault('policy', 'policy', { reason: error.message })
    throw error
  }
}

/** The same; undefined for an unusable policy, whose client is refused. */
export function usablePolicy(
  server: PolicyServices['server'],
  policy: ClientPolicy | undefined,
): Policy | undefined {
  try {
    return checkedPolicy(server, policy)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** Reads from stored policies how long a token may go unused, each once; 0 for an unusable policy. */
export function idleSecondsOf(
  server: PolicyServices['server'],
): (stored: string | null | undefined) => number {
  const known = new Map<string, number>()
  return (stored) => {
    const text = stored ?? ''
    let idleSeconds = known.get(text)
    if (idleSeconds === undefined) {
      idleSeconds = usablePolicy(server, readPolicy(text))?.tokenIdleSeconds ?? 0
      known.set(text, idleSeconds)
    }
    return idleSeconds
  }
}

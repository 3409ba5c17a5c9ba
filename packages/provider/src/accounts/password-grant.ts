import { OAuth1Error, type PasswordCredentials, type User } from 'countersign'
import type { ProviderClient } from '../database/schema.ts'
import { currentRequest } from '../requests/request-context.ts'
import type { SignIns } from './sign-ins.ts'

/**
 * Checks a name and password that a client sends for a token (xAuth), as the sign-in page does and within the same
 * limits, which count for the network that the client's request comes from.
 */
export function passwordGrant(signIns: SignIns) {
  return async ({ username, password }: PasswordCredentials<ProviderClient>): Promise<User | undefined> => {
    const name = username.slice(0, 256)
    const request = currentRequest()
    const signIn = await signIns.check({ name, network: request?.network, device: undefined }, password)
    if (signIn.kind === 'user') return { id: signIn.id }
    if (signIn.kind === 'wrong' || signIn.kind === 'suspended') return undefined
    if (request) request.retryAfterSeconds = Math.ceil(signIn.seconds)
    throw new OAuth1Error(
      'too_many_requests',
      `Too many wrong passwords. Try again in ${Math.ceil(signIn.seconds)} seconds.`,
    )
  }
}

import type { Context } from 'hono'
import type { Services } from '../../services.ts'
import type { NetworkOf } from '../http/client-address.ts'
import type { CookieScope } from '../http/cookie-scope.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { knownDevice } from './device.ts'

/** The outcome of a password check. */
type Outcome =
  | { readonly kind: 'user' }
  /** In the visitor's language. */
  | { readonly kind: 'refused'; readonly message: string }

/**
 * Checks the password of a signed-in user, within the limits of the sign-in page: someone who finds an unattended
 * browser must not try out passwords in it.
 */
export function passwordCheck(
  { db, signIns }: Pick<Services, 'db' | 'signIns'>,
  cookie: CookieScope,
  networkOf: NetworkOf,
): (c: Context<WebEnv>, password: unknown) => Promise<Outcome> {
  return async (c, password) => {
    const { id, name } = userOf(c)
    const { account, ownAccount } = c.get('texts')
    const device = await knownDevice(c, db, name, cookie)
    const given = typeof password === 'string' ? password : ''
    const outcome = await signIns.check({ name, network: networkOf(c), device }, given)
    if (outcome.kind === 'wait') {
      c.header('retry-after', String(outcome.seconds))
      const minutes = Math.ceil(outcome.seconds / 60)
      return { kind: 'refused', message: account.tooManyTries({ minutes }) }
    }
    return outcome.kind === 'user' && outcome.id === id
      ? { kind: 'user' }
      : { kind: 'refused', message: ownAccount.wrongPassword() }
  }
}

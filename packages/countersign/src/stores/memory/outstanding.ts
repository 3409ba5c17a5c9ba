import { OAuth1Error } from '../../errors.ts'
import type { Hooks } from '../../server/hooks.ts'
import type { TemporaryCredential } from '../../server/models.ts'
import { systemClock } from '../shared/clock.ts'

type Wrapped = Pick<Hooks, 'createTemporaryCredential' | 'consumeTemporaryCredential'>

/**
 * The same hooks, with a limit on each client's outstanding temporary credentials, so that one client cannot fill the
 * memory that all share.
 */
export function limitedPerClient<H extends Wrapped>(
  hooks: H,
  most: number,
  now: () => number = systemClock,
): H {
  /** Each client's credentials that are neither spent nor expired, in order of creation. */
  const outstanding = new Map<string, Map<string, number>>()
  const owners = new Map<string, string>()

  const remove = (clientId: string, oauthToken: string) => {
    const own = outstanding.get(clientId)
    own?.delete(oauthToken)
    if (own?.size === 0) outstanding.delete(clientId)
    owners.delete(oauthToken)
  }
  const room = (clientId: string) => {
    const own = outstanding.get(clientId) ?? new Map<string, number>()
    for (const [oauthToken, expiresAt] of own) {
      if (expiresAt > now()) break
      remove(clientId, oauthToken)
    }
    if (own.size < most) return
    throw new OAuth1Error(
      'too_many_requests',
      `This client has ${most} temporary credentials that are neither used nor expired; finish or await some of them.`,
    )
  }
  return {
    ...hooks,
    async createTemporaryCredential(credential: TemporaryCredential) {
      const { clientId, oauthToken, expiresAt } = credential
      room(clientId)
      const own = outstanding.get(clientId) ?? new Map<string, number>()
      outstanding.set(clientId, own.set(oauthToken, expiresAt))
      owners.set(oauthToken, clientId)
      try {
        await hooks.createTemporaryCredential(credential)
      } catch (error) {
        remove(clientId, oauthToken)
        throw error
      }
    },
    consumeTemporaryCredential(oauthToken: string) {
      // Whether this call spends it, or it was already spent or has expired: it is no longer outstanding.
      const clientId = owners.get(oauthToken)
      if (clientId !== undefined) remove(clientId, oauthToken)
      return hooks.consumeTemporaryCredential(oauthToken)
    },
  }
}

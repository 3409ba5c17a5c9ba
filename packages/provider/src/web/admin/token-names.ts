import type { Context } from 'hono'
import { seal, sealingKey, unseal } from '../../accounts/sealed-text.ts'
import type { TokenNames } from '../../tokens/administered-tokens.ts'
import type { WebEnv } from '../http/session.ts'

/** Names that only this administrator's session can resolve, in any process. */
export function tokenNames(c: Context<WebEnv>): TokenNames {
  const key = sealingKey(`tokens in the session ${c.get('session').token}`)
  return {
    nameOf: (oauthToken) => seal(key, oauthToken),
    tokenOf(name) {
      try {
        return unseal(key, name)
      } catch {
        return undefined
      }
    },
  }
}

import { systemClock } from '../shared/clock.ts'
import { isStorable, withoutNull } from '../shared/column-text.ts'
import { discreet } from '../shared/redacted-errors.ts'
import type { TemporaryCredentialHooks } from '../shared/store-hooks.ts'
import type { PrismaTemporaryCredentials } from './delegates.ts'

/** Seconds since 1970. Default: the system's clock. */
export interface PrismaClock {
  readonly now?: () => number
}

/** The four hooks of temporary credentials. */
export function temporaryCredentialHooks(
  credentials: PrismaTemporaryCredentials,
  { now = systemClock }: PrismaClock = {},
): TemporaryCredentialHooks {
  const alive = (oauthToken: string) => ({ oauthToken, expiresAt: { gt: Math.floor(now()) } })
  return {
    async createTemporaryCredential(credential) {
      const { clientId, oauthToken, oauthTokenSecret, oauthCallback, expiresAt, scope } = credential
      const row = { clientId, oauthToken, oauthTokenSecret, oauthCallback, expiresAt }
      const data = [{ ...row, ...withoutNull({ scope }) }]
      await discreet(credentials.createMany({ data }))
    },
    async getTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return undefined
      const row = await credentials.findFirst({ where: alive(oauthToken) })
      return row?.oauthToken === oauthToken ? { ...row, expiresAt: Number(row.expiresAt) } : undefined
    },
    // The database decides who is first: by one UPDATE that finds the credential unbound, or one DELETE that finds it.
    async createAuthorizationVerifier(oauthToken, { userId, oauthVerifier, scope }) {
      if (!isStorable(oauthToken)) return false
      const where = { ...alive(oauthToken), oauthVerifier: null }
      const approval = credentials.updateMany({
        where,
        data: { userId, oauthVerifier, ...withoutNull({ scope }) },
      })
      return (await discreet(approval)).count === 1
    },
    async consumeTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return false
      return (await credentials.deleteMany({ where: alive(oauthToken) })).count === 1
    },
  }
}

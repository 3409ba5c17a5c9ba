import type {
  DataSource,
  DeleteQueryBuilder,
  EntityTarget,
  ObjectLiteral,
  QueryDeepPartialEntity,
} from 'typeorm'
import type { TemporaryCredential } from '../../server/models.ts'
import { systemClock } from '../shared/clock.ts'
import { isStorable, withoutNull } from '../shared/column-text.ts'
import { discreet } from '../shared/redacted-errors.ts'
import type { TemporaryCredentialHooks } from '../shared/store-hooks.ts'
import { insertQuery } from './rows.ts'

/** By which clock credentials expire. */
export interface TypeormHookOptions {
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

const alive = 'oauthToken = :oauthToken and expiresAt > :now'
const aliveAt = (now: () => number, oauthToken: string) => ({ oauthToken, now: Math.floor(now()) })

/** The four hooks of temporary credentials. */
export function temporaryCredentialHooks(
  dataSource: Pick<DataSource, 'manager'>,
  temporaryCredential: EntityTarget<TemporaryCredential>,
  { now = systemClock }: TypeormHookOptions = {},
): TemporaryCredentialHooks {
  return {
    async createTemporaryCredential(credential) {
      const { clientId, oauthToken, oauthTokenSecret, oauthCallback, expiresAt, scope } = credential
      const row = {
        clientId,
        oauthToken,
        oauthTokenSecret,
        oauthCallback,
        expiresAt,
        ...withoutNull({ scope }),
      }
      await discreet(insertQuery(dataSource, temporaryCredential, row).execute())
    },
    async getTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return undefined
      const [row] = await dataSource.manager.findBy<ObjectLiteral>(temporaryCredential, { oauthToken })
      const credential = row as TemporaryCredential | undefined
      return credential?.oauthToken === oauthToken && credential.expiresAt > now() ? credential : undefined
    },
    // The database decides who is first: by one UPDATE that finds the credential unbound, or one DELETE that finds it.
    async createAuthorizationVerifier(oauthToken, grant) {
      if (!isStorable(oauthToken)) return false
      const { userId, oauthVerifier, scope } = grant
      const approval = dataSource.manager
        .createQueryBuilder()
        .update(temporaryCredential)
        .set({
          userId,
          oauthVerifier,
          ...withoutNull({ scope }),
        } as QueryDeepPartialEntity<TemporaryCredential>)
        .where(`${alive} and oauthVerifier is null`, aliveAt(now, oauthToken))
      return (await discreet(approval.execute())).affected === 1
    },
    async consumeTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return false
      const spent = await spendQuery(dataSource, temporaryCredential, oauthToken, now).execute()
      return spent.affected === 1
    },
  }
}

/** The DELETE that spends a temporary credential: how many rows it affects says whether this caller did. */
export function spendQuery(
  dataSource: Pick<DataSource, 'manager'>,
  temporaryCredential: EntityTarget<TemporaryCredential>,
  oauthToken: string,
  now: () => number,
): DeleteQueryBuilder<ObjectLiteral> {
  return dataSource.manager
    .createQueryBuilder()
    .delete()
    .from<ObjectLiteral>(temporaryCredential)
    .where(alive, aliveAt(now, oauthToken))
}

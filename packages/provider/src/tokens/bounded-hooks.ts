import type { Hooks, TemporaryCredential } from 'countersign'
import type { Database } from '../database/schema.ts'
import { OverloadError } from '../limits/overload-error.ts'
import { nowSeconds } from '../random.ts'

/** The most temporary credentials of one client that wait for a decision or an exchange. */
const maxOutstanding = 5_000

/** The hooks with a bound on the rows that a client can create: it requests temporary credentials without any user. */
export function boundedHooks<H extends Pick<Hooks, 'createTemporaryCredential'>>(db: Database, hooks: H): H {
  return {
    ...hooks,
    async createTemporaryCredential(credential: TemporaryCredential) {
      const { clientId } = credential
      if (await isFull(db, clientId)) {
        throw new OverloadError(`The client ${clientId} has ${maxOutstanding} temporary credentials.`, 60)
      }
      return hooks.createTemporaryCredential(credential)
    },
  }
}

async function isFull(db: Database, clientId: string): Promise<boolean> {
  const beyond = await db
    .selectFrom('oauth_temporary_credential')
    .select('client_id')
    .where('client_id', '=', clientId)
    .where('expires_at', '>', nowSeconds())
    .limit(1)
    .offset(maxOutstanding - 1)
    .executeTakeFirst()
  return beyond !== undefined
}

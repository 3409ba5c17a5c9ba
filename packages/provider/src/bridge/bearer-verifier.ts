import type { Hooks } from 'countersign'
import type { VerifyBearer } from 'countersign/bridge'
import type { Logger } from 'pino'
import type { Database, ProviderClient } from '../database/schema.ts'
import { type UserStanding, userStanding } from '../database/user-row.ts'
import { currentRequest, noteInactive } from '../requests/request-context.ts'
import { type AccessTokenReader, noteRefusal } from './access-tokens.ts'
import { clientsPairedWith } from './pairs.ts'

/** What the verification of Bearer tokens needs. */
export interface BearerParts {
  readonly db: Database
  /** The same hooks that the servers use: a suspended client does not exist there. */
  readonly hooks: Pick<Hooks<ProviderClient>, 'queryClient'>
  readonly tokens: AccessTokenReader
  readonly log: Logger
}

/**
 * The hook of a `BearerProtector` over a provider's database. A token stands for the client that its OAuth 2 client is
 * paired with here, and for the user whose number is its subject. Suspended clients and users get no access.
 */
export function bearerVerifier({ db, hooks, tokens, log }: BearerParts): VerifyBearer<ProviderClient> {
  return async (token) => {
    const found = await tokens.read(token)
    if (found === undefined) return undefined
    const { oauth2ClientId, subject, scope, expiresAt } = found
    const client = await activeClient({ db, hooks }, oauth2ClientId)
    if (client === undefined) {
      noteRefusal(log, 'its client is not paired, or not active', oauth2ClientId)
      return undefined
    }
    const identity = { clientId: client.clientId, client, oauth2ClientId, scope, expiresAt }
    if (subject === undefined) return identity
    const userId = userIdOf(subject)
    const standing = userId === undefined ? 'unknown' : await userStanding(db, userId)
    if (userId !== undefined && standing === 'active') return { ...identity, userId }
    if (standing === 'suspended') noteInactive(client.clientId, 'user-suspended')
    noteRefusal(log, `its user is ${standing satisfies UserStanding}`, oauth2ClientId)
    return undefined
  }
}

/** The first paired client that is not suspended. */
async function activeClient(
  { db, hooks }: Pick<BearerParts, 'db' | 'hooks'>,
  oauth2ClientId: string,
): Promise<ProviderClient | undefined> {
  for (const clientId of await clientsPairedWith(db, oauth2ClientId)) {
    const client = await hooks.queryClient(clientId)
    if (client === undefined) continue
    const request = currentRequest()
    // The suspended client is another one of the pair.
    if (request !== undefined) request.inactive = undefined
    return client
  }
  return undefined
}

/** Users are numbered from 1, in 32 bits; no user has any other subject. */
function userIdOf(subject: string): number | undefined {
  const id = /^[1-9]\d{0,9}$/.test(subject) ? Number(subject) : Number.NaN
  return id < 2 ** 31 ? id : undefined
}

import { constantTimeEqual } from '../crypto/compare.ts'
import { sha256Base64Url } from '../crypto/digest.ts'
import { dummySecret } from '../server/dummy-credential.ts'
import { type EventListener, reportFault } from '../server/events.ts'
import type { Hooks } from '../server/hooks.ts'
import { type Found, findToken } from '../server/lookup.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type { ResourceProtector } from '../server/resource-protector.ts'
import { tokenFault } from '../server/token-life.ts'
import type { ExchangeRefusal } from './exchange-error.ts'
import type { SubjectToken } from './token-request.ts'

/** Whose tokens are issued. */
export interface Subject<C, T> {
  readonly client: C
  readonly credential: T
}

/** The subject of a presented token, or the reason why it has none. */
export type Finding<C, T> =
  | { readonly subject: Subject<C, T>; readonly refusal?: undefined }
  | { readonly subject: Subject<C, T> | undefined; readonly refusal: ExchangeRefusal }

/** The input of a token look-up. */
export interface Lookup<C extends Client, T extends TokenCredential> {
  readonly hooks: Pick<Hooks<C, T>, 'queryClient' | 'queryToken' | 'queryClientAndToken'>
  readonly protector: Pick<ResourceProtector<C, T>, 'policyOf'>
  readonly on: EventListener | undefined
  readonly now: () => number
}

/**
 * The subject of a token and its secret, presented by one of several clients. Everything is looked up, hashed and
 * compared in any case, so that the time does not reveal what was wrong.
 */
export async function findSubject<C extends Client, T extends TokenCredential>(
  clientIds: readonly string[],
  { oauthToken, oauthTokenSecret }: SubjectToken,
  lookup: Lookup<C, T>,
): Promise<Finding<C, T>> {
  // No client has an empty identifier: an unpaired client costs the same look-up.
  const ids = clientIds.length === 0 ? [''] : clientIds
  const all = await Promise.all(
    ids.map(async (clientId) => findToken(lookup.hooks, clientId, oauthToken, lookup.on)),
  )
  const { client, token } = all.find(isWhole) ?? { client: undefined, token: undefined }
  const isSame = isSameSecret(oauthTokenSecret, token?.oauthTokenSecret)
  const hasEnded = isOver(client, token, lookup)
  if (clientIds.length === 0) return { subject: undefined, refusal: 'client_not_paired' }
  if (client === undefined || token === undefined) return { subject: undefined, refusal: 'unknown_token' }
  const subject = { client, credential: token }
  if (!isSame) return { subject, refusal: 'wrong_secret' }
  if (hasEnded) return { subject, refusal: 'token_ended' }
  return { subject }
}

function isWhole({ client, token }: Found<unknown, unknown>): boolean {
  return client !== undefined && token !== undefined
}

/** Hashed to one length, so that the comparison does not reveal the length of the secret. */
function isSameSecret(given: string, stored: unknown): boolean {
  const known = typeof stored === 'string' && stored !== ''
  const isEqual = constantTimeEqual(
    sha256Base64Url(given),
    sha256Base64Url(known ? (stored as string) : dummySecret()),
  )
  return isEqual && known
}

function isOver<C extends Client, T extends TokenCredential>(
  client: C | undefined,
  token: T | undefined,
  { protector, on, now }: Lookup<C, T>,
): boolean {
  try {
    return tokenFault(token ?? {}, protector.policyOf(client ?? {}), now) !== undefined
  } catch (error) {
    // Its stored policy is invalid: such a client is refused everywhere.
    reportFault(on, client?.clientId ?? '', error as Error)
    return true
  }
}

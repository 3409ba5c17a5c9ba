import { ConfigurationError } from '../errors.ts'
import type { Client, TokenCredential } from './models.ts'
import { anObject, shown } from './option-kinds.ts'
import type { ResolvedOptions } from './options.ts'
import type { Policy } from './policy.ts'
import { withoutSecrets } from './without-secrets.ts'

type Pairs = Readonly<Record<string, string>>

/** The body of the response with a token (§2.3). */
export function tokenPairs(
  { oauthToken, oauthTokenSecret, scope, expiresAt }: TokenCredential,
  { realmScope }: Pick<Policy, 'realmScope'>,
  extra: Pairs,
  now: () => number,
): Pairs {
  return {
    oauth_token: oauthToken,
    oauth_token_secret: oauthTokenSecret,
    ...(scope && { scope }),
    ...(scope && realmScope && { oauth_authorized_realms: scope }),
    ...(expiresAt && { oauth_expires_in: String(Math.max(0, Math.floor(expiresAt - now()))) }),
    ...extra,
  }
}

/**
 * The application's additions to it, obtained before anything is issued.
 *
 * @throws ConfigurationError for one of the protocol's names, or a value that is not a string.
 */
export async function extraPairs(
  client: Client,
  { userId, scope }: Pick<TokenCredential, 'userId' | 'scope'>,
  { tokenParameters }: Pick<ResolvedOptions, 'tokenParameters'>,
): Promise<Pairs> {
  if (tokenParameters === undefined) return {}
  const subject = { client: withoutSecrets(client), userId: userId ?? undefined, scope: scope || undefined }
  const pairs: unknown = await tokenParameters(subject)
  if (!anObject.holds(pairs))
    throw new ConfigurationError(`tokenParameters must return an object of texts; it is ${shown(pairs)}.`)
  for (const [name, value] of Object.entries(pairs as Pairs)) {
    if (name.startsWith('oauth_') || name === 'scope')
      throw new ConfigurationError(`tokenParameters returned ${name}, a name of the protocol's own.`)
    if (typeof value !== 'string')
      throw new ConfigurationError(`tokenParameters: ${name} must be a text; it is ${shown(value)}.`)
  }
  return pairs as Pairs
}

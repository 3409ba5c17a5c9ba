import { ConfigurationError } from '../errors.ts'
import { emit } from './events.ts'
import type { Hooks, TokenFilter } from './hooks.ts'
import type { Client, TokenCredential, UserId } from './models.ts'
import {
  anything,
  aText,
  aUserId,
  checkOptions,
  type Kind,
  type Kinds,
  scopes,
  wholeNumber,
} from './option-kinds.ts'
import type { GeneratedCredential, ResolvedOptions } from './options.ts'
import { generateCredential } from './token-generator.ts'

/** Parameters of a token that an operator issues. */
export interface TokenRequest {
  readonly clientId: string
  readonly userId?: UserId | undefined
  /** Space-separated. */
  readonly scope?: string | undefined
  /** Seconds since 1970, exclusive. Default: never, whatever the policy says about tokens from the flow. */
  readonly expiresAt?: number | undefined
  /** An existing token from elsewhere, with its secret. Default: a new one. */
  readonly credential?: GeneratedCredential | undefined
}

const aCredential: Kind = {
  must: 'an object with the texts oauthToken and oauthTokenSecret',
  holds: (value) => {
    const { oauthToken, oauthTokenSecret } = (value ?? {}) as Partial<Record<string, unknown>>
    return [oauthToken, oauthTokenSecret].every((text) => typeof text === 'string' && text !== '')
  },
}

const requestKinds: Kinds<TokenRequest> = {
  clientId: aText,
  userId: aUserId,
  scope: scopes,
  expiresAt: wholeNumber(0),
  credential: aCredential,
}
/** The store compares the values: a null, which JavaScript may pass, matches no token. */
const filterKinds: Kinds<TokenFilter> = { clientId: anything, userId: anything }

/** A token without the flow. */
export async function issueToken<C extends Client, T extends TokenCredential>(
  token: TokenRequest,
  hooks: Pick<Hooks<C, T>, 'createTokenCredential'>,
  options: ResolvedOptions,
): Promise<T> {
  checkOptions('issueToken', token, requestKinds)
  const { clientId, userId, scope, expiresAt } = token
  const { oauthToken, oauthTokenSecret } = token.credential ?? (await generateCredential(options))
  const created = await hooks.createTokenCredential({
    oauthToken,
    oauthTokenSecret,
    clientId,
    ...(userId === undefined ? {} : { userId }),
    ...(scope ? { scope } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  })
  emit(options.on, { type: 'issued', credential: 'token', clientId, userId, scope })
  return created
}

/** A field that is unknown or undefined would be ignored, and the filter would match everyone's tokens. */
export function checkTokenFilter(filter: TokenFilter): void {
  checkOptions('listTokens', filter, filterKinds)
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined) continue
    throw new ConfigurationError(
      `listTokens: ${name} is undefined, which would match the tokens of all. Leave it out if that is meant.`,
    )
  }
}

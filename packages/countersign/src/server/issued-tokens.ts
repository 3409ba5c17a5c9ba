import { emit } from './events.ts'
import type { Hooks, TokenFilter } from './hooks.ts'
import type { Client, TokenCredential, UserId } from './models.ts'
import { anything, aText, aUserId, checkOptions, type Kinds, scopes } from './option-kinds.ts'
import type { ResolvedOptions } from './options.ts'
import { generateCredential } from './token-generator.ts'

/** Whose token an operator issues. */
export interface TokenRequest {
  readonly clientId: string
  readonly userId?: UserId | undefined
  /** Space-separated. */
  readonly scope?: string | undefined
}

const requestKinds: Kinds<TokenRequest> = { clientId: aText, userId: aUserId, scope: scopes }
/** Values are the store's to compare: a null, which JavaScript may pass, matches no token. */
const filterKinds: Kinds<TokenFilter> = { clientId: anything, userId: anything }

/** A token without the flow. */
export async function issueToken<C extends Client, T extends TokenCredential>(
  token: TokenRequest,
  hooks: Pick<Hooks<C, T>, 'createTokenCredential'>,
  options: ResolvedOptions,
): Promise<T> {
  checkOptions('issueToken', token, requestKinds)
  const { clientId, userId, scope } = token
  const issued = await generateCredential(options)
  const created = await hooks.createTokenCredential({
    ...issued,
    clientId,
    ...(userId === undefined ? {} : { userId }),
    ...(scope ? { scope } : {}),
  })
  emit(options.on, { type: 'issued', credential: 'token', clientId, userId, scope })
  return created
}

/** A field that does not exist would be ignored, and the filter be one for everyone's tokens. */
export function checkTokenFilter(filter: TokenFilter): void {
  checkOptions('listTokens', filter, filterKinds)
}

import type { HttpResponse } from '../protocol/http.ts'
import { emit } from './events.ts'
import type { Hooks } from './hooks.ts'
import type { Client, TemporaryCredential, TokenCredential } from './models.ts'
import type { ResolvedOptions } from './options.ts'
import type { Policy } from './policy.ts'
import { earlierTokens, reusableToken, revokeAll } from './repeated-approval.ts'
import { credentialsResponse } from './responses.ts'
import { generateCredential } from './token-generator.ts'
import { tokenLife } from './token-life.ts'
import { extraPairs, tokenPairs } from './token-pairs.ts'

/** Whose token it is, and for what. */
export type TokenGrant = Pick<TemporaryCredential, 'clientId' | 'userId' | 'scope'>

/** A token that the client may receive once it is stored, and what goes with it. */
export interface PreparedToken {
  readonly token: TokenCredential
  /** The client already has it, so there is nothing to store. */
  readonly isReused: boolean
  readonly extra: Readonly<Record<string, string>>
  /** The tokens that it replaces. */
  readonly replaced: readonly TokenCredential[]
}

/** Everything that can fail happens here, before anything is spent or stored. */
export async function prepareToken<C extends Client, T extends TokenCredential>(
  client: C,
  { clientId, userId, scope }: TokenGrant,
  policy: Policy,
  hooks: Hooks<C, T>,
  options: ResolvedOptions,
): Promise<PreparedToken> {
  const grant = { clientId, userId, ...(scope ? { scope } : {}) }
  const extra = await extraPairs(client, grant, options)
  const earlier = await earlierTokens(grant, policy, hooks)
  const reused = await reusableToken(grant, earlier, policy, hooks, options)
  if (reused !== undefined) return { token: reused, isReused: true, extra, replaced: [] }
  const token = { ...(await generateCredential(options)), ...grant, ...tokenLife(policy, options.now) }
  const replaced = policy.repeatedApproval === 'replace' ? earlier : []
  return { token, isReused: false, extra, replaced }
}

/** §2.3: the token is stored, so the client gets it, and the tokens that it replaces are revoked. */
export async function giveToken(
  { token, extra, replaced }: PreparedToken,
  policy: Policy,
  hooks: Pick<Hooks, 'revokeToken'>,
  { on, now }: Pick<ResolvedOptions, 'on' | 'now'>,
): Promise<HttpResponse> {
  const { clientId, userId, scope } = token
  emit(on, { type: 'issued', credential: 'token', clientId, userId, ...(scope && { scope }) })
  await revokeAll(replaced, hooks, on)
  return credentialsResponse(tokenPairs(token, policy, extra, now))
}

import { randomToken } from '../crypto/random.ts'
import { StoreError } from '../errors.ts'
import type { TokenGrantHooks, TokenGrants } from '../server/token-grants.ts'
import { ExchangeError } from './exchange-error.ts'
import type { ExchangeHooks, IssuedTokens } from './hooks.ts'

/** Which OAuth 1.0 token is exchanged. */
interface Key {
  readonly clientId: string
  readonly oauthToken: string
}

type State = Pick<TokenGrants, 'current' | 'pending' | 'outdated'>
type RecordingHooks = Required<Pick<TokenGrantHooks, 'queryTokenGrants' | 'writeTokenGrants'>> &
  Required<Pick<ExchangeHooks, 'revokeTokens'>>

/**
 * Issues tokens as the only valid ones for this OAuth 1.0 token, whatever runs at the same time, and even if the
 * process dies midway.
 *
 * A grant is recorded as pending before its tokens are issued, so that the next exchange knows the tokens of one that
 * died. Then it becomes the current grant in one atomic step, which marks all others as outdated, including pending
 * ones, whose exchanges then find that they have lost. Only outdated grants are revoked, and they stay recorded until
 * they are.
 *
 * @throws ExchangeError `temporarily_unavailable` if another exchange of the token came first.
 * @throws StoreError if a hook failed. A later exchange revokes the tokens that this one left.
 */
export async function issueAlone(
  key: Key,
  hooks: RecordingHooks,
  issue: (grantId: string) => Promise<IssuedTokens>,
): Promise<IssuedTokens> {
  const noted = newGrantId()
  await note(key, hooks, noted)
  const issued = await issue(noted)
  const grantId = checkGrantId(issued.grantId ?? noted)
  const adopted = await adopt(key, hooks, noted, grantId)
  if (adopted === undefined) {
    // Recorded again first: the other exchange may have revoked the grant before it had tokens.
    await change(key, hooks, (state) => ({ ...state, outdated: [...state.outdated, grantId] }))
    await revokeOutdated(key, hooks, [grantId])
    throw overtaken()
  }
  await revokeOutdated(key, hooks, adopted.outdated)
  return issued
}

export function newGrantId(): string {
  return randomToken(32)
}

/** The most grants recorded for one token. There are more only if nothing can be issued or revoked for a long time. */
const mostNoted = 100

/** @throws StoreError if too many grants wait to be revoked, and still cannot be. */
async function note(key: Key, hooks: RecordingHooks, grantId: string): Promise<void> {
  const state = await change(key, hooks, ({ current, pending, outdated }) =>
    pending.length + outdated.length < mostNoted
      ? { current, pending: [...pending, grantId], outdated }
      : { current, pending: [], outdated: [...outdated, ...pending] },
  )
  if (state === undefined || state.pending.includes(grantId)) return
  await revokeOutdated(key, hooks, state.outdated)
  await note(key, hooks, grantId)
}

/**
 * Makes the grant the current one. If a hook refuses that because the token has been revoked, no client will receive
 * these tokens: they end at once.
 */
async function adopt(
  key: Key,
  hooks: RecordingHooks,
  noted: string,
  grantId: string,
): Promise<State | undefined> {
  try {
    return await change(key, hooks, (state) => withCurrent(state, noted, grantId))
  } catch (error) {
    if (error instanceof ExchangeError) await Promise.allSettled([hooks.revokeTokens(grantId)])
    throw error
  }
}

/** Undefined if the grant is no longer pending: another exchange came first. */
function withCurrent(
  { current, pending, outdated }: State,
  noted: string,
  grantId: string,
): State | undefined {
  if (!pending.includes(noted)) return undefined
  const others = [...outdated, ...pending, ...(current === undefined ? [] : [current])]
  return { current: grantId, pending: [], outdated: others.filter((id) => id !== noted && id !== grantId) }
}

/** Each is tried even if another fails, and those that were revoked are taken off the list in any case. */
async function revokeOutdated(key: Key, hooks: RecordingHooks, outdated: readonly string[]): Promise<void> {
  if (outdated.length === 0) return
  const outcomes = await Promise.allSettled(outdated.map((grantId) => hooks.revokeTokens(grantId)))
  const revoked = outdated.filter((_, index) => outcomes[index]?.status === 'fulfilled')
  await change(key, hooks, (state) => ({
    ...state,
    outdated: state.outdated.filter((grantId) => !revoked.includes(grantId)),
  }))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

/** How many other exchanges of one token may get in between. */
const mostTries = 500

/** Reads, changes and writes until no other write gets in between. */
async function change(
  key: Key,
  hooks: RecordingHooks,
  next: (state: State) => State | undefined,
): Promise<State | undefined> {
  const { clientId, oauthToken } = key
  for (let count = 0; count < mostTries; count++) {
    const stored = await hooks.queryTokenGrants(clientId, oauthToken)
    const state = next(stored ?? { current: undefined, pending: [], outdated: [] })
    if (state === undefined) return undefined
    const version = (stored?.version ?? 0) + 1
    const { current, pending, outdated } = state
    const isWritten = await hooks.writeTokenGrants({
      clientId,
      oauthToken,
      current,
      pending,
      outdated,
      version,
    })
    if (isWritten) return state
  }
  throw overtaken()
}

function overtaken(): ExchangeError {
  return new ExchangeError(
    'temporarily_unavailable',
    'Another exchange of this token took place at the same time. Try again.',
  )
}

/** It is stored among others in one column, separated by spaces. */
function checkGrantId(grantId: unknown): string {
  if (typeof grantId === 'string' && /^[\x21-\x7e]{1,255}$/.test(grantId)) return grantId
  throw new StoreError('The issueTokens hook returned a grantId that is no printable ASCII without spaces.')
}

import type { Grant, Hooks, NonceRecord, TokenCredential } from 'countersign'

/** One hook, called many times at once with one aim. */
export type Race =
  | { readonly hook: 'recordNonce'; readonly record: NonceRecord }
  | { readonly hook: 'createAuthorizationVerifier'; readonly oauthToken: string }
  | { readonly hook: 'consumeTemporaryCredential'; readonly oauthToken: string }
  /** Each call has a token of its own: this one's name, a colon and the name of the call. */
  | {
      readonly hook: 'exchangeTemporaryCredential'
      readonly oauthToken: string
      readonly credential: TokenCredential
    }
  | { readonly hook: 'revokeToken'; readonly clientId: string; readonly oauthToken: string }

/** What came of it: who won (an approval is known by its verifier), and every error. */
export interface RaceResult {
  readonly winners: readonly string[]
  readonly errors: readonly string[]
}

/** Starts `calls` calls before the first can end. @param runner - Tells this process's calls from another's. */
export async function runRace(
  hooks: Partial<Hooks>,
  race: Race,
  calls: number,
  runner: string,
): Promise<RaceResult> {
  const winners: string[] = []
  const errors: string[] = []
  const run = async (index: number) => {
    const name = `${runner}-${index}`
    const won = await call(hooks as Hooks, race, { userId: index, oauthVerifier: name, scope: name })
    if (won === true) winners.push(name)
    else if (won !== false) errors.push(`${race.hook} returned ${String(won)}, which is not a boolean`)
  }
  const outcomes = await Promise.allSettled(Array.from({ length: calls }, (_, index) => run(index)))
  for (const outcome of outcomes) if (outcome.status === 'rejected') errors.push(String(outcome.reason))
  return { winners, errors }
}

function call(hooks: Hooks, race: Race, grant: Grant) {
  switch (race.hook) {
    case 'recordNonce':
      return hooks.recordNonce(race.record)
    case 'createAuthorizationVerifier':
      return hooks.createAuthorizationVerifier(race.oauthToken, grant)
    case 'consumeTemporaryCredential':
      return hooks.consumeTemporaryCredential(race.oauthToken)
    case 'revokeToken':
      return hooks.revokeToken(race.clientId, race.oauthToken)
    case 'exchangeTemporaryCredential':
      return exchange(hooks, race, grant.oauthVerifier)
  }
}

async function exchange(
  hooks: Hooks,
  { oauthToken, credential }: Race & { hook: 'exchangeTemporaryCredential' },
  name: string,
) {
  const token = { ...credential, oauthToken: `${credential.oauthToken}:${name}` }
  const created = await hooks.exchangeTemporaryCredential?.(oauthToken, token)
  if (created === undefined) return false
  return created.oauthToken === token.oauthToken || created
}

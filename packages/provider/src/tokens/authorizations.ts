import { scopeList } from '../settings/scopes.ts'
import { listTokens, type TokenServices, type TokenSummary } from './tokens.ts'

/** An application that may act for a user, however many tokens it has. */
export interface Authorization {
  readonly clientId: string
  readonly clientName: string
  /** The combined scopes of its tokens. */
  readonly scopes: readonly string[]
  /** When the first of its tokens was issued, in seconds since 1970. */
  readonly since: number
  /** When the last of them expires; null if one never does. */
  readonly expiresAt: number | null
  /** Null if that is not recorded. */
  readonly lastUsedAt: number | null
  /** None of them is accepted until the application renews it. */
  readonly isIdle: boolean
}

/** The user's applications, by name. */
export async function listAuthorizations(
  services: Pick<TokenServices, 'db' | 'server'>,
  userId: number,
): Promise<Authorization[]> {
  const byClient = new Map<string, TokenSummary[]>()
  for (const token of await listTokens(services, { userId })) {
    const known = byClient.get(token.clientId)
    if (known === undefined) byClient.set(token.clientId, [token])
    else known.push(token)
  }
  return [...byClient.values()]
    .map(authorizationOf)
    .sort((left, right) => left.clientName.localeCompare(right.clientName, 'en'))
}

function authorizationOf(tokens: readonly TokenSummary[]): Authorization {
  const { clientId, clientName, createdAt } = tokens[0] as TokenSummary
  const ends = tokens.map(({ expiresAt }) => expiresAt).filter((end) => end !== null)
  const uses = tokens.map(({ lastUsedAt }) => lastUsedAt).filter((use) => use !== null)
  return {
    clientId,
    clientName,
    scopes: [...new Set(tokens.flatMap(({ scope }) => scopeList(scope)))],
    since: createdAt,
    expiresAt: ends.length === tokens.length ? latest(ends) : null,
    lastUsedAt: latest(uses),
    isIdle: tokens.every(({ isIdle }) => isIdle),
  }
}

/** Not `Math.max`, whose arguments must fit on the stack. */
function latest(times: readonly number[]): number | null {
  return times.reduce<number | null>((last, time) => (last === null || time > last ? time : last), null)
}

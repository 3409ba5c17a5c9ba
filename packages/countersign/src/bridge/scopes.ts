import { ConfigurationError } from '../errors.ts'
import type { TokenCredential } from '../server/models.ts'
import { scopesOf } from '../server/scopes.ts'
import { ExchangeError } from './exchange-error.ts'

/** Which OAuth 2 scopes stand for each OAuth 1.0 scope. The empty name stands for tokens that have no scope. */
export type ScopeTable = Readonly<Record<string, readonly string[]>>

/**
 * Makes the hook `scopesFor` from a table. A scope that is not in the table grants nothing.
 *
 * @param table - OAuth 2 scopes by OAuth 1.0 scope.
 * @param always - Scopes to grant with every token that is granted anything, such as `offline_access`.
 * @example
 * ```ts
 * const scopesFor = scopeTable({ read: ['photos.read'], write: ['photos.read', 'photos.write'] }, ['offline_access'])
 * ```
 */
export function scopeTable(
  table: ScopeTable,
  always: readonly string[] = [],
): (credential: Pick<TokenCredential, 'scope'>) => readonly string[] {
  const rows = new Map(Object.entries(table))
  return ({ scope }) => {
    const granted = scopesOf(scope)
    const names = granted.length === 0 ? [''] : granted
    const scopes = names.flatMap((name) => rows.get(name) ?? [])
    return scopes.length === 0 ? [] : [...new Set([...scopes, ...always])]
  }
}

/**
 * The scopes to issue: all that the token stands for, or the requested part of it. A wider request is refused rather
 * than silently narrowed: RFC 6749 §5.2 calls a scope invalid that "exceeds the scope granted by the resource owner".
 *
 * @throws ExchangeError `invalid_scope`; ConfigurationError if `most` is not a list of scopes.
 */
export function narrowedScopes(
  most: readonly string[],
  asked: readonly string[] | undefined,
): readonly string[] {
  // In a string, part of a scope's name would match as well.
  if (
    !Array.isArray(most) ||
    most.some((scope) => typeof scope !== 'string' || !/^[\x21-\x7e]+$/.test(scope))
  )
    throw new ConfigurationError('The hook scopesFor must return a list of scopes, without spaces in any.')
  // Many servers read a missing scope as all of the client's scopes.
  if (most.length === 0)
    throw new ExchangeError('invalid_scope', 'This token has no scope that can be exchanged.')
  const wider = asked?.filter((scope) => !most.includes(scope)) ?? []
  if (wider.length > 0)
    throw new ExchangeError(
      'invalid_scope',
      `The user did not grant ${wider.join(' ').slice(0, 200)}; ask for no more than ${most.join(' ')}.`,
    )
  return asked ?? [...new Set(most)]
}

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
 * @param always - What is granted with each token that is granted anything, such as `offline_access`.
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
 * What is issued: all that the token stands for, or what was asked for of it. More is refused and not narrowed in
 * silence: RFC 6749 §5.2 calls a scope invalid that "exceeds the scope granted by the resource owner".
 *
 * @throws ExchangeError `invalid_scope`; ConfigurationError where `most` is no list of scopes.
 */
export function narrowedScopes(
  most: readonly string[],
  asked: readonly string[] | undefined,
): readonly string[] {
  // In a text, a part of a scope would be found as well.
  if (
    !Array.isArray(most) ||
    most.some((scope) => typeof scope !== 'string' || !/^[\x21-\x7e]+$/.test(scope))
  )
    throw new ConfigurationError('The hook scopesFor must return a list of scopes, without spaces in any.')
  // Many servers take no scope for all of the client's.
  if (most.length === 0)
    throw new ExchangeError('invalid_scope', 'This token stands for no scope that can be exchanged.')
  const wider = asked?.filter((scope) => !most.includes(scope)) ?? []
  if (wider.length > 0)
    throw new ExchangeError(
      'invalid_scope',
      `The user did not grant ${wider.join(' ').slice(0, 200)}; at most ${most.join(' ')} can be asked for.`,
    )
  return asked ?? [...new Set(most)]
}

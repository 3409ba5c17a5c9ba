/** The existing scopes, each with what it allows, to complete "The application can …". */
export type Scopes = Readonly<Record<string, string>>

/** Lets an application read which applications have access to its user's account. */
export const authorizationsScope = 'authorizations:read'

export const defaultScopes: Scopes = {
  [authorizationsScope]: 'see which applications have access to your account',
}

/** As in RFC 6749 §3.3, but without the separators used here. */
export const scopeName = /^[\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]{1,100}$/

/**
 * Entries of a scope and a sentence, separated by semicolons or line breaks:
 * `photos:read see your photos; photos:write add and change photos`.
 */
export function readScopes(text: string): Scopes {
  const entries = text
    .split(/[;\r\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  return Object.fromEntries(
    entries.map((entry) => {
      const [scope = ''] = entry.split(/\s/, 1)
      return [scope, entry.slice(scope.length).trim()]
    }),
  )
}

/** What a scope allows; the scope itself if it no longer exists. */
export function sentenceOf(scope: string, scopes: Scopes): string {
  return Object.hasOwn(scopes, scope) ? (scopes[scope] as string) : scope
}

/** The first scope that does not exist. */
export function unknownScope(given: readonly string[], scopes: Scopes): string | undefined {
  return given.find((scope) => !Object.hasOwn(scopes, scope))
}

/** The scopes in a space-separated text. */
export function scopeList(text: string | null | undefined): readonly string[] {
  return [...new Set((text ?? '').split(' '))].filter((scope) => scope !== '')
}

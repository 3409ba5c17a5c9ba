/**
 * The first names of the provider's own paths. A path prefix must not begin with one: it would be unclear whether
 * `/api/me` is `/me` below the prefix, or came from a proxy that had removed a prefix.
 */
export const ownNames: readonly string[] = [
  'account',
  'admin',
  'api',
  'assets',
  'authorizations',
  'clients',
  'explain',
  'healthz',
  'logos',
  'oauth',
  'playground',
  'readyz',
  'sign-in',
  'sign-out',
  'sign-up',
]

/** The normal form of a public origin, with the path prefix if there is one, or its fault. */
export function publicOrigin(given: string): {
  readonly origin?: string | undefined
  readonly fault?: string | undefined
} {
  const text = given.trim()
  const [, scheme, authority = '', path = ''] = /^(https?):\/\/([^/?#\\]*)(.*)$/is.exec(text) ?? []
  if (scheme === undefined) return { fault: 'there is no https:// or http:// at the beginning' }
  const user = authority.lastIndexOf('@')
  if (user >= 0) return { fault: 'there is user information before the "@"' }
  if (authority === '') return { fault: 'there is no host' }
  const sign = /[^\p{L}\p{M}\p{N}._:[\]-]/u.exec(authority)?.[0]
  if (sign !== undefined) return { fault: `the host contains ${JSON.stringify(sign)}` }
  // Browsers show a lone slash after an origin.
  const prefix = path.replace(/\/$/, '')
  const fault = faultOfPrefix(prefix)
  if (fault !== undefined) return { fault }
  if (!URL.canParse(text))
    return { fault: `${JSON.stringify(authority)} is not a host, with or without a port` }
  return { origin: new URL(text).origin + prefix }
}

/** The path prefix of the whole site: `/oauth-server`, or the empty string. */
export function pathPrefixOf(origin: string | undefined): string {
  return origin === undefined ? '' : new URL(origin).pathname.replace(/\/$/, '')
}

/**
 * A request's path without the site's prefix. A proxy that removes the prefix itself sends paths without it, which is
 * unambiguous, because none of our own paths begins with the prefix.
 */
export function withoutPrefix(target: string, prefix: string): string {
  if (prefix === '' || !target.startsWith(prefix)) return target
  const rest = target.slice(prefix.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : target
}

/** Only names that no router and no proxy rewrites. */
function faultOfPrefix(prefix: string): string | undefined {
  if (prefix === '') return undefined
  if (!prefix.startsWith('/')) return `${JSON.stringify(prefix)} follows the host`
  if (!/^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/.test(prefix))
    return `${JSON.stringify(prefix)} is not a path of letters, digits and . _ ~ -`
  const [, first = ''] = prefix.split('/')
  return ownNames.includes(first)
    ? `the path begins with /${first}, which is a path of the provider's own; choose another, such as /oauth-server`
    : undefined
}

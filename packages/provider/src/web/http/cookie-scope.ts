import { pathPrefixOf } from '../../settings/public-origin.ts'

/** Where browsers send the cookies of this site. */
export interface CookieScope {
  /** The site is reached over https. */
  readonly secure: boolean
  /** The path prefix of the site: its neighbours on the host do not get its cookies. */
  readonly path: string
  /** How long users stay signed in. */
  readonly sessionSeconds: number
}

/** @param origin - The public origin, with its path prefix. */
export function cookieScope(origin: string | undefined, sessionSeconds: number): CookieScope {
  const secure = origin?.startsWith('https:') ?? false
  return { secure, path: pathPrefixOf(origin) || '/', sessionSeconds }
}

/**
 * Over https, with the name prefix that keeps neighbouring hosts from setting it; below a path, browsers only support
 * the weaker one.
 */
export function cookieName(name: string, { secure, path }: Pick<CookieScope, 'secure' | 'path'>): string {
  if (!secure) return name
  return path === '/' ? `__Host-${name}` : `__Secure-${name}`
}

export function cookieOptions({ secure, path }: Pick<CookieScope, 'secure' | 'path'>) {
  return { path, secure, httpOnly: true, sameSite: 'Lax' } as const
}

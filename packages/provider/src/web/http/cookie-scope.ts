import { pathPrefixOf } from '../../settings/public-origin.ts'

/** Where the cookies of this site are sent. */
export interface CookieScope {
  /** The site is reached by https. */
  readonly secure: boolean
  /** The path below which the site is: its neighbours on the host do not get its cookies. */
  readonly path: string
}

/** @param origin - The public one, with its path prefix. */
export function cookieScope(origin: string | undefined): CookieScope {
  return { secure: origin?.startsWith('https:') ?? false, path: pathPrefixOf(origin) || '/' }
}

/** Over https with the prefix that keeps neighbouring hosts from setting it; below a path, browsers know only the weaker one. */
export function cookieName(name: string, { secure, path }: CookieScope): string {
  if (!secure) return name
  return path === '/' ? `__Host-${name}` : `__Secure-${name}`
}

export function cookieOptions({ secure, path }: CookieScope) {
  return { path, secure, httpOnly: true, sameSite: 'Lax' } as const
}

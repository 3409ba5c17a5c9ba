import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { normalizeName, passwordHash } from '../../accounts/accounts.ts'
import type { Database } from '../../database/schema.ts'
import { randomText } from '../../random.ts'
import { type CookieScope, cookieName, cookieOptions } from '../http/cookie-scope.ts'

/** How long a browser that signed in stays known. */
const lifetimeSeconds = 365 * 24 * 3600
const cookieTitle = 'countersign-device'

/**
 * Marks the browser as one in which this user's password was entered. Its attempts are counted separately, so that no
 * one can lock the user out of it. The mark depends on the stored hash of the password: a new password ends all marks,
 * and nothing has to be stored.
 *
 * @param hash - The hash of the password entered in this browser.
 */
export function rememberDevice(
  c: Context,
  name: string,
  hash: string | undefined,
  cookie: CookieScope,
): void {
  const id = randomText(16)
  const value = `${id}.${mark(id, name, hash)}`
  setCookie(c, cookieName(cookieTitle, cookie), value, { ...cookieOptions(cookie), maxAge: lifetimeSeconds })
}

/** The device, if this user has signed in with it before. */
export async function knownDevice(
  c: Context,
  db: Database,
  name: string,
  cookie: CookieScope,
): Promise<string | undefined> {
  const [, id, given] =
    /^([A-Za-z0-9]{16})\.([\w-]{43})$/.exec(getCookie(c, cookieName(cookieTitle, cookie)) ?? '') ?? []
  if (id === undefined || given === undefined) return undefined
  const stored = await passwordHash(db, name)
  // The same work for an unknown name.
  const isOurs = timingSafeEqual(Buffer.from(given), Buffer.from(mark(id, name, stored)))
  return isOurs && stored !== undefined ? id : undefined
}

function mark(id: string, name: string, hash = ''): string {
  return createHmac('sha256', hash)
    .update(`device ${id} of ${normalizeName(name)}`)
    .digest('base64url')
}

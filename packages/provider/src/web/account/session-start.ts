import type { Context } from 'hono'
import { closeSession, openSession } from '../../accounts/sessions.ts'
import type { Database } from '../../database/schema.ts'
import { browserName } from '../http/browser-name.ts'
import type { CookieScope } from '../http/cookie-scope.ts'
import { giveCookie, type WebEnv } from '../http/session.ts'

/**
 * Signs a visitor in, with a new cookie: anyone who knows the old one gains nothing (session fixation).
 *
 * @returns The new cookie's value.
 */
export async function startSession(
  c: Context<WebEnv>,
  db: Database,
  cookie: CookieScope,
  userId: number,
): Promise<string> {
  return (await start(c, db, cookie, userId)) as string
}

/** Signs a visitor in by password. Returns false if it has changed since it was checked. */
export async function startPasswordSession(
  c: Context<WebEnv>,
  db: Database,
  cookie: CookieScope,
  { id, passwordHash }: { readonly id: number; readonly passwordHash: string },
): Promise<boolean> {
  return (await start(c, db, cookie, id, passwordHash)) !== undefined
}

async function start(
  c: Context<WebEnv>,
  db: Database,
  cookie: CookieScope,
  userId: number,
  passwordHash?: string,
): Promise<string | undefined> {
  await closeSession(db, c.get('session').token)
  const token = giveCookie(c, cookie)
  const browser = browserName(c.req.header('user-agent'))
  const session = { lifetimeSeconds: cookie.sessionSeconds, browser, passwordHash }
  return (await openSession(db, token, userId, session)) ? token : undefined
}

import type { Context, MiddlewareHandler } from 'hono'
import type { SessionUser } from '../database/sessions.ts'
import { withReturn } from './pages/account.ts'
import { returnPath } from './return-path.ts'
import type { WebEnv } from './visit.ts'

/** Sends visitors who are not signed in to do so, and then back. */
export const signedIn: MiddlewareHandler<WebEnv> = async (c, next) => {
  if (c.get('visit').user === undefined)
    return c.redirect(withReturn('/sign-in', returnPath(c.req.path)), 303)
  return next()
}

/** The user behind `signedIn`. */
export function userOf(c: Context<WebEnv>): SessionUser {
  const { user } = c.get('visit')
  if (user === undefined) throw new Error('signedIn must run before this handler.')
  return user
}

import type { Context, MiddlewareHandler } from 'hono'
import type { SessionUser } from '../../accounts/sessions.ts'
import { returnPath, withReturn } from './return-path.ts'
import type { WebEnv } from './session.ts'

/**
 * Sends visitors who are not signed in to the sign-in page, and then back: to the page with the form, if it was a form.
 */
export const signedIn: MiddlewareHandler<WebEnv> = async (c, next) => {
  if (c.get('session').user !== undefined) return next()
  const page = c.req.path.replace(
    /\/(?:delete|link|mode|password|remove|revoke|revoke-all|secret\/end|sessions\/end|sessions\/end-all|unlink)$/,
    '',
  )
  return c.redirect(withReturn('/sign-in', returnPath(page)), 303)
}

/** The user, on routes that `signedIn` guards. */
export function userOf(c: Context<WebEnv>): SessionUser {
  const { user } = c.get('session')
  if (user === undefined) throw new Error('signedIn must run before this handler.')
  return user
}

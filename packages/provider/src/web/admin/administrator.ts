import type { Context, MiddlewareHandler } from 'hono'
import { returnPath, withReturn } from '../http/return-path.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'

/** Admits only administrators. A visitor signs in first; for any other user, the page does not exist. */
export const administratorsOnly: MiddlewareHandler<WebEnv> = async (c, next) => {
  const { user } = c.get('session')
  // Back to the page with the form, if it was a form.
  if (user === undefined) return c.redirect(withReturn('/sign-in', pageOf(c)), 303)
  return user.isAdmin ? next() : sendPage(c, messages.notFound)
}

/** Whether administrators view their own account: only another administrator may do what would lock them out. */
export function isOneself(c: Context<WebEnv>, userId: number): boolean {
  return userOf(c).id === userId
}

function pageOf({ req }: Context<WebEnv>): string {
  const page = returnPath(req.path)
  return page === '/' ? '/admin' : page
}

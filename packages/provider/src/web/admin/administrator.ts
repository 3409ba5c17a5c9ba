import type { Context, MiddlewareHandler } from 'hono'
import { returnPath, withReturn } from '../http/return-path.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'

/** Lets administrators alone through. A visitor signs in first; to every other user there is no such page. */
export const administratorsOnly: MiddlewareHandler<WebEnv> = async (c, next) => {
  const { user } = c.get('session')
  // Back to the page with the form, where it was a form.
  if (user === undefined) return c.redirect(withReturn('/sign-in', pageOf(c)), 303)
  return user.isAdmin ? next() : sendPage(c, messages.notFound)
}

/** Whether the administrator looks at oneself: what would lock one out is done by another. */
export function isOneself(c: Context<WebEnv>, userId: number): boolean {
  return userOf(c).id === userId
}

function pageOf({ req }: Context<WebEnv>): string {
  const page = returnPath(req.path)
  return page === '/' ? '/admin' : page
}

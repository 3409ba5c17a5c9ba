import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { type Flash, takeFlash } from '../../accounts/flashes.ts'
import { type SessionUser, sessionUser } from '../../accounts/sessions.ts'
import { withActor } from '../../audit/actor.ts'
import type { Database } from '../../database/schema.ts'
import { randomText, sha256 } from '../../random.ts'
import { noteParties } from '../../requests/request-context.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Brand } from './brand.ts'
import { type CookieScope, cookieName, cookieOptions } from './cookie-scope.ts'

/** Who looks at a page: every visitor has a random cookie, and a signed-in one has a session under its hash. */
export interface Session {
  /** The cookie's value. */
  readonly token: string
  readonly user: SessionUser | undefined
  /** What this visitor's forms carry; it follows from the cookie, but not the cookie from it. */
  readonly formToken: string
}

/** What the pages' middleware leaves in the context. */
export interface WebEnv {
  Variables: {
    /** In the visitor's language. */
    texts: Texts
    brand: Brand
    session: Session
    /** Anyone may make an account: pages without a session say how. */
    canSignUp?: boolean | undefined
    /** What this page tells once. */
    flash?: Flash | undefined
    /** One more source of the policy's `form-action`: where the consent form's response redirects to. */
    formAction?: string | undefined
  }
}

const cookieToken = /^[A-Za-z0-9]{43}$/

/** Reads the visitor's cookie, or gives one out. */
export function sessions(db: Database, cookie: CookieScope): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const given = getCookie(c, cookieName('countersign', cookie))
    const known = given !== undefined && cookieToken.test(given)
    const token = known ? given : giveCookie(c, cookie)
    const user = known ? await sessionUser(db, token) : undefined
    noteParties({ userId: user?.id })
    c.set('session', { token, user, formToken: sha256(`form:${token}`) })
    // One who has just signed out, or deleted the account, is told so, too.
    if (known && c.req.method === 'GET') c.set('flash', await takeFlash(db, token, c.req.path))
    if (user === undefined) return next()
    return withActor({ kind: 'user', id: user.id, name: user.name }, next)
  }
}

/** A new cookie: for a new visitor, and at every sign-in and sign-out (session fixation). Returns its value. */
export function giveCookie(c: Context, cookie: CookieScope): string {
  const token = randomText(43)
  setCookie(c, cookieName('countersign', cookie), token, {
    ...cookieOptions(cookie),
    maxAge: cookie.sessionSeconds,
  })
  return token
}

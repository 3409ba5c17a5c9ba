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

/** The viewer of a page: every visitor has a random cookie, and a signed-in one has a session under its hash. */
export interface Session {
  /** The cookie's value. */
  readonly token: string
  readonly user: SessionUser | undefined
  /** The token in this visitor's forms; it is derived from the cookie, but does not reveal it. */
  readonly formToken: string
}

/** The context values that the pages' middleware sets. */
export interface WebEnv {
  Variables: {
    /** In the visitor's language. */
    texts: Texts
    brand: Brand
    session: Session
    /** Anyone may create an account: pages without a session say how. */
    canSignUp?: boolean | undefined
    /** The one-time message of this page. */
    flash?: Flash | undefined
    /** One more source of the policy's `form-action`: the redirect target of the consent form's response. */
    formAction?: string | undefined
  }
}

const cookieToken = /^[A-Za-z0-9]{43}$/

/** Reads the visitor's cookie, or sets one. */
export function sessions(db: Database, cookie: CookieScope): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const given = getCookie(c, cookieName('countersign', cookie))
    const known = given !== undefined && cookieToken.test(given)
    const token = known ? given : giveCookie(c, cookie)
    const user = known ? await sessionUser(db, token) : undefined
    noteParties({ userId: user?.id })
    c.set('session', { token, user, formToken: sha256(`form:${token}`) })
    // Visitors who have just signed out or deleted the account see a message too.
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

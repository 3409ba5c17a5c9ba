import { type Context, Hono } from 'hono'
import { authenticateAccount, createAccount } from '../database/accounts.ts'
import { leaveFlash } from '../database/flashes.ts'
import type { Database } from '../database/schema.ts'
import { closeSession, openSession } from '../database/sessions.ts'
import { waitingClient } from '../database/temporary-credentials.ts'
import { InputError } from '../input-error.ts'
import type { AddressOf } from './client-address.ts'
import { sendPage } from './layout.ts'
import { signInPage, signUpPage } from './pages/account.ts'
import { requestOf, returnPath } from './return-path.ts'
import { signInThrottle } from './sign-in-throttle.ts'
import { giveCookie, type WebEnv } from './visit.ts'

/** Sign up, sign in, sign out. */
export function accountRoutes(db: Database, secure: boolean, addressOf: AddressOf): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  const admit = signInThrottle(addressOf)

  /** A signed-in visitor is a new one to the cookie: what was known of the old cookie opens nothing. */
  const signIn = async (c: Context<WebEnv>, userId: number): Promise<string> => {
    await closeSession(db, c.get('visit').token)
    const token = giveCookie(c, secure)
    await openSession(db, token, userId)
    return token
  }

  /** What both forms show: who signs in where, and which application waits for that. */
  const shown = async (c: Context<WebEnv>, returnTo: string) => {
    const oauthToken = requestOf(returnTo)
    const asking = oauthToken === undefined ? undefined : await waitingClient(db, oauthToken)
    return { visit: c.get('visit'), returnTo, asking }
  }

  routes.get('/sign-in', async (c) => {
    const returnTo = returnPath(c.req.query('return'))
    if (c.get('visit').user) return c.redirect(returnTo, 303)
    return sendPage(c, signInPage(await shown(c, returnTo)))
  })

  routes.post('/sign-in', async (c) => {
    const { name, password, returnTo } = await accountForm(c)
    const { waitSeconds, succeed } = await admit(c, name)
    const form = await shown(c, returnTo)
    const refused = (message: string) => signInPage({ ...form, name, error: { field: 'name', message } })
    if (waitSeconds > 0) {
      c.header('retry-after', String(waitSeconds))
      const minutes = Math.ceil(waitSeconds / 60)
      const message = `Too many tries. Wait ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, then try again.`
      return sendPage(c, { ...refused(message), status: 429 })
    }
    const user = await authenticateAccount(db, name, password)
    if (user === undefined) {
      // Not 401: that would have to name a scheme of HTTP to sign in by (RFC 9110 §15.5.2).
      return sendPage(c, { ...refused('User name and password do not match.'), status: 422 })
    }
    succeed()
    await signIn(c, user.id)
    return c.redirect(returnTo, 303)
  })

  routes.get('/sign-up', async (c) => {
    const returnTo = returnPath(c.req.query('return'))
    if (c.get('visit').user) return c.redirect(returnTo, 303)
    return sendPage(c, signUpPage(await shown(c, returnTo)))
  })

  routes.post('/sign-up', async (c) => {
    const { name, password, returnTo } = await accountForm(c)
    try {
      const { id } = await createAccount(db, name, password)
      const token = await signIn(c, id)
      // The consent page says itself who is signed in.
      if (requestOf(returnTo) === undefined) await leaveFlash(db, token, returnTo, { kind: 'signed-up' })
      return c.redirect(returnTo, 303)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return sendPage(c, { ...signUpPage({ ...(await shown(c, returnTo)), name, error }), status: 422 })
    }
  })

  routes.post('/sign-out', async (c) => {
    const { return: returnTo } = await c.req.parseBody()
    await closeSession(db, c.get('visit').token)
    giveCookie(c, secure)
    return c.redirect(returnPath(text(returnTo)), 303)
  })

  return routes
}

async function accountForm(c: Context<WebEnv>) {
  const form = await c.req.parseBody()
  return {
    name: text(form['name']).slice(0, 256),
    password: text(form['password']),
    returnTo: returnPath(text(form['return'])),
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

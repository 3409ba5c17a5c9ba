import { type Context, Hono } from 'hono'
import { authenticateAccount, createAccount } from '../database/accounts.ts'
import type { Database } from '../database/schema.ts'
import { closeSession, openSession } from '../database/sessions.ts'
import { InputError } from '../input-error.ts'
import type { AddressOf } from './client-address.ts'
import { sendPage } from './layout.ts'
import { signInPage, signUpPage } from './pages/account.ts'
import { returnPath } from './return-path.ts'
import { signInThrottle } from './sign-in-throttle.ts'
import { giveCookie, type WebEnv } from './visit.ts'

/** Sign up, sign in, sign out. */
export function accountRoutes(db: Database, secure: boolean, addressOf: AddressOf): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  const admit = signInThrottle(addressOf)

  /** A signed-in visitor is a new one to the cookie: what was known of the old cookie opens nothing. */
  const signIn = async (c: Context<WebEnv>, userId: number, returnTo: string) => {
    await closeSession(db, c.get('visit').token)
    await openSession(db, giveCookie(c, secure), userId)
    return c.redirect(returnTo, 303)
  }

  routes.get('/sign-in', (c) => {
    const visit = c.get('visit')
    const returnTo = returnPath(c.req.query('return'))
    return visit.user ? c.redirect(returnTo, 303) : sendPage(c, signInPage({ visit, returnTo }))
  })

  routes.post('/sign-in', async (c) => {
    const { name, password, returnTo } = await accountForm(c)
    const { waitSeconds, succeed } = await admit(c, name)
    const refused = (message: string) =>
      signInPage({ visit: c.get('visit'), returnTo, name, error: { field: 'name', message } })
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
    return signIn(c, user.id, returnTo)
  })

  routes.get('/sign-up', (c) => {
    const visit = c.get('visit')
    const returnTo = returnPath(c.req.query('return'))
    return visit.user ? c.redirect(returnTo, 303) : sendPage(c, signUpPage({ visit, returnTo }))
  })

  routes.post('/sign-up', async (c) => {
    const { name, password, returnTo } = await accountForm(c)
    try {
      const { id } = await createAccount(db, name, password)
      return await signIn(c, id, returnTo)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return sendPage(c, { ...signUpPage({ visit: c.get('visit'), returnTo, name, error }), status: 422 })
    }
  })

  routes.post('/sign-out', async (c) => {
    await closeSession(db, c.get('visit').token)
    giveCookie(c, secure)
    return c.redirect('/', 303)
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

import { type Context, Hono } from 'hono'
import { createAccount } from '../../accounts/accounts.ts'
import { leaveFlash } from '../../accounts/flashes.ts'
import { closeSession, openSession } from '../../accounts/sessions.ts'
import { InputError } from '../../input-error.ts'
import { Throttle } from '../../limits/throttle.ts'
import type { Services } from '../../services.ts'
import { waitingClient } from '../../tokens/temporary-credentials.ts'
import type { NetworkOf } from '../http/client-address.ts'
import type { CookieScope } from '../http/cookie-scope.ts'
import { requestOf, returnPath } from '../http/return-path.ts'
import { giveCookie, type WebEnv } from '../http/session.ts'
import { sendPage } from '../ui/layout.ts'
import { signInPage, signUpPage } from './account-pages.ts'
import { knownDevice, rememberDevice } from './device.ts'

/** New accounts from one network. */
const signUpLimit = { limit: 200, windowSeconds: 3600 }

/** Sign up, sign in, sign out. */
export function accountRoutes(
  { db, signIns }: Pick<Services, 'db' | 'signIns'>,
  cookie: CookieScope,
  networkOf: NetworkOf,
): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  const signUps = new Throttle(signUpLimit)

  /** A signed-in visitor is a new one to the cookie: what was known of the old cookie opens nothing. */
  const signIn = async (c: Context<WebEnv>, userId: number): Promise<string> => {
    await closeSession(db, c.get('session').token)
    const token = giveCookie(c, cookie)
    await openSession(db, token, userId)
    return token
  }

  /** What both forms show: who signs in where, and which application waits for that. */
  const shown = async (c: Context<WebEnv>, returnTo: string) => {
    const oauthToken = requestOf(returnTo)
    const asking = oauthToken === undefined ? undefined : await waitingClient(db, oauthToken)
    return { session: c.get('session'), returnTo, asking }
  }

  routes.get('/sign-in', async (c) => {
    const returnTo = returnPath(c.req.query('return'))
    if (c.get('session').user) return c.redirect(returnTo, 303)
    return sendPage(c, signInPage(await shown(c, returnTo)))
  })

  routes.post('/sign-in', async (c) => {
    const { name, password, returnTo } = await accountForm(c)
    const form = await shown(c, returnTo)
    const refused = (message: string) => signInPage({ ...form, name, error: { field: 'name', message } })
    const network = networkOf(c)
    const device = await knownDevice(c, db, name, cookie)
    const outcome = await signIns.check({ name, network, device }, password)
    if (outcome.kind === 'wait') {
      c.header('retry-after', String(outcome.seconds))
      return sendPage(c, { ...refused(`Too many tries. ${wait(outcome.seconds)}`), status: 429 })
    }
    if (outcome.kind === 'wrong') {
      // Not 401: that would have to name a scheme of HTTP to sign in by (RFC 9110 §15.5.2).
      return sendPage(c, { ...refused('Wrong user name or password.'), status: 422 })
    }
    await rememberDevice(c, db, name, cookie)
    await signIn(c, outcome.id)
    return c.redirect(returnTo, 303)
  })

  routes.get('/sign-up', async (c) => {
    const returnTo = returnPath(c.req.query('return'))
    if (c.get('session').user) return c.redirect(returnTo, 303)
    return sendPage(c, signUpPage(await shown(c, returnTo)))
  })

  routes.post('/sign-up', async (c) => {
    const { name, password, returnTo } = await accountForm(c)
    const network = networkOf(c)
    const key = network ?? ''
    const waitSeconds = signUps.waitSeconds(key)
    if (waitSeconds > 0) {
      c.header('retry-after', String(waitSeconds))
      const error = { field: 'name', message: `Too many new accounts. ${wait(waitSeconds)}` }
      return sendPage(c, { ...signUpPage({ ...(await shown(c, returnTo)), name, error }), status: 429 })
    }
    try {
      const { id } = await signIns.run(network, () => createAccount(db, name, password))
      signUps.fail(key)
      await rememberDevice(c, db, name, cookie)
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
    await closeSession(db, c.get('session').token)
    giveCookie(c, cookie)
    return c.redirect(returnPath(text(returnTo)), 303)
  })

  return routes
}

function wait(seconds: number): string {
  const minutes = Math.ceil(seconds / 60)
  return `Wait ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, then try again.`
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

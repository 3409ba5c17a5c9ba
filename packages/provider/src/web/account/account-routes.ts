import { type Context, Hono } from 'hono'
import { createAccount, passwordHash } from '../../accounts/accounts.ts'
import { leaveFlash } from '../../accounts/flashes.ts'
import { isInvitation } from '../../accounts/invitations.ts'
import { closeSession } from '../../accounts/sessions.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { InputError } from '../../input-error.ts'
import { inputFault } from '../../input-fault.ts'
import { RateLimit } from '../../limits/rate-limit.ts'
import type { Services } from '../../services.ts'
import { waitingClient } from '../../tokens/temporary-credentials.ts'
import type { NetworkOf } from '../http/client-address.ts'
import type { CookieScope } from '../http/cookie-scope.ts'
import { requestOf, returnPath, withReturn } from '../http/return-path.ts'
import { giveCookie, type WebEnv } from '../http/session.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import type { Html } from '../ui/text.ts'
import { type AccountForm, closedPage, signInPage, signUpPage, suspendedText } from './account-pages.ts'
import { byUser } from './audited-user.ts'
import { knownDevice, rememberDevice } from './device.ts'
import { entranceOf } from './entrance.ts'
import { startPasswordSession, startSession } from './session-start.ts'

/** How long new accounts from one network count toward the limit. */
const signUpWindowSeconds = 3600

/** Sign up, sign in, sign out. */
export function accountRoutes(
  services: Pick<Services, 'db' | 'signIns' | 'settings' | 'sharedLimits' | 'audit'>,
  cookie: CookieScope,
  networkOf: NetworkOf,
): Hono<WebEnv> {
  const { db, signIns, settings, sharedLimits } = services
  const routes = new Hono<WebEnv>()
  const signUpLimit = { limit: settings.rateLimits.signUp, windowSeconds: signUpWindowSeconds }
  const signUps = new RateLimit('sign-up', signUpLimit, sharedLimits)
  const entrance = entranceOf(settings)
  const isClosed = !entrance.hasOwnAccounts || entrance.registration === 'closed'

  /** The common content of both forms: the ways to sign in, and the application that waits for it. */
  const shown = async (c: Context<WebEnv>, returnTo: string) => {
    const oauthToken = requestOf(returnTo)
    const asking = oauthToken === undefined ? undefined : await waitingClient(db, oauthToken)
    return { session: c.get('session'), entrance, returnTo, asking }
  }

  /** Returns where to continue. */
  const signOut = async (c: Context<WebEnv>) => {
    const { return: returnTo } = await c.req.parseBody()
    const { token, user } = c.get('session')
    await closeSession(db, token)
    giveCookie(c, cookie)
    if (user !== undefined) await recordAudit(services, { action: 'user.signed-out', ...byUser(user.id) })
    return returnPath(text(returnTo))
  }

  routes.get('/sign-in', async (c) => {
    const returnTo = returnPath(c.req.query('return'))
    if (c.get('session').user) return c.redirect(returnTo, 303)
    const isSwitching = c.req.query('switch') !== undefined
    return sendPage(c, signInPage(c.get('texts'), { ...(await shown(c, returnTo)), isSwitching }))
  })

  routes.post('/sign-in', async (c) => {
    const { name, password, returnTo } = await accountForm(c)
    const form = await shown(c, returnTo)
    const texts = c.get('texts')
    if (!entrance.hasOwnAccounts) return sendPage(c, { ...signInPage(texts, form), status: 403 })
    const refused = (message: string | Html) =>
      signInPage(texts, { ...form, name, error: { field: 'name', message } })
    const network = networkOf(c)
    const device = await knownDevice(c, db, name, cookie)
    const outcome = await signIns.check({ name, network, device }, password)
    if (outcome.kind === 'wait') {
      c.header('retry-after', String(outcome.seconds))
      return sendPage(c, {
        ...refused(texts.account.tooManyTries({ minutes: minutes(outcome.seconds) })),
        status: 429,
      })
    }
    if (outcome.kind === 'suspended')
      return sendPage(c, { ...refused(suspendedText(texts, entrance)), status: 403 })
    if (outcome.kind === 'wrong' || !(await startPasswordSession(c, db, cookie, outcome))) {
      // Not 401, which would have to name an HTTP authentication scheme (RFC 9110 §15.5.2).
      return sendPage(c, { ...refused(texts.account.wrongPassword()), status: 422 })
    }
    rememberDevice(c, name, outcome.passwordHash, cookie)
    await recordAudit(services, { action: 'user.signed-in', ...byUser(outcome.id) })
    return c.redirect(returnTo, 303)
  })

  routes.get('/sign-up', async (c) => {
    const returnTo = returnPath(c.req.query('return'))
    if (c.get('session').user) return c.redirect(returnTo, 303)
    const form = { ...(await shown(c, returnTo)), invitation: text(c.req.query('invitation')).slice(0, 100) }
    return sendPage(c, (isClosed ? closedPage : signUpPage)(c.get('texts'), form))
  })

  routes.post('/sign-up', async (c) => {
    const { name, password, returnTo, invitation } = await accountForm(c)
    const texts = c.get('texts')
    if (isClosed) return sendPage(c, closedPage(texts, await shown(c, returnTo)))
    const refused = async (error: NonNullable<AccountForm['error']>) =>
      signUpPage(texts, { ...(await shown(c, returnTo)), name, invitation, error })
    const network = networkOf(c)
    const key = network ?? ''
    await signUps.refresh(key)
    const waitSeconds = signUps.waitSeconds(key)
    if (waitSeconds > 0) {
      c.header('retry-after', String(waitSeconds))
      const message = texts.account.tooManyAccounts({ minutes: minutes(waitSeconds) })
      return sendPage(c, { ...(await refused({ field: 'name', message })), status: 429 })
    }
    try {
      const code = entrance.registration === 'invited' ? invitation : undefined
      // Checked before the work of hashing; its row decides whether it is still valid when the account is created.
      if (code !== undefined && !(await isInvitation(db, code)))
        throw inputFault('invitation', 'invitationUnknown')
      const { id } = await signIns.run(network, () => createAccount(db, name, password, code))
      signUps.add(key)
      rememberDevice(c, name, await passwordHash(db, name), cookie)
      const token = await startSession(c, db, cookie, id)
      const details = { invited: code !== undefined }
      await recordAudit(services, { action: 'user.signed-up', ...byUser(id), details })
      // The consent page itself says who is signed in.
      if (requestOf(returnTo) === undefined) await leaveFlash(db, token, returnTo, { kind: 'signed-up' })
      return c.redirect(returnTo, 303)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return sendPage(c, { ...(await refused(faultIn(texts, error))), status: 422 })
    }
  })

  routes.post('/sign-out', async (c) => {
    return c.redirect(await signOut(c), 303)
  })

  routes.post('/sign-out/switch', async (c) => {
    const returnTo = await signOut(c)
    // Otherwise, a user who is signed in at the identity provider would come straight back.
    const href = withReturn('/sign-in', returnTo)
    return c.redirect(`${href}${href.includes('?') ? '&' : '?'}switch=1`, 303)
  })

  return routes
}

function minutes(seconds: number): number {
  return Math.ceil(seconds / 60)
}

async function accountForm(c: Context<WebEnv>) {
  const form = await c.req.parseBody()
  return {
    name: text(form['name']).slice(0, 256),
    password: text(form['password']),
    returnTo: returnPath(text(form['return'])),
    invitation: text(form['invitation']).slice(0, 100),
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

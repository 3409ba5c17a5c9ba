import { type Context, Hono } from 'hono'
import { changePassword, passwordHash } from '../../accounts/accounts.ts'
import { leaveFlash } from '../../accounts/flashes.ts'
import {
  hasPassword,
  linkIdentity,
  listIdentities,
  ownAccount,
  unlinkIdentities,
} from '../../accounts/identities.ts'
import { endSession, endSessions, listSessions } from '../../accounts/session-list.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { InputError } from '../../input-error.ts'
import type { Services } from '../../services.ts'
import type { NetworkOf } from '../http/client-address.ts'
import type { CookieScope } from '../http/cookie-scope.ts'
import { giveCookie, type WebEnv } from '../http/session.ts'
import { signedIn, userOf } from '../http/signed-in.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { byUser } from './audited-user.ts'
import { rememberDevice } from './device.ts'
import { linkPage } from './elsewhere-pages.ts'
import { pendingCookies } from './elsewhere-routes.ts'
import { entranceOf, providerName } from './entrance.ts'
import { type OwnAccountView, ownAccountPage } from './own-account-page.ts'
import { passwordCheck } from './password-check.ts'
import type { PendingLink } from './pending-sign-in.ts'
import { startSession } from './session-start.ts'

/** A user's own account: password, identities, sessions. */
export function ownAccountRoutes(
  services: Services,
  cookie: CookieScope,
  networkOf: NetworkOf,
): Hono<WebEnv> {
  const { db, settings, signIns } = services
  const routes = new Hono<WebEnv>()
  const entrance = entranceOf(settings)
  const checkPassword = passwordCheck({ db, signIns }, cookie, networkOf)
  const links = settings.oidc && pendingCookies(settings.oidc, cookie).links

  const view = async (c: Context<WebEnv>, error?: OwnAccountView['error']) => {
    const { id } = userOf(c)
    const session = c.get('session')
    const [own, identities, sessions] = await Promise.all([
      ownAccount(db, id),
      listIdentities(db, id),
      listSessions(db, id, session.token),
    ])
    if (own === undefined) return messages.notFound(c.get('texts'))
    const canSignInHere = entrance.hasOwnAccounts && own.hasPassword
    const { account } = own
    const shown = { session, entrance, account, hasPassword: canSignInHere, identities, sessions }
    return ownAccountPage(c.get('texts'), { ...shown, ...(error && { error }) })
  }

  routes.use('/account', signedIn)
  routes.use('/account/*', signedIn)
  routes.get('/account', async (c) => sendPage(c, await view(c)))

  routes.post('/account/password', async (c) => {
    const user = userOf(c)
    const { current, new: wanted } = await c.req.parseBody()
    const texts = c.get('texts')
    if (!entrance.hasOwnAccounts || typeof wanted !== 'string') return c.redirect('/account', 303)
    const outcome = await checkPassword(c, current)
    if (outcome.kind !== 'user')
      return sendPage(c, await view(c, { field: 'current', message: outcome.message }))
    if (wanted === current)
      return sendPage(c, await view(c, { field: 'new', message: texts.ownAccount.samePassword() }))
    try {
      await signIns.run(networkOf(c), () => changePassword(db, user.name, wanted, 'new'))
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return sendPage(c, await view(c, faultIn(texts, error)))
    }
    // A new password ends every session; the current one continues with a new cookie.
    const token = await startSession(c, db, cookie, user.id)
    rememberDevice(c, user.name, await passwordHash(db, user.name), cookie)
    await recordAudit(services, { action: 'user.password-changed', ...byUser(user.id) })
    await leaveFlash(db, token, '/account', { kind: 'password-changed' })
    return c.redirect('/account', 303)
  })

  routes.post('/account/sessions/end', async (c) => {
    const { session } = await c.req.parseBody()
    const isEnded = typeof session === 'string' && (await endSession(db, userOf(c).id, session))
    if (isEnded) await leaveFlash(db, c.get('session').token, '/account', { kind: 'session-ended' })
    return c.redirect('/account', 303)
  })

  routes.post('/account/sessions/end-all', async (c) => {
    const { id } = userOf(c)
    const sessions = await endSessions(db, id)
    await recordAudit(services, { action: 'user.sessions-ended', ...byUser(id), details: { sessions } })
    const token = giveCookie(c, cookie)
    await leaveFlash(db, token, '/', { kind: 'signed-out-everywhere' })
    return c.redirect('/', 303)
  })

  routes.get('/account/link', async (c) => {
    const link = links?.read(c, 'account')
    if (link === undefined || link.userId !== userOf(c).id) return c.redirect('/account', 303)
    return sendPage(c, await linkQuestion(c, link))
  })

  const linkQuestion = async (c: Context<WebEnv>, { label: person }: PendingLink, fault?: string) => {
    const provider = providerName(c.get('texts'), entrance.elsewhere)
    const view = { provider, person, hasPassword: await hasPassword(db, userOf(c).id), fault }
    return linkPage(c.get('texts'), c.get('session'), view)
  }

  routes.post('/account/link', async (c) => {
    const link = links?.read(c, 'account')
    const { id } = userOf(c)
    if (link === undefined || link.userId !== id) return c.redirect('/account', 303)
    if (await hasPassword(db, id)) {
      const { password } = await c.req.parseBody()
      const outcome = await checkPassword(c, password)
      if (outcome.kind !== 'user') return sendPage(c, await linkQuestion(c, link, outcome.message))
    }
    links?.take(c, 'account')
    try {
      await linkIdentity(db, id, link.identity)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return sendPage(c, await view(c, faultIn(c.get('texts'), error)))
    }
    const { issuer } = link.identity
    await recordAudit(services, { action: 'user.identity-linked', ...byUser(id), details: { issuer } })
    await leaveFlash(db, c.get('session').token, '/account', { kind: 'linked' })
    return c.redirect('/account', 303)
  })

  routes.post('/account/unlink', async (c) => {
    const { id } = userOf(c)
    if (entrance.hasOwnAccounts && (await unlinkIdentities(db, id))) {
      await recordAudit(services, { action: 'user.identity-unlinked', ...byUser(id) })
      await leaveFlash(db, c.get('session').token, '/account', { kind: 'unlinked' })
    }
    return c.redirect('/account', 303)
  })

  return routes
}

import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { leaveFlash } from '../../accounts/flashes.ts'
import { accountOfIdentity, hasPassword, identityUser, listIdentities } from '../../accounts/identities.ts'
import type { Person } from '../../accounts/identity-provider.ts'
import { IdentityProviderError } from '../../accounts/identity-provider-error.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { BoundedWork } from '../../limits/bounded-work.ts'
import type { Services } from '../../services.ts'
import type { ProviderSettings } from '../../settings/settings.ts'
import type { NetworkOf } from '../http/client-address.ts'
import { originOf, type Site } from '../http/client-app.ts'
import type { CookieScope } from '../http/cookie-scope.ts'
import { requestOf, returnPath, withReturn } from '../http/return-path.ts'
import type { WebEnv } from '../http/session.ts'
import { sendPage } from '../ui/layout.ts'
import { byUser } from './audited-user.ts'
import { elsewherePage } from './elsewhere-pages.ts'
import { entranceOf, providerName } from './entrance.ts'
import { type PendingLink, type PendingSignIn, pendingName, pendingSeconds } from './pending-sign-in.ts'
import { SealedCookie } from './sealed-cookie.ts'
import { startSession } from './session-start.ts'

/** Limits requests to the identity provider: a flood of visitors must not become a flood there. */
const bounds = { atOnce: 16, waiting: 256, perKey: 32 }

const callbackPath = '/sign-in/oidc/callback'

/** The cookies of sign-ins in progress at the identity provider. */
export function pendingCookies(oidc: NonNullable<ProviderSettings['oidc']>, cookie: CookieScope) {
  const secret = JSON.stringify([oidc.issuer, oidc.clientId, oidc.clientSecret])
  return {
    signIns: new SealedCookie<PendingSignIn>('sign-in', secret, cookie, pendingSeconds),
    links: new SealedCookie<PendingLink>('link', secret, cookie, pendingSeconds),
  }
}

/** Sign-in through the company's identity provider: the redirect there, and the return. */
export function elsewhereRoutes(
  services: Services,
  site: Site,
  cookie: CookieScope,
  networkOf: NetworkOf,
): Hono<WebEnv> {
  const { db, log, settings, identityProvider } = services
  const routes = new Hono<WebEnv>()
  const { oidc } = settings
  if (oidc === undefined || identityProvider === undefined) return routes
  const { elsewhere } = entranceOf(settings)
  const pending = pendingCookies(oidc, cookie)
  const work = new BoundedWork(bounds)
  const redirectUri = (c: Context) => `${originOf(c, site)}${callbackPath}`

  const begin = async (
    c: Context<WebEnv>,
    intent: Pick<PendingSignIn, 'isAnew' | 'purpose' | 'returnTo' | 'userId'>,
  ) => {
    try {
      const wish = { redirectUri: redirectUri(c), isAnew: intent.isAnew }
      const { location, proof } = await work.run(networkOf(c), () => identityProvider.begin(wish))
      pending.signIns.give(c, pendingName(proof.state), { ...proof, ...intent })
      return c.redirect(location, 303)
    } catch (error) {
      return failed(c, error, intent.returnTo)
    }
  }

  routes.get('/sign-in/oidc', async (c) => {
    const returnTo = returnPath(c.req.query('return'))
    const isAnew = c.req.query('anew') !== undefined
    const { user } = c.get('session')
    if (user === undefined) return begin(c, { purpose: 'sign-in', isAnew, returnTo })
    if (!isAnew) return c.redirect(returnTo, 303)
    return begin(c, { purpose: 'again', isAnew, returnTo, userId: user.id })
  })

  routes.get('/account/identity', async (c) => {
    const { user } = c.get('session')
    if (user === undefined) return c.redirect(withReturn('/sign-in', '/account'), 303)
    // Without a password, the person at the browser cannot prove here that they may add a way to sign in.
    const isLinked = (await listIdentities(db, user.id)).length > 0
    if (isLinked && !(await hasPassword(db, user.id))) return c.redirect('/account', 303)
    return begin(c, { purpose: 'link', isAnew: false, returnTo: '/account', userId: user.id })
  })

  routes.get(callbackPath, async (c) => {
    const state = c.req.query('state') ?? ''
    const signIn = pending.signIns.take(c, pendingName(state))
    if (signIn === undefined) return failed(c, new IdentityProviderError('stale', 'No such sign-in.'), '/')
    const callback = new URL(redirectUri(c))
    callback.search = new URL(c.req.url).search
    try {
      const person = await work.run(networkOf(c), () => identityProvider.finish(callback, signIn, signIn))
      return await arrived(c, signIn, person)
    } catch (error) {
      return failed(c, error, signIn.returnTo)
    }
  })

  const arrived = async (c: Context<WebEnv>, signIn: PendingSignIn, { identity, names }: Person) => {
    const { purpose, returnTo, userId } = signIn
    const { user } = c.get('session')
    // Someone else has signed in to this browser in the meantime, or no one is signed in anymore.
    if (purpose !== 'sign-in' && user?.id !== userId) return told(c, 'stale', returnTo)
    if (purpose === 'link' && userId !== undefined) {
      const known = await identityUser(db, identity)
      if (known !== undefined && known.id !== userId) return told(c, 'otherAccount', returnTo)
      pending.links.give(c, 'account', { identity, label: names[0] ?? identity.subject, userId })
      return c.redirect('/account/link', 303)
    }
    if (purpose === 'again') {
      const known = await identityUser(db, identity)
      if (known === undefined || known.id !== userId) return told(c, 'otherAccount', returnTo)
      await startSession(c, db, cookie, known.id)
      return c.redirect(returnTo, 303)
    }
    const { id, isSuspended, isNew } = await accountOfIdentity(db, identity, names)
    if (isSuspended) return told(c, 'suspended', returnTo)
    const token = await startSession(c, db, cookie, id)
    const action = isNew ? 'user.signed-up' : 'user.signed-in'
    await recordAudit(services, { action, ...byUser(id), details: { issuer: identity.issuer } })
    // The consent page itself says who is signed in.
    if (isNew && requestOf(returnTo) === undefined)
      await leaveFlash(db, token, returnTo, { kind: 'signed-up' })
    return c.redirect(returnTo, 303)
  }

  /** The page for an outcome, with a link to continue. */
  const told = (
    c: Context<WebEnv>,
    outcome: Parameters<typeof elsewherePage>[1],
    returnTo: string,
    said?: IdentityProviderError['told'],
  ) => {
    const texts = c.get('texts')
    const isSignedIn = c.get('session').user !== undefined
    const next = isSignedIn
      ? html`<a href="/account">${texts.elsewhere.toAccount()}</a>`
      : html`<a href="${withReturn('/sign-in', returnTo)}">${texts.elsewhere.again()}</a>`
    const provider = providerName(texts, elsewhere)
    return sendPage(c, elsewherePage(texts, outcome, { provider, next, told: said }))
  }

  const failed = (c: Context<WebEnv>, error: unknown, returnTo: string) => {
    if (!(error instanceof IdentityProviderError)) throw error
    const { kind, message, told: said } = error
    const isDenied = kind === 'refused' && said?.code === 'access_denied'
    // The response may contain a code, so only words are logged.
    if (kind === 'unavailable' || kind === 'invalid' || (kind === 'refused' && !isDenied))
      log.warn({ kind, reason: reasonOf(error), code: said?.code }, `sign-in elsewhere failed: ${message}`)
    if (kind === 'unavailable') c.header('retry-after', '10')
    return isDenied ? told(c, 'denied', returnTo) : told(c, kind, returnTo, said)
  }

  return routes
}

/** Which step failed, using only the errors' own words. */
function reasonOf(error: Error): string {
  const words: string[] = []
  for (let cause: unknown = error.cause; cause instanceof Error && words.length < 4; cause = cause.cause)
    words.push(cause.message.slice(0, 200))
  return words.join(': ')
}

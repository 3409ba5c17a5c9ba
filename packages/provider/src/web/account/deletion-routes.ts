import { type Context, Hono } from 'hono'
import { removeAccount } from '../../accounts/account-removal.ts'
import { leaveFlash } from '../../accounts/flashes.ts'
import { hasPassword } from '../../accounts/identities.ts'
import { secondsSinceSignIn } from '../../accounts/session-list.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { listClients } from '../../clients/clients.ts'
import { InputError } from '../../input-error.ts'
import type { Services } from '../../services.ts'
import { listAuthorizations } from '../../tokens/authorizations.ts'
import type { NetworkOf } from '../http/client-address.ts'
import type { CookieScope } from '../http/cookie-scope.ts'
import { giveCookie, type WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { type DeletionView, deletionPage } from './deletion-page.ts'
import { entranceOf, providerName } from './entrance.ts'
import { passwordCheck } from './password-check.ts'

/** A sign-in elsewhere proves the user's identity if it is not older. */
const freshSeconds = 300

/** Deletes an account, on routes guarded like the rest of `/account`. */
export function deletionRoutes(services: Services, cookie: CookieScope, networkOf: NetworkOf): Hono<WebEnv> {
  const { db, settings } = services
  const routes = new Hono<WebEnv>()
  const entrance = entranceOf(settings)
  const checkPassword = passwordCheck(services, cookie, networkOf)

  /** An account with a password requires it; any other needs a recent sign-in elsewhere. */
  const proofOf = async (c: Context<WebEnv>): Promise<DeletionView['proof']> => {
    if (entrance.hasOwnAccounts && (await hasPassword(db, userOf(c).id))) return 'password'
    const seconds = await secondsSinceSignIn(db, c.get('session').token)
    return seconds !== undefined && seconds <= freshSeconds ? 'word' : 'fresh sign-in'
  }

  const page = async (c: Context<WebEnv>, proof: DeletionView['proof'], error?: DeletionView['error']) => {
    const { id } = userOf(c)
    const [authorizations, clients] = await Promise.all([
      listAuthorizations(services, id),
      listClients(db, id),
    ])
    const texts = c.get('texts')
    return deletionPage(texts, {
      session: c.get('session'),
      applications: authorizations.length,
      clientNames: clients.map(({ name }) => name),
      proof,
      provider: providerName(texts, entrance.elsewhere),
      error,
    })
  }

  routes.get('/account/delete', async (c) => sendPage(c, await page(c, await proofOf(c))))

  routes.post('/account/delete', async (c) => {
    const { password, confirm } = await c.req.parseBody()
    const texts = c.get('texts')
    const proof = await proofOf(c)
    if (proof === 'fresh sign-in') return c.redirect('/account/delete', 303)
    if (proof === 'password') {
      const outcome = await checkPassword(c, password)
      if (outcome.kind !== 'user')
        return sendPage(c, await page(c, proof, { field: 'password', message: outcome.message }))
    } else if (confirm !== 'yes') {
      const message = texts.ownAccount.deleteNotConfirmed()
      return sendPage(c, await page(c, proof, { field: 'confirm', message }))
    }
    const { id, name } = userOf(c)
    try {
      const { tokens, clients } = (await removeAccount(services, id)) ?? {}
      const subject = { kind: 'user', id, name } as const
      await recordAudit(services, {
        action: 'user.deleted',
        actor: subject,
        subject,
        details: { tokens, clients },
      })
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return sendPage(c, await page(c, proof, faultIn(texts, error)))
    }
    const token = giveCookie(c, cookie)
    await leaveFlash(db, token, '/', { kind: 'account-deleted' })
    return c.redirect('/', 303)
  })

  return routes
}

import { Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { clientFacts } from '../../clients/client-facts.ts'
import type { Services } from '../../services.ts'
import { listAuthorizations } from '../../tokens/authorizations.ts'
import { revokeTokens } from '../../tokens/tokens.ts'
import type { WebEnv } from '../http/session.ts'
import { signedIn, userOf } from '../http/signed-in.ts'
import { sendPage } from '../ui/layout.ts'
import { authorizationsPage } from './authorization-pages.ts'

/** The applications that may act for a user, and the end of that. */
export function authorizationRoutes(services: Services): Hono<WebEnv> {
  const { db, settings } = services
  const routes = new Hono<WebEnv>()
  routes.use('/authorizations/*', signedIn)
  routes.get('/authorizations', async (c) => {
    const authorizations = await listAuthorizations(services, userOf(c).id)
    const keys = authorizations.map(({ clientId }) => clientId)
    const facts = await clientFacts(db, keys)
    const page = authorizationsPage(c.get('texts'), c.get('session'), authorizations, settings.scopes, facts)
    return sendPage(c, page)
  })
  routes.post('/authorizations/revoke', async (c) => {
    const { client_id: clientId } = await c.req.parseBody()
    const { id } = userOf(c)
    const ended = (await listAuthorizations(services, id)).find((one) => one.clientId === clientId)
    if (typeof clientId === 'string') await revokeTokens(services, { userId: id, clientId })
    if (ended !== undefined) {
      const { clientName } = ended
      await leaveFlash(db, c.get('session').token, '/authorizations', { kind: 'revoked', clientName })
    }
    return c.redirect('/authorizations', 303)
  })
  routes.post('/authorizations/revoke-all', async (c) => {
    await revokeTokens(services, { userId: userOf(c).id })
    await leaveFlash(db, c.get('session').token, '/authorizations', { kind: 'revoked-all' })
    return c.redirect('/authorizations', 303)
  })
  return routes
}

import { Hono } from 'hono'
import { leaveFlash } from '../database/flashes.ts'
import type { Database } from '../database/schema.ts'
import { listAuthorizations, revokeAuthorization } from '../database/tokens.ts'
import { sendPage } from './layout.ts'
import { authorizationsPage } from './pages/authorizations.ts'
import { signedIn, userOf } from './signed-in.ts'
import type { WebEnv } from './visit.ts'

/** The applications that may act for a user, and the end of that. */
export function authorizationRoutes(db: Database): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  routes.use('/authorizations/*', signedIn)
  routes.get('/authorizations', async (c) =>
    sendPage(c, authorizationsPage(c.get('visit'), await listAuthorizations(db, userOf(c).id))),
  )
  routes.post('/authorizations/revoke', async (c) => {
    const { client_id: clientId } = await c.req.parseBody()
    const { id } = userOf(c)
    const ended = (await listAuthorizations(db, id)).find((one) => one.clientId === clientId)
    if (typeof clientId === 'string') await revokeAuthorization(db, id, clientId)
    if (ended !== undefined) {
      const { clientName } = ended
      await leaveFlash(db, c.get('visit').token, '/authorizations', { kind: 'revoked', clientName })
    }
    return c.redirect('/authorizations', 303)
  })
  return routes
}

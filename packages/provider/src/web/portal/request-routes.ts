import { Hono } from 'hono'
import { findClient } from '../../clients/clients.ts'
import { findRefusal, listRecentRequests } from '../../requests/recent-requests.ts'
import type { Services } from '../../services.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { refusalPage, requestsPage } from './request-pages.ts'

/** The recent requests of a user's own clients. Other users' are not found. */
export function requestRoutes({ db, recorder }: Pick<Services, 'db' | 'recorder'>): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()

  routes.get('/clients/:id/requests', async (c) => {
    const client = await findClient(db, c.req.param('id'), userOf(c).id)
    if (client === undefined) return sendPage(c, messages.notFound)
    await recorder.settle()
    return sendPage(c, requestsPage(c.get('texts'), client, await listRecentRequests(db, client.clientId)))
  })

  routes.get('/clients/:id/requests/:request', async (c) => {
    const client = await findClient(db, c.req.param('id'), userOf(c).id)
    if (client === undefined) return sendPage(c, messages.notFound)
    await recorder.settle()
    const refusal = await findRefusal(db, client.clientId, c.req.param('request'))
    return sendPage(c, refusal ? refusalPage(c.get('texts'), client, refusal) : messages.notFound)
  })

  return routes
}

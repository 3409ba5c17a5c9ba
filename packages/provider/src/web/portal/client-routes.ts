import { Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import {
  findClient,
  listClients,
  registerClient,
  removeClient,
  setClientMode,
} from '../../clients/clients.ts'
import { InputError } from '../../input-error.ts'
import { listRecentRequests } from '../../requests/recent-requests.ts'
import type { Services } from '../../services.ts'
import type { WebEnv } from '../http/session.ts'
import { signedIn, userOf } from '../http/signed-in.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { clientPage, clientsPage, newClientPage } from './client-pages.ts'

/** Of each outcome, on the page of a client. */
const mostShown = 5

/** A user's own clients: list, register, look at, switch, delete. Those of others are not found. */
export function clientRoutes({ db, recorder }: Pick<Services, 'db' | 'recorder'>): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  routes.use('/clients/*', signedIn)
  routes.get('/clients', async (c) => sendPage(c, clientsPage(await listClients(db, userOf(c).id))))
  routes.get('/clients/new', (c) => sendPage(c, newClientPage(c.get('session'))))

  routes.post('/clients', async (c) => {
    const form = await c.req.parseBody()
    const text = (name: string) => (typeof form[name] === 'string' ? form[name] : '')
    const typed = { name: text('name'), callbacks: text('callbacks'), rsaPublicKey: text('rsa_public_key') }
    try {
      const client = await registerClient(db, {
        name: typed.name,
        callbacks: typed.callbacks.split(/\r?\n/),
        rsaPublicKey: typed.rsaPublicKey,
        ownerId: userOf(c).id,
      })
      // The secret goes to the client's page, so that a reload of it registers nothing.
      const page = `/clients/${client.clientId}`
      const { clientSecret } = client
      await leaveFlash(db, c.get('session').token, page, { kind: 'registered', clientSecret })
      return c.redirect(page, 303)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return sendPage(c, { ...newClientPage(c.get('session'), { ...typed, error }), status: 422 })
    }
  })

  routes.get('/clients/:id', async (c) => {
    const client = await findClient(db, c.req.param('id'), userOf(c).id)
    if (client === undefined) return sendPage(c, messages.notFound)
    const flash = c.get('flash')
    const secret = flash?.kind === 'registered' ? flash.clientSecret : undefined
    await recorder.settle()
    const requests = await listRecentRequests(db, client.clientId, mostShown)
    return sendPage(c, clientPage(c.get('session'), client, secret, requests))
  })

  routes.post('/clients/:id/mode', async (c) => {
    const clientId = c.req.param('id')
    const { mode } = await c.req.parseBody()
    const isKnown = mode === 'development' || mode === 'live'
    if (!isKnown || !(await setClientMode(db, clientId, mode, userOf(c).id)))
      return sendPage(c, messages.notFound)
    const page = `/clients/${clientId}`
    await leaveFlash(db, c.get('session').token, page, { kind: 'mode', mode })
    return c.redirect(page, 303)
  })

  routes.post('/clients/:id/delete', async (c) => {
    const { id: userId } = userOf(c)
    const client = await findClient(db, c.req.param('id'), userId)
    if (client === undefined) return sendPage(c, messages.notFound)
    await removeClient(db, client.clientId, userId)
    await leaveFlash(db, c.get('session').token, '/clients', { kind: 'deleted', clientName: client.name })
    return c.redirect('/clients', 303)
  })

  return routes
}

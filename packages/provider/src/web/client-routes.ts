import { Hono } from 'hono'
import { findClient, listClients, registerClient, removeClient } from '../database/clients.ts'
import type { Database } from '../database/schema.ts'
import { InputError } from '../input-error.ts'
import { sendPage } from './layout.ts'
import { clientPage, clientSecretPage, clientsPage, newClientPage } from './pages/clients.ts'
import { messages } from './pages/message.ts'
import { signedIn, userOf } from './signed-in.ts'
import type { WebEnv } from './visit.ts'

/** A user's own clients: list, register, look at, delete. Those of others are not found. */
export function clientRoutes(db: Database): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  routes.use('/clients/*', signedIn)
  routes.get('/clients', async (c) => sendPage(c, clientsPage(await listClients(db, userOf(c).id))))
  routes.get('/clients/new', (c) => sendPage(c, newClientPage(c.get('visit'))))

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
      return await sendPage(c, clientSecretPage(client))
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return sendPage(c, { ...newClientPage(c.get('visit'), { ...typed, error }), status: 422 })
    }
  })

  routes.get('/clients/:id', async (c) => {
    const client = await findClient(db, c.req.param('id'), userOf(c).id)
    return sendPage(c, client ? clientPage(c.get('visit'), client) : messages.notFound)
  })

  routes.post('/clients/:id/delete', async (c) => {
    const removed = await removeClient(db, c.req.param('id'), userOf(c).id)
    return removed ? c.redirect('/clients', 303) : sendPage(c, messages.notFound)
  })

  return routes
}

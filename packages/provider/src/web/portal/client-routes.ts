import { type Context, Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { changeClient, replaceSecret, setClientMode } from '../../clients/client-changes.ts'
import { type ClientSummary, findClient, listClients, removeClient } from '../../clients/clients.ts'
import { openScopes } from '../../clients/open-scopes.ts'
import { registerClient } from '../../clients/registration.ts'
import { InputError } from '../../input-error.ts'
import { listRecentRequests } from '../../requests/recent-requests.ts'
import type { Services } from '../../services.ts'
import type { WebEnv } from '../http/session.ts'
import { signedIn, userOf } from '../http/signed-in.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { userLimit } from '../ui/user-limit.ts'
import { editClientPage, newClientPage } from './client-forms.ts'
import { clientPage, clientsPage } from './client-pages.ts'

/** Of each outcome, on the page of a client. */
const mostShown = 5
/** Registrations of one user with a key from elsewhere: each tells whether the key is taken. */
const ownKeyLimit = { limit: 20, windowSeconds: 3600 }

/** A user's own clients: list, register, look at, edit, switch, delete. Those of others are not found. */
export function clientRoutes(services: Services): Hono<WebEnv> {
  const { db, recorder, server, settings } = services
  const routes = new Hono<WebEnv>()
  const tooOften = userLimit(ownKeyLimit)
  routes.use('/clients/*', signedIn)
  routes.get('/clients', async (c) => sendPage(c, clientsPage(await listClients(db, userOf(c).id))))
  routes.get('/clients/new', (c) => sendPage(c, newClientPage(c.get('session'))))

  routes.post('/clients', async (c) => {
    const { id: ownerId } = userOf(c)
    const text = await textFields(c)
    const typed = {
      name: text('name'),
      callbacks: text('callbacks'),
      rsaPublicKey: text('rsa_public_key'),
      key: text('key').trim(),
    }
    const refusal = typed.key === '' ? undefined : tooOften(c)
    if (refusal !== undefined) return refusal
    try {
      const client = await registerClient(db, {
        ...typed,
        callbacks: lines(typed.callbacks),
        secret: text('secret'),
        ownerId,
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

  const show = async (c: Context<WebEnv>, client: ClientSummary, secretFault?: string) => {
    const flash = c.get('flash')
    const isSecret = flash?.kind === 'registered' || flash?.kind === 'secret'
    await recorder.settle()
    const view = {
      session: c.get('session'),
      client,
      scopes: openScopes(server, client, settings.scopes),
      requests: await listRecentRequests(db, client.clientId, mostShown),
      secret: isSecret ? { text: flash.clientSecret, isFirst: flash.kind === 'registered' } : undefined,
      secretFault,
    }
    return sendPage(c, clientPage(view))
  }

  routes.get('/clients/:id', async (c) => {
    const client = await findClient(db, c.req.param('id'), userOf(c).id)
    return client === undefined ? sendPage(c, messages.notFound) : show(c, client)
  })

  routes.get('/clients/:id/edit', async (c) => {
    const client = await findClient(db, c.req.param('id'), userOf(c).id)
    return sendPage(c, client ? editClientPage(c.get('session'), client) : messages.notFound)
  })

  routes.post('/clients/:id/edit', async (c) => {
    const { id: ownerId } = userOf(c)
    const client = await findClient(db, c.req.param('id'), ownerId)
    if (client === undefined) return sendPage(c, messages.notFound)
    const { clientId } = client
    const text = await textFields(c)
    const typed = { name: text('name'), callbacks: text('callbacks'), rsaPublicKey: text('rsa_public_key') }
    const keepsKey = typed.rsaPublicKey.trim() === '' && text('remove_rsa_public_key') === ''
    try {
      const { name } = typed
      const rsaPublicKey = keepsKey ? undefined : typed.rsaPublicKey
      await changeClient(db, clientId, { name, callbacks: lines(typed.callbacks), rsaPublicKey }, ownerId)
      const page = `/clients/${clientId}`
      await leaveFlash(db, c.get('session').token, page, { kind: 'changed' })
      return c.redirect(page, 303)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return sendPage(c, { ...editClientPage(c.get('session'), client, { ...typed, error }), status: 422 })
    }
  })

  routes.post('/clients/:id/secret', async (c) => {
    const { id: ownerId } = userOf(c)
    const client = await findClient(db, c.req.param('id'), ownerId)
    if (client === undefined) return sendPage(c, messages.notFound)
    const text = await textFields(c)
    try {
      const clientSecret = await replaceSecret(db, client.clientId, { secret: text('secret'), ownerId })
      if (clientSecret === undefined) return sendPage(c, messages.notFound)
      const page = `/clients/${client.clientId}`
      await leaveFlash(db, c.get('session').token, page, { kind: 'secret', clientSecret })
      return c.redirect(page, 303)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return show(c, client, error.message)
    }
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

/** Reads the fields of a posted form; a missing one is the empty text. */
async function textFields(c: Context<WebEnv>): Promise<(name: string) => string> {
  const form = await c.req.parseBody()
  return (name) => {
    const value = form[name]
    return typeof value === 'string' ? value : ''
  }
}

function lines(text: string): string[] {
  return text.split(/\r?\n/)
}

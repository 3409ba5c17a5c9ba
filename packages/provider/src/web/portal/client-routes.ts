import { type Context, Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { changeClient, setClientMode } from '../../clients/client-changes.ts'
import { clientOverviews, type OwnClient } from '../../clients/client-overview.ts'
import { newClientStatus } from '../../clients/client-status.ts'
import { clientUsage } from '../../clients/client-usage.ts'
import { openScopes } from '../../clients/open-scopes.ts'
import { chooseCallbackRule, ownerChoices } from '../../clients/owner-policy.ts'
import { type NewClient, registerClient } from '../../clients/registration.ts'
import { InputError } from '../../input-error.ts'
import { listRecentRequests } from '../../requests/recent-requests.ts'
import { concernedClients } from '../../retirement/concerned-clients.ts'
import type { Services } from '../../services.ts'
import { deleteClient } from '../../tokens/client-deletion.ts'
import { originOf, type Site } from '../http/client-app.ts'
import type { WebEnv } from '../http/session.ts'
import { signedIn, userOf } from '../http/signed-in.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { userLimit } from '../ui/user-limit.ts'
import { editClientPage, newClientPage } from './client-forms.ts'
import { clientsPage } from './client-list-page.ts'
import { clientPage, deleteClientPage } from './client-pages.ts'
import { noteUnverified, ofOwnClient, textFields } from './own-client-page.ts'

/** How many requests of each outcome a client's page shows. */
const mostShown = 5
/** Limits one user's registrations with an existing key: each reveals whether the key is taken. */
const ownKeyLimit = { limit: 20, windowSeconds: 3600 }

/** A user's own clients: list, register, show, edit, switch, delete. Other users’ clients are not found. */
export function clientRoutes(services: Services, site: Site): Hono<WebEnv> {
  const { db, recorder, retirement, server, settings, usage } = services
  const guide = retirement?.plan.guide ?? ''
  const routes = new Hono<WebEnv>()
  const tooOften = userLimit(ownKeyLimit)
  const statusFor = (c: Context<WebEnv>) => newClientStatus(settings.clientRegistration, userOf(c).isAdmin)
  const choicesOf = ({ policy, ownerPolicy }: OwnClient) =>
    ownerChoices(policy, ownerPolicy, settings.options)
  routes.use('/clients/*', signedIn)
  routes.get('/clients', async (c) => {
    await usage.settle()
    const clients = await clientOverviews(db, userOf(c).id)
    const ids = clients.map(({ clientId }) => clientId)
    const standings = await concernedClients(db, retirement, ids)
    const view = { clients, canRegister: statusFor(c) !== undefined, standings, guide }
    return sendPage(c, clientsPage(c.get('texts'), view))
  })
  routes.get('/clients/new', (c) =>
    statusFor(c) === undefined
      ? sendPage(c, messages.notFound)
      : sendPage(c, newClientPage(c.get('texts'), c.get('session'))),
  )

  routes.post('/clients', async (c) => {
    const { id: ownerId } = userOf(c)
    const status = statusFor(c)
    if (status === undefined) return sendPage(c, messages.notFound)
    const text = await textFields(c)
    const typed = { ...details(text), rsaPublicKey: text('rsa_public_key'), key: text('key').trim() }
    const refusal = typed.key === '' ? undefined : tooOften(c)
    if (refusal !== undefined) return refusal
    try {
      const given = { ...typed, callbacks: lines(typed.callbacks), secret: text('secret'), ownerId, status }
      // The client's page shows the secret, so that reloading it does not register another client.
      const tell = ({ clientId, clientSecret }: NewClient) =>
        leaveFlash(db, c.get('session').token, `/clients/${clientId}`, { kind: 'registered', clientSecret })
      const { clientId } = await registerClient(db, given, tell)
      await chooseCallbackRule(db, clientId, ownerId, text('callback_rule'))
      await recordAudit(services, { action: 'client.registered', subject: { kind: 'client', id: clientId } })
      return c.redirect(`/clients/${clientId}`, 303)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const refused = { ...typed, error: faultIn(c.get('texts'), error) }
      return sendPage(c, { ...newClientPage(c.get('texts'), c.get('session'), refused), status: 422 })
    }
  })

  routes.get(
    '/clients/:id',
    ofOwnClient(db, async (c, client) => {
      const flash = c.get('flash')
      const isSecret = flash?.kind === 'registered' || flash?.kind === 'secret'
      await recorder.settle()
      await usage.settle()
      const view = {
        session: c.get('session'),
        client,
        scopes: openScopes(server, client, settings.scopes),
        choices: choicesOf(client),
        requests: await listRecentRequests(db, client.clientId, mostShown),
        usage: await clientUsage(db, client.clientId),
        standing: (await concernedClients(db, retirement, [client.clientId])).get(client.clientId),
        guide,
        origin: originOf(c, site),
        secret: isSecret ? { text: flash.clientSecret, isFirst: flash.kind === 'registered' } : undefined,
      }
      return sendPage(c, clientPage(c.get('texts'), view))
    }),
  )

  const edit = (c: Context<WebEnv>, client: OwnClient, given?: Parameters<typeof editClientPage>[4]) => {
    const { isCallbackRuleFixed, chosen } = choicesOf(client)
    const form = { callbackRule: chosen.callbackRule, ...given }
    return editClientPage(c.get('texts'), c.get('session'), client, isCallbackRuleFixed, form)
  }

  routes.get(
    '/clients/:id/edit',
    ofOwnClient(db, (c, client) => sendPage(c, edit(c, client))),
  )

  routes.post(
    '/clients/:id/edit',
    ofOwnClient(db, async (c, client) => {
      const { clientId } = client
      const text = await textFields(c)
      const typed = details(text)
      try {
        const { name, description, homepage } = typed
        const changes = { name, description, homepage, callbacks: lines(typed.callbacks) }
        await changeClient(db, clientId, changes, userOf(c).id)
        await recordAudit(services, { action: 'client.edited', subject: { kind: 'client', id: clientId } })
        await noteUnverified(services, client, userOf(c).id)
        const rule = text('callback_rule')
        if (rule !== '') await chooseCallbackRule(db, clientId, userOf(c).id, rule)
        const page = `/clients/${clientId}`
        await leaveFlash(db, c.get('session').token, page, { kind: 'changed' })
        return c.redirect(page, 303)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        const given = { ...typed, error: faultIn(c.get('texts'), error) }
        return sendPage(c, { ...edit(c, client, given), status: 422 })
      }
    }),
  )

  routes.post('/clients/:id/mode', async (c) => {
    const clientId = c.req.param('id')
    const { mode } = await c.req.parseBody()
    const isKnown = mode === 'development' || mode === 'live'
    if (!isKnown || !(await setClientMode(db, clientId, mode, userOf(c).id)))
      return sendPage(c, messages.notFound)
    const subject = { kind: 'client', id: clientId } as const
    await recordAudit(services, { action: 'client.mode-changed', subject, details: { mode } })
    const page = `/clients/${clientId}`
    await leaveFlash(db, c.get('session').token, page, { kind: 'mode', mode })
    return c.redirect(page, 303)
  })

  routes.get(
    '/clients/:id/delete',
    ofOwnClient(db, (c, client) =>
      client.status === 'suspended'
        ? c.redirect(`/clients/${client.clientId}`, 303)
        : sendPage(c, deleteClientPage(c.get('texts'), c.get('session'), client)),
    ),
  )

  routes.post(
    '/clients/:id/delete',
    ofOwnClient(db, async (c, { clientId, name, users, status }) => {
      // Otherwise its key could be registered again, and the client would work as if it had never been suspended.
      if (status === 'suspended') return c.redirect(`/clients/${clientId}`, 303)
      await deleteClient(services, clientId)
      const subject = { kind: 'client', id: clientId, name } as const
      await recordAudit(services, { action: 'client.deleted', subject, details: { users } })
      await leaveFlash(db, c.get('session').token, '/clients', { kind: 'deleted', clientName: name })
      return c.redirect('/clients', 303)
    }),
  )

  return routes
}

/** The common fields of the forms to register and to edit. */
function details(text: (name: string) => string) {
  return {
    name: text('name'),
    description: text('description'),
    homepage: text('homepage'),
    callbacks: text('callbacks'),
    callbackRule: text('callback_rule') || 'exact',
  }
}

function lines(text: string): string[] {
  return text.split(/\r?\n/)
}

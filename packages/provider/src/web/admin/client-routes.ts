import { type Context, Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { pairClient, unpairClient } from '../../bridge/pairs.ts'
import { listAllClients } from '../../clients/administered-clients.ts'
import { setClientPolicy } from '../../clients/client-changes.ts'
import { countsOfClient } from '../../clients/client-counts.ts'
import { type ClientDetails, clientDetails } from '../../clients/client-list.ts'
import { readPolicy } from '../../clients/client-policy.ts'
import { setClientStatus, setClientVerified } from '../../clients/client-status.ts'
import { findClient } from '../../clients/clients.ts'
import { InputError } from '../../input-error.ts'
import { inputFault } from '../../input-fault.ts'
import { listRecentRequests } from '../../requests/recent-requests.ts'
import type { Services } from '../../services.ts'
import { deleteClient } from '../../tokens/client-deletion.ts'
import { revokeTokens } from '../../tokens/tokens.ts'
import type { WebEnv } from '../http/session.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { type ClientView, clientPage, clientsPage } from './client-pages.ts'
import type { Done } from './done.ts'
import { clientFilter } from './filters.ts'
import { asked, posted } from './form-fields.ts'

/** How many requests of each outcome a client's page shows. */
const mostShown = 10

/** All clients: search, approve, suspend, verify, pair, set the policy, revoke access, delete. */
export function clientRoutes(services: Services): Hono<WebEnv> {
  const { db, recorder } = services
  const routes = new Hono<WebEnv>()

  routes.get('/admin/clients', async (c) => {
    const filter = clientFilter(c)
    const from = asked(c, 'from')
    const { items: clients, next } = await listAllClients(db, filter, { from })
    return sendPage(c, clientsPage(c.get('texts'), { filter, from, clients, next }))
  })

  const show = async (
    c: Context<WebEnv>,
    client: ClientDetails,
    faults: Pick<ClientView, 'policy' | 'pair' | 'confirmFault'> = {},
  ) => {
    const { clientId } = client
    const summary = await findClient(db, clientId)
    if (summary === undefined) return sendPage(c, messages.notFound)
    await recorder.settle()
    const requests = await listRecentRequests(db, clientId, mostShown)
    const refusals = requests.filter(({ outcome }) => outcome !== 'accepted').slice(0, mostShown)
    const counts = await countsOfClient(db, clientId)
    const view = { session: c.get('session'), client, summary, counts, refusals, ...faults }
    return sendPage(c, clientPage(c.get('texts'), view))
  }

  routes.get('/admin/clients/:id', async (c) => {
    const client = await clientDetails(db, c.req.param('id'))
    return client === undefined ? sendPage(c, messages.notFound) : show(c, client)
  })

  /** An action on a client, and its log entry and message. An action that changes nothing is not logged. */
  const acts: Readonly<Record<string, (clientId: string) => Promise<Done | undefined>>> = {
    approve: async (id) =>
      (await setClientStatus(db, id, 'approved'))
        ? { action: 'client.approved', done: 'approved' }
        : undefined,
    reinstate: async (id) =>
      (await setClientStatus(db, id, 'approved'))
        ? { action: 'client.approved', done: 'reinstated' }
        : undefined,
    suspend: async (id) =>
      (await setClientStatus(db, id, 'suspended'))
        ? { action: 'client.suspended', done: 'suspended' }
        : undefined,
    verify: async (id) =>
      (await setClientVerified(db, id, true)) ? { action: 'client.verified', done: 'verified' } : undefined,
    unverify: async (id) =>
      (await setClientVerified(db, id, false))
        ? { action: 'client.unverified', done: 'unverified' }
        : undefined,
    unpair: async (id) => {
      const oauth2ClientId = (await unpairClient(db, id))?.before
      return oauth2ClientId === undefined
        ? undefined
        : { action: 'client.unpaired', done: 'unpaired', details: { oauth2ClientId } }
    },
    'revoke-access': async (clientId) => ({
      action: 'client.access-revoked',
      done: 'accessRevoked',
      details: { tokens: await revokeTokens(services, { clientId }) },
    }),
  }

  const finish = async (
    c: Context<WebEnv>,
    { clientId, name }: ClientDetails,
    { action, done, details }: Done,
    page = `/admin/clients/${clientId}`,
  ) => {
    await recordAudit(services, { action, subject: { kind: 'client', id: clientId, name }, details })
    await leaveFlash(db, c.get('session').token, page, { kind: 'administered', done, name })
    return c.redirect(page, 303)
  }

  for (const [verb, act] of Object.entries(acts)) {
    routes.post(`/admin/clients/:id/${verb}`, async (c) => {
      const client = await clientDetails(db, c.req.param('id'))
      if (client === undefined) return sendPage(c, messages.notFound)
      const result = await act(client.clientId)
      return result === undefined
        ? c.redirect(`/admin/clients/${client.clientId}`, 303)
        : finish(c, client, result)
    })
  }

  routes.post('/admin/clients/:id/pair', async (c) => {
    const client = await clientDetails(db, c.req.param('id'))
    if (client === undefined) return sendPage(c, messages.notFound)
    const text = (await posted(c))('oauth2_client_id')
    try {
      const change = await pairClient(db, client.clientId, text)
      if (change === undefined) return sendPage(c, messages.notFound)
      const { before, now } = change
      if (before === now) return c.redirect(`/admin/clients/${client.clientId}`, 303)
      const details = { oauth2ClientId: now, before }
      return finish(c, client, { action: 'client.paired', done: 'paired', details })
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return show(c, client, { pair: { text, fault: faultIn(c.get('texts'), error).message } })
    }
  })

  routes.post('/admin/clients/:id/policy', async (c) => {
    const client = await clientDetails(db, c.req.param('id'))
    if (client === undefined) return sendPage(c, messages.notFound)
    const text = (await posted(c))('policy').trim()
    try {
      const policy = readPolicy(text)
      if (policy === undefined) throw inputFault('policy', 'policyNotObject')
      await setClientPolicy(services, client.clientId, policy)
      return finish(c, client, {
        action: 'client.policy-changed',
        done: 'policyChanged',
        details: { policy: text },
      })
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return show(c, client, { policy: { text, fault: faultIn(c.get('texts'), error).message } })
    }
  })

  routes.post('/admin/clients/:id/delete', async (c) => {
    const client = await clientDetails(db, c.req.param('id'))
    if (client === undefined) return sendPage(c, messages.notFound)
    const { clientId, name } = client
    const confirmed = (await posted(c))('confirm').trim().replace(/\s+/g, ' ')
    if (confirmed !== name && confirmed !== clientId)
      return show(c, client, { confirmFault: c.get('texts').admin.confirmWrong() })
    const tokens = await deleteClient(services, clientId)
    return finish(
      c,
      client,
      { action: 'client.deleted', done: 'deleted', details: { tokens } },
      '/admin/clients',
    )
  })

  return routes
}

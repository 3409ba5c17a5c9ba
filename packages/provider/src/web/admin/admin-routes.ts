import { Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { countUsers } from '../../accounts/user-counts.ts'
import { listAudit } from '../../audit/audit-list.ts'
import { listAllClients } from '../../clients/administered-clients.ts'
import { countClients } from '../../clients/client-counts.ts'
import { listSignings } from '../../clients/signing-list.ts'
import { listRefusals } from '../../requests/all-refusals.ts'
import type { Services } from '../../services.ts'
import { listAllTokens, revokeAdministeredToken } from '../../tokens/administered-tokens.ts'
import type { WebEnv } from '../http/session.ts'
import { sendPage } from '../ui/layout.ts'
import { administratorsOnly } from './administrator.ts'
import { auditPage } from './audit-page.ts'
import { clientRoutes } from './client-routes.ts'
import { exportRoutes } from './export-routes.ts'
import { auditFilter, tokenFilter, usageFilter } from './filters.ts'
import { asked, posted } from './form-fields.ts'
import { invitationRoutes } from './invitation-routes.ts'
import { overviewPage } from './overview-page.ts'
import { address } from './parts.ts'
import { tokenNames } from './token-names.ts'
import { tokensPage } from './token-pages.ts'
import { usagePage } from './usage-page.ts'
import { userRoutes } from './user-routes.ts'

const mostPending = 5
const mostRefusals = 10

/** The administrators' pages, which do not exist for anyone else. */
export function adminRoutes(services: Services): Hono<WebEnv> {
  const { db, audit, readiness, recorder, retirement, settings, usage } = services
  const routes = new Hono<WebEnv>()
  routes.use('/admin/*', administratorsOnly)

  routes.get('/admin', async (c) => {
    await recorder.settle()
    const counts = { ...(await countUsers(db)), ...(await countClients(db)) }
    const { items: pending } = await listAllClients(db, { status: 'pending' }, { most: mostPending })
    const refusals = await listRefusals(db, mostRefusals)
    const { admin } = c.get('texts')
    const { parts } = await readiness.report()
    const health = Object.entries(parts)
      .filter(([name]) => name !== 'process')
      .map(([name, state]) => ({
        name: isPart(name) ? admin[name]() : name,
        isWell: state === 'ok',
      }))
    return sendPage(c, overviewPage(c.get('texts'), { counts, pending, refusals, health, settings }))
  })

  routes.get('/admin/tokens', async (c) => {
    const { user, clientId: client } = tokenFilter(c)
    const from = asked(c, 'from')
    const { items: tokens, next } = await listAllTokens(db, tokenNames(c), tokenFilter(c), { from })
    const view = { session: c.get('session'), user, client, from, tokens, next }
    return sendPage(c, tokensPage(c.get('texts'), view))
  })

  // The event of the server writes the audit line.
  routes.post('/admin/tokens/revoke', async (c) => {
    const text = await posted(c)
    const revoked = await revokeAdministeredToken(services, tokenNames(c), text('token'))
    const name = revoked?.clientName ?? ''
    const page = '/admin/tokens'
    if (revoked !== undefined)
      await leaveFlash(db, c.get('session').token, page, { kind: 'administered', done: 'tokenRevoked', name })
    return c.redirect(address(page, { user: text('user'), client: text('client') }), 303)
  })

  routes.get('/admin/usage', async (c) => {
    const filter = usageFilter(c)
    const from = asked(c, 'from')
    await usage.settle()
    const { items: signings, next } = await listSignings(db, filter, { from })
    const view = { filter, from, signings, next, retirement, site: settings.brand.name }
    return sendPage(c, usagePage(c.get('texts'), view))
  })

  routes.get('/admin/audit', async (c) => {
    const { filter, query } = auditFilter(c)
    const from = asked(c, 'from')
    await audit.settle()
    const { items: lines, next } = await listAudit(db, filter, { from })
    return sendPage(c, auditPage(c.get('texts'), { query, from, lines, next, days: settings.auditDays }))
  })

  routes.route('/', userRoutes(services))
  routes.route('/', invitationRoutes(services))
  routes.route('/', clientRoutes(services))
  routes.route('/', exportRoutes(services))
  return routes
}

function isPart(name: string): name is 'database' | 'redis' | 'migrations' | 'sealing' {
  return ['database', 'redis', 'migrations', 'sealing'].includes(name)
}

import { Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { endPreviousSecret, replaceSecret } from '../../clients/client-changes.ts'
import { InputError } from '../../input-error.ts'
import type { Services } from '../../services.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { ofOwnClient, textFields } from './own-client-page.ts'
import { overlaps, secretPage } from './secret-pages.ts'

/** A new secret for a client, with a period in which both work. */
export function secretRoutes(services: Services): Hono<WebEnv> {
  const { db } = services
  const routes = new Hono<WebEnv>()

  routes.get(
    '/clients/:id/secret',
    ofOwnClient(db, (c, client) => sendPage(c, secretPage(c.get('texts'), c.get('session'), client))),
  )

  routes.post(
    '/clients/:id/secret',
    ofOwnClient(db, async (c, client) => {
      const text = await textFields(c)
      const overlapSeconds = overlaps.find((seconds) => String(seconds) === text('overlap')) ?? 0
      try {
        const ownerId = userOf(c).id
        const page = `/clients/${client.clientId}`
        const announce = (clientSecret: string) =>
          leaveFlash(db, c.get('session').token, page, { kind: 'secret', clientSecret })
        const given = { secret: text('secret'), ownerId, overlapSeconds, announce }
        if ((await replaceSecret(db, client.clientId, given)) === undefined)
          return sendPage(c, messages.notFound)
        const subject = { kind: 'client', id: client.clientId } as const
        await recordAudit(services, {
          action: 'client.secret-replaced',
          subject,
          details: { overlapSeconds },
        })
        return c.redirect(page, 303)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        const fault = faultIn(c.get('texts'), error).message
        return sendPage(c, secretPage(c.get('texts'), c.get('session'), client, fault))
      }
    }),
  )

  routes.post(
    '/clients/:id/secret/end',
    ofOwnClient(db, async (c, { clientId }) => {
      if (await endPreviousSecret(db, clientId, userOf(c).id)) {
        const subject = { kind: 'client', id: clientId } as const
        const details = { endedPrevious: true }
        await recordAudit(services, { action: 'client.secret-replaced', subject, details })
      }
      const page = `/clients/${clientId}`
      await leaveFlash(db, c.get('session').token, page, { kind: 'changed' })
      return c.redirect(page, 303)
    }),
  )

  return routes
}

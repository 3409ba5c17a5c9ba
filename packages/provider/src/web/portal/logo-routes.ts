import { type Context, Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { canTakeLogos, logoImage } from '../../clients/logo-image.ts'
import { removeLogo, storeLogo } from '../../clients/logos.ts'
import { InputError } from '../../input-error.ts'
import type { Services } from '../../services.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { logoPage } from './logo-pages.ts'
import { noteUnverified, ofOwnClient, uploaded } from './own-client-page.ts'

/** The logo of a client: upload, replace, remove. */
export function logoRoutes(services: Services): Hono<WebEnv> {
  const { db } = services
  const routes = new Hono<WebEnv>()
  const done = async (c: Context<WebEnv>, clientId: string) => {
    const subject = { kind: 'client', id: clientId } as const
    await recordAudit(services, { action: 'client.edited', subject, details: { fields: ['logo'] } })
    const page = `/clients/${clientId}/logo`
    await leaveFlash(db, c.get('session').token, page, { kind: 'changed' })
    return c.redirect(page, 303)
  }

  routes.get(
    '/clients/:id/logo',
    ofOwnClient(db, async (c, client) =>
      sendPage(c, logoPage(c.get('texts'), c.get('session'), client, await canTakeLogos())),
    ),
  )

  routes.post(
    '/clients/:id/logo',
    ofOwnClient(db, async (c, client) => {
      try {
        const octets = (await uploaded(c, 'logo')) ?? new Uint8Array()
        await storeLogo(db, client.clientId, await logoImage(octets, String(userOf(c).id)))
        await noteUnverified(services, client, userOf(c).id)
        return await done(c, client.clientId)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        const fault = faultIn(c.get('texts'), error).message
        const canTake = await canTakeLogos()
        return sendPage(c, logoPage(c.get('texts'), c.get('session'), client, canTake, fault))
      }
    }),
  )

  routes.post(
    '/clients/:id/logo/remove',
    ofOwnClient(db, async (c, { clientId }) => {
      await removeLogo(db, clientId)
      return done(c, clientId)
    }),
  )

  return routes
}

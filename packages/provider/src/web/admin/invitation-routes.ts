import { type Context, Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { createInvitation, listInvitations, removeInvitation } from '../../accounts/invitations.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { InputError } from '../../input-error.ts'
import type { Services } from '../../services.ts'
import type { WebEnv } from '../http/session.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { posted } from './form-fields.ts'
import { type InvitationsView, invitationsPage } from './invitation-pages.ts'

const page = '/admin/invitations'

/** Invites people if registration is by invitation. */
export function invitationRoutes(services: Services): Hono<WebEnv> {
  const { db, settings } = services
  const routes = new Hono<WebEnv>()

  const show = async (c: Context<WebEnv>, refused?: InvitationsView['refused']) => {
    const flash = c.get('flash')
    const origin = settings.origin ?? new URL(c.req.url).origin
    const view = {
      session: c.get('session'),
      invitations: await listInvitations(db),
      link: flash?.kind === 'invited' ? `${origin}/sign-up?invitation=${flash.code}` : undefined,
      isNeeded: settings.registration === 'invited',
      refused,
    }
    return sendPage(c, invitationsPage(c.get('texts'), view))
  }

  routes.get(page, (c) => show(c))

  routes.post(page, async (c) => {
    const note = (await posted(c))('note')
    try {
      const { id, code, note: kept } = await createInvitation(db, { note })
      await recordAudit(services, {
        action: 'invitation.made',
        subject: { kind: 'invitation', id: id.slice(0, 8), name: kept },
      })
      await leaveFlash(db, c.get('session').token, page, { kind: 'invited', code })
      return c.redirect(page, 303)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return show(c, { note, fault: faultIn(c.get('texts'), error).message })
    }
  })

  routes.post(`${page}/withdraw`, async (c) => {
    const id = (await posted(c))('id')
    if (await removeInvitation(db, id)) {
      await recordAudit(services, {
        action: 'invitation.withdrawn',
        subject: { kind: 'invitation', id: id.slice(0, 8) },
      })
      await leaveFlash(db, c.get('session').token, page, {
        kind: 'administered',
        done: 'withdrawn',
        name: '',
      })
    }
    return c.redirect(page, 303)
  })

  return routes
}

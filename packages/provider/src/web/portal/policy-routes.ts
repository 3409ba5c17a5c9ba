import { Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import type { OwnClient } from '../../clients/client-overview.ts'
import { chooseOwnPolicy, ownerChoices } from '../../clients/owner-policy.ts'
import { InputError } from '../../input-error.ts'
import type { Services } from '../../services.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { checkedValues, ofOwnClient, textFields } from './own-client-page.ts'
import { policyPage } from './policy-pages.ts'

/** Lets the owner of a client narrow the operator's policy. */
export function policyRoutes(services: Services): Hono<WebEnv> {
  const { db, settings } = services
  const routes = new Hono<WebEnv>()
  const choicesOf = ({ policy, ownerPolicy }: OwnClient) =>
    ownerChoices(policy, ownerPolicy, settings.options)

  routes.get(
    '/clients/:id/policy',
    ofOwnClient(db, (c, client) =>
      sendPage(c, policyPage(c.get('texts'), c.get('session'), client, choicesOf(client))),
    ),
  )

  routes.post(
    '/clients/:id/policy',
    ofOwnClient(db, async (c, client) => {
      const { clientId } = client
      const text = await textFields(c)
      const methods = await checkedValues(c, 'methods')
      const choice = {
        methods,
        places: await checkedValues(c, 'places'),
        isBodyHashRequired: text('body_hash') === 'required',
        // This is set together with the callbacks.
        callbackRule: client.ownerPolicy.callbackRule ?? '',
      }
      try {
        await chooseOwnPolicy(db, settings.options, clientId, userOf(c).id, choice)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        const fault = faultIn(c.get('texts'), error)
        return sendPage(c, policyPage(c.get('texts'), c.get('session'), client, choicesOf(client), fault))
      }
      const subject = { kind: 'client', id: clientId } as const
      await recordAudit(services, { action: 'client.policy-changed', subject, details: { methods } })
      const page = `/clients/${clientId}`
      await leaveFlash(db, c.get('session').token, page, { kind: 'changed' })
      return c.redirect(page, 303)
    }),
  )

  return routes
}

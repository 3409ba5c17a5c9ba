import { type Context, Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { addRsaKeys, removeRsaKey } from '../../clients/rsa-keys.ts'
import { InputError } from '../../input-error.ts'
import type { Services } from '../../services.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { keysPage } from './key-pages.ts'
import { ofOwnClient, textFields, uploaded } from './own-client-page.ts'

/** The RSA keys of a client: several at once while it changes to a new one. */
export function keyRoutes(services: Services): Hono<WebEnv> {
  const { db } = services
  const routes = new Hono<WebEnv>()
  const done = async (
    c: Context<WebEnv>,
    clientId: string,
    details: { added?: number; removed?: string },
  ) => {
    await recordAudit(services, {
      action: 'client.keys-changed',
      subject: { kind: 'client', id: clientId },
      details,
    })
    const page = `/clients/${clientId}/keys`
    await leaveFlash(db, c.get('session').token, page, { kind: 'changed' })
    return c.redirect(page, 303)
  }

  routes.get(
    '/clients/:id/keys',
    ofOwnClient(db, (c, client) => sendPage(c, keysPage(c.get('texts'), c.get('session'), client))),
  )

  routes.post(
    '/clients/:id/keys',
    ofOwnClient(db, async (c, client) => {
      const pasted = (await textFields(c))('rsa_public_key')
      const file = pasted.trim() === '' ? await uploaded(c, 'file') : undefined
      // A file is read as text: a binary file is not a readable key, and is refused with that message.
      const given = file === undefined ? pasted : new TextDecoder().decode(file)
      try {
        await addRsaKeys(db, client.clientId, given, userOf(c).id)
        return await done(c, client.clientId, { added: 1 })
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        const refused = { text: pasted, message: faultIn(c.get('texts'), error).message }
        return sendPage(c, keysPage(c.get('texts'), c.get('session'), client, refused))
      }
    }),
  )

  routes.post(
    '/clients/:id/keys/remove',
    ofOwnClient(db, async (c, { clientId }) => {
      const fingerprint = (await textFields(c))('fingerprint')
      await removeRsaKey(db, clientId, fingerprint, userOf(c).id)
      return done(c, clientId, { removed: fingerprint.slice(0, 64) })
    }),
  )

  return routes
}

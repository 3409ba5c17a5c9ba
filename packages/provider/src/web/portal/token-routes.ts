import { type Context, Hono } from 'hono'
import { leaveFlash } from '../../accounts/flashes.ts'
import { type ClientSummary, findClient } from '../../clients/clients.ts'
import { openScopes } from '../../clients/open-scopes.ts'
import { InputError } from '../../input-error.ts'
import type { Services } from '../../services.ts'
import { issueToken } from '../../tokens/issued-token.ts'
import { listTokens, revokeTokens } from '../../tokens/tokens.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { userLimit } from '../ui/user-limit.ts'
import { type RefusedToken, tokensPage } from './token-pages.ts'

/** Limits tokens that users issue for themselves. */
const issueLimit = { limit: 60, windowSeconds: 3600 }

/** The tokens of a user's own clients: list them, issue one for the user, revoke all. */
export function tokenRoutes(services: Services): Hono<WebEnv> {
  const { db, settings, server } = services
  const routes = new Hono<WebEnv>()
  const tooOften = userLimit(issueLimit)

  const show = async (c: Context<WebEnv>, client: ClientSummary, refused?: RefusedToken) => {
    const flash = c.get('flash')
    const tokens = await listTokens(services, { clientId: client.clientId })
    const view = {
      session: c.get('session'),
      client,
      tokens: tokens.reverse(),
      open: openScopes(server, client, settings.scopes),
      scopes: settings.scopes,
      issued: flash?.kind === 'token' ? flash : undefined,
      refused,
    }
    return sendPage(c, tokensPage(c.get('texts'), view))
  }

  routes.get('/clients/:id/tokens', async (c) => {
    const client = await findClient(db, c.req.param('id'), userOf(c).id)
    return client === undefined ? sendPage(c, messages.notFound) : show(c, client)
  })

  routes.post('/clients/:id/tokens', async (c) => {
    const { id: userId } = userOf(c)
    const client = await findClient(db, c.req.param('id'), userId)
    if (client === undefined) return sendPage(c, messages.notFound)
    // Adding an existing token reveals whether it is taken, so attempts are limited.
    const refusal = tooOften(c)
    if (refusal !== undefined) return refusal
    const form = await c.req.parseBody({ all: true })
    const text = (name: string) => (typeof form[name] === 'string' ? form[name].trim() : '')
    const checked = [form['scope'] ?? []].flat().filter((scope) => typeof scope === 'string')
    const [oauthToken, oauthTokenSecret] = [text('oauth_token'), text('oauth_token_secret')]
    const isBrought = oauthToken !== '' || oauthTokenSecret !== ''
    try {
      const token = await issueToken(services, client.clientId, userId, {
        scope: checked.join(' '),
        credential: isBrought ? { oauthToken, oauthTokenSecret } : undefined,
      })
      const page = `/clients/${client.clientId}/tokens`
      await leaveFlash(db, c.get('session').token, page, { kind: 'token', ...token })
      return c.redirect(page, 303)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const { field, message } = faultIn(c.get('texts'), error)
      return show(c, client, { oauthToken, checked, field, message })
    }
  })

  routes.post('/clients/:id/tokens/revoke-all', async (c) => {
    const client = await findClient(db, c.req.param('id'), userOf(c).id)
    if (client === undefined) return sendPage(c, messages.notFound)
    const { clientId } = client
    await revokeTokens(services, { clientId })
    const page = `/clients/${clientId}/tokens`
    await leaveFlash(db, c.get('session').token, page, { kind: 'revoked-all' })
    return c.redirect(page, 303)
  })

  return routes
}

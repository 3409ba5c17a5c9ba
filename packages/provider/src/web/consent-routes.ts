import { type AuthorizationServer, OAuth1Error } from 'countersign'
import { httpRequest } from 'countersign/hono'
import { type Context, Hono } from 'hono'
import type { Database, ProviderClient, ProviderToken } from '../database/schema.ts'
import { temporaryCredentialState } from '../database/temporary-credentials.ts'
import { formActionSource } from './form-action.ts'
import { sendPage } from './layout.ts'
import { withReturn } from './pages/account.ts'
import { consentPage } from './pages/consent.ts'
import { messages } from './pages/message.ts'
import { returnPath } from './return-path.ts'
import type { WebEnv } from './visit.ts'

/** The resource owner authorization endpoint (§2.2): the question, and the answer. */
export function consentRoutes(
  db: Database,
  server: AuthorizationServer<ProviderClient, ProviderToken>,
): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()

  routes.get('/oauth/authorize', async (c) => {
    return answerOrRefuse(c, db, async () => {
      const { client, credential } = await server.checkAuthorizationRequest(await httpRequest(c))
      const { oauthToken, oauthCallback } = credential
      const visit = c.get('visit')
      if (visit.user === undefined) return toSignIn(c, oauthToken)
      c.set('formAction', oauthCallback === 'oob' ? undefined : formActionSource(oauthCallback))
      return sendPage(
        c,
        consentPage({ visit, userName: visit.user.name, clientName: client.name, oauthToken, oauthCallback }),
      )
    })
  })

  routes.post('/oauth/authorize', async (c) => {
    const { decision, oauth_token: oauthToken } = await c.req.parseBody()
    const { user } = c.get('visit')
    if (user === undefined) return toSignIn(c, typeof oauthToken === 'string' ? oauthToken : '')
    if (decision !== 'allow' && decision !== 'deny') return sendPage(c, messages.requestMissing)
    return answerOrRefuse(c, db, async () => {
      const approver = decision === 'allow' ? user : undefined
      const request = await httpRequest(c)
      const { status, headers, body } = await server.createAuthorizationResponse(request, approver)
      return new Response(body === '' ? null : body, { status, headers })
    })
  })

  return routes
}

/** Runs one step, and shows a page that helps where the request is not, or no longer, to be decided upon. */
async function answerOrRefuse(
  c: Context<WebEnv>,
  db: Database,
  answer: () => Promise<Response>,
): Promise<Response> {
  try {
    return await answer()
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    if (error.code !== 'invalid_token') return sendPage(c, messages.requestMissing)
    const { oauth_token: posted } = c.req.method === 'POST' ? await c.req.parseBody() : {}
    const oauthToken = typeof posted === 'string' ? posted : (c.req.query('oauth_token') ?? '')
    const state = await temporaryCredentialState(db, oauthToken)
    return sendPage(c, pageOf[state])
  }
}

const pageOf = {
  unknown: messages.requestUnknown,
  expired: messages.requestExpired,
  decided: messages.requestDecided,
}

function toSignIn(c: Context<WebEnv>, oauthToken: string): Response {
  const here = `/oauth/authorize?oauth_token=${encodeURIComponent(oauthToken)}`
  return c.redirect(withReturn('/sign-in', returnPath(here)), 303)
}

import { type AuthorizationServer, OAuth1Error } from 'countersign'
import { httpRequest } from 'countersign/hono'
import { type Context, Hono } from 'hono'
import type { Database, ProviderClient, ProviderToken } from '../../database/schema.ts'
import { findDecision, recordDecision } from '../../tokens/decisions.ts'
import { temporaryCredentialState, waitingCode } from '../../tokens/temporary-credentials.ts'
import { requestPath, withReturn } from '../http/return-path.ts'
import type { WebEnv } from '../http/visit.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { consentPage } from './consent-page.ts'
import { codePage, decisionPage } from './decision-page.ts'
import { formActionSource } from './form-action.ts'

/**
 * The resource owner authorization endpoint (§2.2). A request has one address, whose page shows how it stands: the
 * question, then the code (`oob`), then what was decided. So reloading and going back do no harm.
 */
export function consentRoutes(
  db: Database,
  server: AuthorizationServer<ProviderClient, ProviderToken>,
): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()

  routes.get('/oauth/authorize', async (c) => {
    try {
      const { client, credential } = await server.checkAuthorizationRequest(await httpRequest(c))
      const { oauthToken, oauthCallback } = credential
      const visit = c.get('visit')
      const { user } = visit
      if (user === undefined) return toSignIn(c, oauthToken)
      c.set('formAction', oauthCallback === 'oob' ? undefined : formActionSource(oauthCallback))
      return await sendPage(
        c,
        consentPage({ visit, userName: user.name, clientName: client.name, oauthToken, oauthCallback }),
      )
    } catch (error) {
      if (!isUndecidable(error)) return refuse(c, error)
      return standing(c, db, c.req.query('oauth_token') ?? '')
    }
  })

  routes.post('/oauth/authorize', async (c) => {
    const { decision, oauth_token: posted } = await c.req.parseBody()
    const oauthToken = typeof posted === 'string' ? posted : ''
    const { user } = c.get('visit')
    if (user === undefined) return toSignIn(c, oauthToken)
    if (decision !== 'allow' && decision !== 'deny') return sendPage(c, messages.requestMissing)
    const allowed = decision === 'allow'
    try {
      const request = await httpRequest(c)
      const { credential } = await server.checkAuthorizationRequest(request)
      const { status, headers, body } = await server.createAuthorizationResponse(
        request,
        allowed ? user : undefined,
      )
      const { clientId, expiresAt, oauthCallback } = credential
      await recordDecision(db, {
        oauthToken: credential.oauthToken,
        clientId,
        userId: user.id,
        allowed,
        expiresAt,
      })
      if (oauthCallback === 'oob') return c.redirect(requestPath(credential.oauthToken), 303)
      return new Response(body === '' ? null : body, { status, headers })
    } catch (error) {
      if (!isUndecidable(error)) return refuse(c, error)
      const page = requestPath(oauthToken)
      return page === '/' ? sendPage(c, messages.requestUnknown) : c.redirect(page, 303)
    }
  })

  return routes
}

/** The request is well-formed, and there is nothing to decide, or nothing more. */
function isUndecidable(error: unknown): boolean {
  return error instanceof OAuth1Error && error.code === 'invalid_token'
}

function refuse(c: Context<WebEnv>, error: unknown): Response | Promise<Response> {
  if (!(error instanceof OAuth1Error)) throw error
  return sendPage(c, messages.requestMissing)
}

/** How a request stands that is not to be decided upon: who decided is told what, and everyone else only that. */
async function standing(c: Context<WebEnv>, db: Database, oauthToken: string): Promise<Response> {
  const { user } = c.get('visit')
  if (user !== undefined) {
    const waiting = await waitingCode(db, oauthToken, user.id)
    if (waiting !== undefined) return sendPage(c, codePage(waiting))
    const decision = await findDecision(db, oauthToken)
    if (decision?.userId === user.id) return sendPage(c, decisionPage(decision))
  }
  return sendPage(c, pageOf[await temporaryCredentialState(db, oauthToken)])
}

const pageOf = {
  unknown: messages.requestUnknown,
  expired: messages.requestExpired,
  decided: messages.requestDecided,
}

function toSignIn(c: Context<WebEnv>, oauthToken: string): Response {
  return c.redirect(withReturn('/sign-in', requestPath(oauthToken)), 303)
}

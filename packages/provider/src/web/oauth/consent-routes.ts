import { OAuth1Error, UndecidableError } from 'countersign'
import { type Context, Hono } from 'hono'
import { clientFacts } from '../../clients/client-facts.ts'
import type { Database } from '../../database/schema.ts'
import type { Services } from '../../services.ts'
import { scopeList } from '../../settings/scopes.ts'
import { findDecision, recordDecision } from '../../tokens/decisions.ts'
import { inactiveClient, temporaryCredentialState, waitingCode } from '../../tokens/temporary-credentials.ts'
import { listTokens } from '../../tokens/tokens.ts'
import { requestPath, withReturn } from '../http/return-path.ts'
import type { WebEnv } from '../http/session.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { scopeText } from '../ui/scope-text.ts'
import { consentPage } from './consent-page.ts'
import { codePage, decisionPage } from './decision-page.ts'
import { formActionSource } from './form-action.ts'

/**
 * The resource owner authorization endpoint (§2.2). A request has one URL, whose page shows its state: the question,
 * then the code (`oob`), then the decision. So reloading and going back do no harm.
 */
export function consentRoutes({ db, server, log, settings }: Services): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()

  routes.get('/oauth/authorize', async (c) => {
    const oauthToken = only(c.req.queries('oauth_token'))
    if (oauthToken === undefined) return sendPage(c, messages.requestMissing)
    try {
      const { client, credential } = await server.checkAuthorizationRequest(oauthToken)
      const { oauthCallback, scope } = credential
      const session = c.get('session')
      const { user } = session
      if (user === undefined) return toSignIn(c, oauthToken)
      c.set('formAction', oauthCallback === 'oob' ? undefined : formActionSource(oauthCallback))
      const texts = c.get('texts')
      const scopes = scopeList(scope).map((one) => ({
        scope: one,
        sentence: scopeText(texts, one, settings.scopes),
      }))
      const { clientId, name: clientName } = client
      const [facts, earlier] = await Promise.all([
        clientFacts(db, [clientId]),
        listTokens({ db, server }, { userId: user.id, clientId }),
      ])
      const page = consentPage(texts, {
        session,
        userName: user.name,
        clientName,
        facts: facts.get(clientId),
        brand: c.get('brand'),
        allowedAt: earlier[0]?.createdAt,
        oauthToken,
        oauthCallback,
        scopes,
      })
      return await sendPage(c, page)
    } catch (error) {
      if (error instanceof UndecidableError) return standing(c, db, oauthToken, error.reason)
      return refuse(c, error)
    }
  })

  routes.post('/oauth/authorize', async (c) => {
    const { decision, oauth_token: posted, scope } = await c.req.parseBody({ all: true })
    const oauthToken = only([c.req.queries('oauth_token') ?? [], posted ?? []].flat())
    const { user } = c.get('session')
    if (user === undefined) return toSignIn(c, oauthToken ?? '')
    if (oauthToken === undefined || (decision !== 'allow' && decision !== 'deny'))
      return sendPage(c, messages.requestMissing)
    const allowed = decision === 'allow'
    try {
      const { credential } = await server.checkAuthorizationRequest(oauthToken)
      const granted = grantedScope(credential.scope, [scope ?? []].flat())
      const outcome = await server.decideAuthorization(oauthToken, allowed ? user : undefined, granted)
      const { clientId, expiresAt } = credential
      const record = { oauthToken, clientId, userId: user.id, allowed, expiresAt }
      // The approval is final: only this redirect brings the client its verifier.
      await recordDecision(db, record).catch((err: unknown) => log.error({ err }, 'decision not recorded'))
      const location = outcome.kind === 'code' ? undefined : outcome.location
      return location === undefined ? c.redirect(requestPath(oauthToken), 303) : c.redirect(location)
    } catch (error) {
      if (!(error instanceof UndecidableError)) return refuse(c, error)
      const page = requestPath(oauthToken)
      return page === '/' ? sendPage(c, messages.requestUnknown) : c.redirect(page, 303)
    }
  })

  return routes
}

/** The requested scopes that the user left checked. */
function grantedScope(
  asked: string | null | undefined,
  checked: readonly unknown[],
): { readonly scope?: string } {
  if (!asked) return {}
  return {
    scope: scopeList(asked)
      .filter((scope) => checked.includes(scope))
      .join(' '),
  }
}

/** The single access request that is named; several or none are invalid. */
function only(named: readonly unknown[] = []): string | undefined {
  const [oauthToken, ...others] = new Set(named)
  return typeof oauthToken === 'string' && others.length === 0 ? oauthToken || undefined : undefined
}

/** The request is known, but cannot be shown, because its stored data are invalid. */
function refuse(c: Context<WebEnv>, error: unknown): Response | Promise<Response> {
  if (!(error instanceof OAuth1Error)) throw error
  return sendPage(c, messages.requestMissing)
}

/**
 * The state of a request that can no longer be decided: its user sees the decision, and everyone else only that there
 * was one.
 */
async function standing(
  c: Context<WebEnv>,
  db: Database,
  oauthToken: string,
  reason: UndecidableError['reason'],
): Promise<Response> {
  const { user } = c.get('session')
  if (user !== undefined) {
    const waiting = await waitingCode(db, oauthToken, user.id)
    if (waiting !== undefined) return sendPage(c, codePage(c.get('texts'), waiting))
    const decision = await findDecision(db, oauthToken)
    if (decision?.userId === user.id) return sendPage(c, decisionPage(c.get('texts'), decision))
  }
  // For the hooks, a request that has expired or was used, or whose client is not served, is unknown; our own tables
  // know more.
  const inactive = reason === 'unknown' ? await inactiveClient(db, oauthToken) : undefined
  if (inactive !== undefined) return sendPage(c, pageOf[inactive])
  const state = reason === 'unknown' ? await temporaryCredentialState(db, oauthToken) : reason
  return sendPage(c, pageOf[state])
}

const pageOf = {
  unknown: messages.requestUnknown,
  expired: messages.requestExpired,
  decided: messages.requestDecided,
  pending: messages.clientPending,
  suspended: messages.clientSuspended,
}

function toSignIn(c: Context<WebEnv>, oauthToken: string): Response {
  return c.redirect(withReturn('/sign-in', requestPath(oauthToken)), 303)
}

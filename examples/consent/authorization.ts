import {
  type AuthorizationRequest,
  type AuthorizationServer,
  type Client,
  type Decision,
  OAuth1Error,
  UndecidableError,
} from 'countersign'
import express, { type NextFunction, type Request, type Response, Router } from 'express'
import { html, page, pageHeaders } from './pages.ts'
import { isOwnForm, type Session, sessionOf } from './sessions.ts'

export interface AppClient extends Client {
  /** The developer's name for it: it may be anything, so show it as text and never trust it. */
  readonly name: string
}

/** What an approval grants: this application has one scope, and its clients request none. */
const scope = 'photos:read'

/** The authorization endpoint (RFC 5849 §2.2): a user who is signed in allows or denies. */
export function authorization(server: AuthorizationServer<AppClient>): Router {
  const router = Router()
  router.use(pageHeaders, express.urlencoded({ extended: false, limit: '8kb' }))

  router.get('/', async (req, res) => {
    const oauthToken = tokenIn(req.query)
    const request = await server.checkAuthorizationRequest(oauthToken)
    const session = sessionOf(req, res)
    if (session.userId === undefined) return res.redirect(303, signInAddress(oauthToken))
    res.send(consentPage(request, session))
  })

  router.post('/', async (req, res) => {
    const oauthToken = tokenIn(req.body)
    // The user comes from the session, whatever the form says.
    const { userId } = sessionOf(req, res)
    if (userId === undefined) return res.redirect(303, signInAddress(oauthToken))
    const decision = req.body?.decision
    if (!isOwnForm(req) || (decision !== 'allow' && decision !== 'deny')) {
      const again = html`<p>Nothing was decided. Go back, reload the page and try again.</p>`
      res.status(403).send(page('This did not work', again))
      return
    }
    const user = decision === 'allow' ? { id: userId } : null
    show(res, await server.decideAuthorization(oauthToken, user, { scope }))
  })

  router.use(showError)
  return router
}

/** The single `oauth_token`; lists and objects, which parsers make of repeats, do not count. */
function tokenIn(fields: Record<string, unknown> | undefined): string {
  const token = fields?.['oauth_token']
  return typeof token === 'string' ? token : ''
}

function signInAddress(oauthToken: string): string {
  return `/sign-in?oauth_token=${encodeURIComponent(oauthToken)}`
}

/** Shows which application asks, for what, for which account, and where the decision leads. */
function consentPage({ client, credential }: AuthorizationRequest<AppClient>, session: Session): string {
  const { oauthToken, oauthCallback } = credential
  const isOutOfBand = oauthCallback === 'oob'
  return page(
    `${client.name} asks for access`,
    html`<p>You are signed in as <b>${session.userId ?? ''}</b>. <b>${client.name}</b> wants to see your photos.</p>
      <p>Afterwards you ${isOutOfBand ? 'get a code to type into it' : `go to ${new URL(oauthCallback).host}`}.</p>
      <form method="post" action="/oauth/authorize">
        <input type="hidden" name="csrf" value="${session.csrfToken}">
        <input type="hidden" name="oauth_token" value="${oauthToken}">
        <button name="decision" value="allow">Allow</button>
        <button name="decision" value="deny">Deny</button>
      </form>
      <p><a href="${signInAddress(oauthToken)}">Use another account</a></p>`,
  )
}

/** After the decision: back to the client, or a page if the client has no callback. */
function show(res: Response, decision: Decision<AppClient>): void {
  if (decision.kind === 'code') {
    const code = decision.oauthVerifier.replace(/.{5}(?=.)/g, '$&-')
    const content = html`<p>Type this code into ${decision.client.name}: <code>${code}</code></p>`
    res.send(page('Your code', content))
  } else if (decision.location !== undefined) {
    res.redirect(302, decision.location)
  } else {
    res.send(page('Nothing was granted', html`<p>You can close this page.</p>`))
  }
}

const reasons = {
  unknown: 'This request has expired or was used already. Start again from the application.',
  expired: 'This request has waited too long. Start again from the application.',
  decided: 'You have decided about this request already. Go back to the application.',
}

/** A page for users who come too late or twice. The application handles all other errors. */
function showError(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  if (error instanceof OAuth1Error) {
    const text = error instanceof UndecidableError ? reasons[error.reason] : error.description
    res.status(400).send(page('This did not work', html`<p>${text}</p>`))
  } else next(error)
}

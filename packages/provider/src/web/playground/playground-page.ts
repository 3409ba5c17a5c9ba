import type { TemporaryCredential } from 'countersign'
import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { code, type Html, named, strong } from '../ui/text.ts'
import { type Step, steps } from './steps.ts'

/** The page's step in the OAuth flow, and its client. */
export interface StepPage {
  readonly step: Step
  readonly client: { readonly clientId: string; readonly name: string }
  /** The temporary credential with which the flow continues. */
  readonly oauthToken?: string | undefined
}

/** The choice of a client for the flow. */
export function playgroundPage({ playground, developer }: Texts, clients: readonly ClientSummary[]): Page {
  const row = ({ clientId, name }: ClientSummary) => ({
    text: html`<a href="/playground/${clientId}/initiate">${named(name)}</a><p class="quiet"><code>${clientId}</code></p>`,
  })
  return {
    title: playground.title(),
    body: html`<h1>${playground.title()}</h1>
<p>${playground.intro({ link: (words) => html`<a href="/authorizations">${words}</a>` })}</p>
<h2>${playground.which()}</h2>
${rows(clients.map(row), developer.clientsEmpty())}
${clients.length === 0 ? html`<div class="actions left"><a class="button" href="/clients/new">${developer.register()}</a></div>` : ''}`,
  }
}

/** The title of a step's page, and links to the others. */
export function playgroundHead({ playground }: Texts, { step, client, oauthToken }: StepPage): Html {
  const query = oauthToken === undefined ? '' : `?oauth_token=${encodeURIComponent(oauthToken)}`
  const items = steps.map((name) => {
    const isOfDance = name === 'approve' || name === 'token'
    const href = `/playground/${client.clientId}/${name}${isOfDance ? query : ''}`
    return html`<li><a href="${href}"${name === step ? html` aria-current="step"` : ''}>${playground.steps[name]()}</a></li>`
  })
  return html`<h1>${playground.title()}</h1>
<p class="quiet">${playground.with({ client: html`<a href="/clients/${client.clientId}">${named(client.name)}</a>` })}</p>
<nav aria-label="${playground.stepList()}"><ol class="steps">${items}</ol></nav>`
}

/** The state of the flow's access request. */
export type Approval =
  | { readonly kind: 'none' }
  | { readonly kind: 'over' }
  | { readonly kind: 'waiting'; readonly oauthToken: string; readonly oauthCallback: string }
  | { readonly kind: 'approved'; readonly oauthToken: string; readonly verifier: string | undefined }

export function approvalOf(credential: TemporaryCredential | undefined, userId: number): Approval {
  if (credential === undefined) return { kind: 'over' }
  const { oauthToken, oauthCallback, oauthVerifier } = credential
  if (!oauthVerifier) return { kind: 'waiting', oauthToken, oauthCallback }
  // Someone else's code is not ours to show.
  const verifier = Number(credential.userId) === userId ? oauthVerifier : undefined
  return { kind: 'approved', oauthToken, verifier }
}

/** The user's step, rather than the client's (§2.2). */
export function approvePage(texts: Texts, page: StepPage, approval: Approval): Page {
  return {
    title: texts.playground.title(),
    wide: true,
    body: html`${playgroundHead(texts, page)}${approvalText(texts, page, approval)}`,
  }
}

function approvalText({ playground: texts }: Texts, { client }: StepPage, approval: Approval): Html {
  const start = html`<div class="actions left"><a class="button" href="/playground/${client.clientId}/initiate">${texts.toFirst()}</a></div>`
  if (approval.kind === 'none') return html`<p>${texts.approvalNone()}</p>${start}`
  if (approval.kind === 'over') return html`<p>${texts.approvalOver()}</p>${start}`
  const query = `?oauth_token=${encodeURIComponent(approval.oauthToken)}`
  if (approval.kind === 'waiting') {
    return html`<p>${texts.approvalWaiting()}</p>
<p>${whatFollows(texts, approval.oauthCallback)}</p>
<div class="actions left"><a class="button" href="/oauth/authorize${query}" target="_blank" rel="noopener">${texts.openConsent()}</a>
<a class="button second" href="/playground/${client.clientId}/approve${query}">${texts.decided()}</a></div>
<p class="hint">${texts.newTab()}</p>`
  }
  return html`<p class="note" role="status">${approval.verifier === undefined ? texts.approvedByOther({ strong }) : texts.approved({ strong, code, verifier: code(approval.verifier) })}</p>
<div class="actions left"><a class="button" href="/playground/${client.clientId}/token${query}">${texts.toToken()}</a></div>`
}

function whatFollows(texts: Texts['playground'], oauthCallback: string): Html {
  if (oauthCallback === 'oob') return texts.followsCode({ code })
  return texts.followsCallback({ callback: code(oauthCallback) })
}

import type { TemporaryCredential } from 'countersign'
import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { type Html, named } from '../ui/text.ts'
import { type Step, steps } from './steps.ts'

/** Where in the dance a page is, and whose it is. */
export interface StepPage {
  readonly step: Step
  readonly client: { readonly clientId: string; readonly name: string }
  /** The temporary credential that the dance goes on with. */
  readonly oauthToken?: string | undefined
}

/** The choice of a client to dance with. */
export function playgroundPage(clients: readonly ClientSummary[]): Page {
  const row = ({ clientId, name }: ClientSummary) => ({
    text: html`<a href="/playground/${clientId}/initiate">${named(name)}</a><p class="quiet"><code>${clientId}</code></p>`,
  })
  return {
    title: 'Playground',
    body: html`<h1>Playground</h1>
<p>Walk through OAuth 1.0 with one of your clients, request by request. You see each base string, signature and response, and you can change every field to see what breaks. The requests are real, and so are the tokens: they open your own account, until you <a href="/authorizations">revoke</a> them.</p>
<h2>With which client?</h2>
${rows(clients.map(row), 'You have not registered a client yet.')}
${clients.length === 0 ? html`<div class="actions left"><a class="button" href="/clients/new">Register a client</a></div>` : ''}`,
  }
}

/** The title of a step's page, and the way to the others. */
export function playgroundHead({ step, client, oauthToken }: StepPage): Html {
  const query = oauthToken === undefined ? '' : `?oauth_token=${encodeURIComponent(oauthToken)}`
  const items = (Object.keys(steps) as Step[]).map((name) => {
    const isOfDance = name === 'approve' || name === 'token'
    const href = `/playground/${client.clientId}/${name}${isOfDance ? query : ''}`
    return html`<li><a href="${href}"${name === step ? html` aria-current="step"` : ''}>${steps[name]}</a></li>`
  })
  return html`<h1>Playground</h1>
<p class="quiet">With <a href="/clients/${client.clientId}">${named(client.name)}</a></p>
<nav aria-label="Steps"><ol class="steps">${items}</ol></nav>`
}

/** How the access request of the dance stands. */
export type Approval =
  | { readonly kind: 'none' }
  | { readonly kind: 'over' }
  | { readonly kind: 'waiting'; readonly oauthToken: string; readonly oauthCallback: string }
  | { readonly kind: 'approved'; readonly oauthToken: string; readonly verifier: string | undefined }

export function approvalOf(credential: TemporaryCredential | undefined, userId: number): Approval {
  if (credential === undefined) return { kind: 'over' }
  const { oauthToken, oauthCallback, oauthVerifier } = credential
  if (!oauthVerifier) return { kind: 'waiting', oauthToken, oauthCallback }
  // Someone else's code is theirs to hand over.
  const verifier = Number(credential.userId) === userId ? oauthVerifier : undefined
  return { kind: 'approved', oauthToken, verifier }
}

/** The step that is not the client's but the user's (§2.2). */
export function approvePage(page: StepPage, approval: Approval): Page {
  return {
    title: 'Playground',
    wide: true,
    body: html`${playgroundHead(page)}${approvalText(page, approval)}`,
  }
}

function approvalText({ client }: StepPage, approval: Approval): Html {
  const start = html`<div class="actions left"><a class="button" href="/playground/${client.clientId}/initiate">To the first step</a></div>`
  if (approval.kind === 'none')
    return html`<p>Only a temporary credential can be approved: ask for one first.</p>${start}`
  if (approval.kind === 'over')
    return html`<p>There is no such temporary credential any more: it was denied, exchanged, or it has expired.</p>${start}`
  const query = `?oauth_token=${encodeURIComponent(approval.oauthToken)}`
  if (approval.kind === 'waiting') {
    return html`<p>The client now sends the browser of its user to the consent page. Here the user is you.</p>
<p>${whatFollows(approval.oauthCallback)}</p>
<div class="actions left"><a class="button" href="/oauth/authorize${query}" target="_blank" rel="noopener">Open the consent page</a>
<a class="button second" href="/playground/${client.clientId}/approve${query}">I have decided</a></div>
<p class="hint">The consent page opens in a new tab.</p>`
  }
  return html`<p class="note" role="status"><strong>Approved.</strong> ${approval.verifier === undefined ? 'Another user approved it, who has the code.' : html`The code, <code>oauth_verifier</code>, is <code>${approval.verifier}</code>.`}</p>
<div class="actions left"><a class="button" href="/playground/${client.clientId}/token${query}">Go on to the token</a></div>`
}

function whatFollows(oauthCallback: string): Html {
  if (oauthCallback === 'oob')
    return html`As the callback is <code>oob</code>, it shows you a code, which the next step sends. Come back here with it.`
  return html`It then leads to the callback, <code>${oauthCallback}</code>, with the code in the address, which the next step sends.`
}

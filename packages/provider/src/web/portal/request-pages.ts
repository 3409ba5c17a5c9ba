import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import { isolated } from '../../isolated.ts'
import type { RecentRequest, Refusal, RefusalDetails } from '../../requests/recent-requests.ts'
import { diagnosisReport } from '../ui/diagnosis.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { type Html, moment, named, place } from '../ui/text.ts'

/** The newest requests, on the page of their client. */
export function requestSection(clientId: string, requests: readonly RecentRequest[]): Html {
  return html`<h2>Recent requests</h2>
${requestList(clientId, requests)}
${requests.length === 0 ? '' : html`<p class="after"><a href="/clients/${clientId}/requests">All requests of the last day</a></p>`}`
}

export function requestsPage({ clientId, name }: ClientSummary, requests: readonly RecentRequest[]): Page {
  return {
    title: `Recent requests of ${isolated(name)}`,
    body: html`<h1>Recent requests of ${named(name)}</h1>
<p class="quiet">Of the last day, the newest first. Older ones make room for new ones of their kind.</p>
${requestList(clientId, requests)}
<div class="actions left"><a class="button second" href="/clients/${clientId}">Back to the client</a></div>`,
  }
}

function requestList(clientId: string, requests: readonly RecentRequest[]): Html {
  const row = (request: RecentRequest) => ({ text: requestText(clientId, request) })
  return rows(requests.map(row), 'No request has named this client during the last day.')
}

function requestText(clientId: string, request: RecentRequest): Html {
  const { requestId, outcome, cause, code, atMilliseconds } = request
  const why = cause ?? html`<code>${code}</code>`
  return html`<p>${outcomeMark[outcome]} ${requestLine(request)}</p>
${outcome === 'accepted' ? '' : html`<p><a href="/clients/${clientId}/requests/${requestId}">${why}</a></p>`}
<p class="quiet request-id">${moment(atMilliseconds)} · <code>${requestId}</code></p>`
}

const outcomeMark = {
  accepted: html`<span class="mark good">Accepted</span>`,
  refused: html`<span class="mark bad">Refused</span>`,
  unproven: html`<span class="mark bad">Refused</span> <span class="mark">Unproven</span>`,
}

function requestLine({ method, path }: RecentRequest): Html {
  return html`<code>${method} ${place(path)}</code>`
}

/** Why one request was refused. */
export function refusalPage({ clientId, name }: ClientSummary, refusal: Refusal): Page {
  const { requestId, atMilliseconds, code, endpoint, details } = refusal
  const { description, signatureMethod, place: where, diagnosis } = details
  return {
    title: `Refused request of ${isolated(name)}`,
    wide: true,
    body: html`<h1>Why this request was refused</h1>
<p>${requestLine(refusal)} of ${named(name)}, ${moment(atMilliseconds)}</p>
${refusal.outcome === 'unproven' ? unproven : ''}
<h2>What was found</h2>
${isSaid(details) ? html`<p class="alert"><strong>${description}</strong></p>` : ''}
${diagnosis === undefined ? '' : diagnosisReport(diagnosis)}
${diagnosis?.baseStrings === undefined ? '' : masked}
<h2>The request</h2>
<dl class="facts">
<div><dt>Request id</dt><dd><code>${requestId}</code></dd></div>
<div><dt>Error</dt><dd><code>${code}</code></dd></div>
<div><dt>What the client was told</dt><dd>${description}</dd></div>
<div><dt>Endpoint</dt><dd>${endpoints[endpoint] ?? endpoint}</dd></div>
${signatureMethod === undefined ? '' : html`<div><dt>Signature method</dt><dd><code>${signatureMethod}</code></dd></div>`}
${where === undefined ? '' : html`<div><dt>Protocol parameters in</dt><dd>${places[where] ?? where}</dd></div>`}
${diagnosis === undefined ? '' : html`<div><dt>Signatures tried</dt><dd>${diagnosis.trials}</dd></div>`}
</dl>
<div class="actions left"><a class="button second" href="/clients/${clientId}">Back to the client</a></div>`,
  }
}

/** Whether all that there is to say is what the client was told: its signature is right. */
function isSaid({ diagnosis }: RefusalDetails): boolean {
  return diagnosis === undefined || (diagnosis.outcome === 'valid' && diagnosis.causes.length === 0)
}

const unproven = html`<p class="warning">Nothing proves that this request came from your client: anyone can send one that names its key. If it is yours, compare the secrets first.</p>`

const masked = html`<p class="hint">Tokens, verifiers and passwords are not stored: each of their characters is shown as •.</p>`

const endpoints: Readonly<Record<string, string>> = {
  initiate: 'Temporary credentials',
  token: 'Token credentials',
  revoke: 'Revocation',
  renew: 'Renewal',
  resource: 'Protected resource',
}

const places: Readonly<Record<string, string>> = {
  header: 'the Authorization header',
  body: 'the form body',
  query: 'the query',
}

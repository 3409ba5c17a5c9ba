import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import { isolated } from '../../isolated.ts'
import type { RecentRequest, Refusal, RefusalDetails } from '../../requests/recent-requests.ts'
import type { Text, Texts } from '../../texts/texts.ts'
import { diagnosisReport } from '../ui/diagnosis.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { type Html, moment, named, place } from '../ui/text.ts'

/** The newest requests, on their client's page. */
export function requestSection(texts: Texts, clientId: string, requests: readonly RecentRequest[]): Html {
  return html`<h2>${texts.portal.requests.heading()}</h2>
${requestList(texts, clientId, requests)}
${requests.length === 0 ? '' : html`<p class="after"><a href="/clients/${clientId}/requests">${texts.portal.requests.all()}</a></p>`}`
}

export function requestsPage(
  texts: Texts,
  { clientId, name }: ClientSummary,
  requests: readonly RecentRequest[],
): Page {
  const {
    portal: { requests: said },
    developer: client,
  } = texts
  return {
    title: said.title({ client: isolated(name) }),
    body: html`<h1>${said.title({ client: named(name) })}</h1>
<p class="quiet">${said.intro()}</p>
${requestList(texts, clientId, requests)}
<div class="actions left"><a class="button second" href="/clients/${clientId}">${client.back()}</a></div>`,
  }
}

function requestList(texts: Texts, clientId: string, requests: readonly RecentRequest[]): Html {
  const row = (request: RecentRequest) => ({ text: requestText(texts, clientId, request) })
  return rows(requests.map(row), texts.portal.requests.empty())
}

function requestText(texts: Texts, clientId: string, request: RecentRequest): Html {
  const { requestId, outcome, cause, code, atMilliseconds } = request
  const why = cause ?? html`<code>${code}</code>`
  return html`<p>${outcomeMark(texts, outcome)} ${requestLine(request)}</p>
${outcome === 'accepted' ? '' : html`<p><a href="/clients/${clientId}/requests/${requestId}">${why}</a></p>`}
<p class="quiet request-id">${moment(texts, atMilliseconds)} · <code>${requestId}</code></p>`
}

function outcomeMark({ portal: { requests } }: Texts, outcome: RecentRequest['outcome']): Html {
  if (outcome === 'accepted') return html`<span class="mark good">${requests.accepted()}</span>`
  const refused = html`<span class="mark bad">${requests.refused()}</span>`
  return outcome === 'refused' ? refused : html`${refused} <span class="mark">${requests.unproven()}</span>`
}

function requestLine({ method, path }: RecentRequest): Html {
  return html`<code>${method} ${place(path)}</code>`
}

/** Why one request was refused. */
export function refusalPage(texts: Texts, { clientId, name }: ClientSummary, refusal: Refusal): Page {
  const { requestId, atMilliseconds, code, endpoint, details } = refusal
  const { description, signatureMethod, place: where, diagnosis } = details
  const {
    portal: { requests: said },
    developer: client,
  } = texts
  return {
    title: said.refusalTitle({ client: isolated(name) }),
    wide: true,
    body: html`<h1>${said.refusalHeading()}</h1>
<p>${said.of({ request: requestLine(refusal), client: named(name), moment: moment(texts, atMilliseconds) })}</p>
${refusal.outcome === 'unproven' ? html`<p class="warning">${said.unprovenText()}</p>` : ''}
<h2>${said.found()}</h2>
${isSaid(details) ? html`<p class="alert"><strong>${description}</strong></p>` : ''}
${diagnosis === undefined ? '' : diagnosisReport(texts, diagnosis)}
${diagnosis?.baseStrings === undefined ? '' : html`<p class="hint">${said.masked()}</p>`}
<h2>${said.request()}</h2>
<dl class="facts">
<div><dt>${said.requestId()}</dt><dd><code>${requestId}</code></dd></div>
<div><dt>${said.error()}</dt><dd><code>${code}</code></dd></div>
<div><dt>${said.told()}</dt><dd>${description}</dd></div>
<div><dt>${said.endpoint()}</dt><dd>${of(said.endpoints, endpoint)}</dd></div>
${signatureMethod === undefined ? '' : html`<div><dt>${said.signatureMethod()}</dt><dd><code>${signatureMethod}</code></dd></div>`}
${where === undefined ? '' : html`<div><dt>${said.place()}</dt><dd>${of(said.places, where)}</dd></div>`}
${diagnosis === undefined ? '' : html`<div><dt>${said.trials()}</dt><dd>${diagnosis.trials}</dd></div>`}
</dl>
<div class="actions left"><a class="button second" href="/clients/${clientId}">${client.back()}</a></div>`,
  }
}

/** Whether the client's error message says everything: its signature is right. */
function isSaid({ diagnosis }: RefusalDetails): boolean {
  return diagnosis === undefined || (diagnosis.outcome === 'valid' && diagnosis.causes.length === 0)
}

/** The text for a stored value; the value itself if there is none. */
function of(texts: Readonly<Record<string, Text>>, value: string): string {
  return Object.hasOwn(texts, value) ? (texts[value] as Text)() : value
}

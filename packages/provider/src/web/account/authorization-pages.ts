import { html } from 'hono/html'
import { isolated } from '../../isolated.ts'
import type { Authorization } from '../../tokens/tokens.ts'
import type { Visit } from '../http/visit.ts'
import { day, formToken, named } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'

/** The applications that may act for the user, with the way to end that. */
export function authorizationsPage(visit: Visit, authorizations: readonly Authorization[]): Page {
  return {
    title: 'Access',
    body: html`<h1>Access</h1>
<p class="quiet">Applications that may act for you, until you revoke it.</p>
${
  authorizations.length === 0
    ? html`<p class="empty">No application has access to your account.</p>`
    : html`<ul class="rows">${authorizations.map(
        ({ clientId, clientName, since }) => html`<li>
<div><strong>${named(clientName)}</strong><p class="quiet">Since ${day(since)}</p></div>
<form method="post" action="/authorizations/revoke">${formToken(visit)}<input type="hidden" name="client_id" value="${clientId}"><button class="danger" aria-label="Revoke access of ${isolated(clientName)}">Revoke</button></form>
</li>`,
      )}</ul>`
}`,
  }
}

import { html } from 'hono/html'
import { isolated } from '../../isolated.ts'
import type { Authorization } from '../../tokens/tokens.ts'
import type { Session } from '../http/session.ts'
import { formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Row, rows } from '../ui/list.ts'
import { day, named } from '../ui/text.ts'

/** The applications that may act for the user, with the way to end that. */
export function authorizationsPage(session: Session, authorizations: readonly Authorization[]): Page {
  const row = ({ clientId, clientName, since }: Authorization): Row => ({
    text: html`<strong>${named(clientName)}</strong><p class="quiet">Since ${day(since)}</p>`,
    action: html`<form method="post" action="/authorizations/revoke">${formToken(session)}<input type="hidden" name="client_id" value="${clientId}"><button class="danger" aria-label="Revoke access of ${isolated(clientName)}">Revoke</button></form>`,
  })
  return {
    title: 'Access',
    body: html`<h1>Access</h1>
<p class="quiet">Applications that may act for you, until you revoke it.</p>
${rows(authorizations.map(row), 'No application has access to your account.')}`,
  }
}

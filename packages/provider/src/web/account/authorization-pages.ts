import { html } from 'hono/html'
import { isolated } from '../../isolated.ts'
import { type Scopes, sentenceOf } from '../../settings/scopes.ts'
import type { Authorization } from '../../tokens/authorizations.ts'
import type { Session } from '../http/session.ts'
import { formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Row, rows } from '../ui/list.ts'
import { day, type Html, named } from '../ui/text.ts'
import { lifeText } from '../ui/token-life.ts'

/** The applications that may act for the user, with the way to end that. */
export function authorizationsPage(
  session: Session,
  authorizations: readonly Authorization[],
  scopes: Scopes,
): Page {
  const row = (one: Authorization): Row => ({
    text: html`<strong>${named(one.clientName)}</strong>${grantedText(one, scopes)}<p class="quiet">Since ${day(one.since)}${lifeText(one)}</p>`,
    action: html`<form method="post" action="/authorizations/revoke">${formToken(session)}<input type="hidden" name="client_id" value="${one.clientId}"><button class="danger" aria-label="Revoke access of ${isolated(one.clientName)}">Revoke</button></form>`,
  })
  return {
    title: 'Access',
    body: html`<h1>Access</h1>
<p class="quiet">Applications that may act for you, until you revoke it.</p>
${rows(authorizations.map(row), 'No application has access to your account.')}
${authorizations.length < 2 ? '' : revokeAll(session)}`,
  }
}

function grantedText({ scopes: granted }: Authorization, scopes: Scopes): Html | '' {
  if (granted.length === 0) return ''
  return html`<p>It can ${granted.map((scope) => sentenceOf(scope, scopes)).join('; ')}.</p>`
}

function revokeAll(session: Session): Html {
  return html`<details><summary class="danger-text">Revoke all access</summary>
<p>Every application loses its access to your account at once. Each has to ask you again.</p>
<form method="post" action="/authorizations/revoke-all">${formToken(session)}<button class="danger">Revoke all access</button></form>
</details>`
}

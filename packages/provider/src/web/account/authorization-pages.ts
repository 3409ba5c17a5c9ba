import { html } from 'hono/html'
import type { ClientFacts } from '../../clients/client-facts.ts'
import { isolated } from '../../isolated.ts'
import type { Scopes } from '../../settings/scopes.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Authorization } from '../../tokens/authorizations.ts'
import type { Session } from '../http/session.ts'
import { formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Row, rows } from '../ui/list.ts'
import { logoBeside } from '../ui/logo.ts'
import { scopeText } from '../ui/scope-text.ts'
import { day, type Html, named } from '../ui/text.ts'
import { lifeText } from '../ui/token-life.ts'

/** The applications that may act for the user, with forms to end that. */
export function authorizationsPage(
  texts: Texts,
  session: Session,
  authorizations: readonly Authorization[],
  scopes: Scopes,
  facts: ReadonlyMap<string, ClientFacts>,
): Page {
  const { connectedApps } = texts
  const row = (one: Authorization): Row => ({
    text: html`${logoBeside(one.clientName, facts.get(one.clientId))}<strong>${named(one.clientName)}</strong>${descriptionText(facts.get(one.clientId))}${grantedText(texts, one, scopes)}<p class="quiet">${connectedApps.since({ day: day(texts, one.since) })}${lifeText(texts, one)}</p>`,
    action: html`<details class="confirm"><summary class="danger-text" aria-label="${connectedApps.revokeOf({ client: isolated(one.clientName) })}">${connectedApps.revoke()}</summary>
<form method="post" action="/authorizations/revoke">${formToken(session)}<input type="hidden" name="client_id" value="${one.clientId}"><p>${connectedApps.revokeText()}</p><button class="danger" aria-label="${connectedApps.revokeOf({ client: isolated(one.clientName) })}">${connectedApps.revokeNow()}</button></form></details>`,
  })
  return {
    title: connectedApps.title(),
    body: html`<h1>${connectedApps.heading()}</h1>
<p class="quiet">${connectedApps.intro()}</p>
${rows(authorizations.map(row), connectedApps.empty())}
${authorizations.length < 2 ? '' : revokeAll(texts, session)}`,
  }
}

function descriptionText(facts: ClientFacts | undefined): Html | '' {
  const { description } = facts ?? {}
  return description ? html`<p><bdi class="name" title="${description}">${description}</bdi></p>` : ''
}

function grantedText(texts: Texts, { scopes: granted }: Authorization, scopes: Scopes): Html | '' {
  if (granted.length === 0) return ''
  const what = granted.map((scope) => scopeText(texts, scope, scopes)).join('; ')
  return html`<p>${texts.connectedApps.can({ what })}</p>`
}

function revokeAll({ connectedApps }: Texts, session: Session): Html {
  return html`<details><summary class="danger-text">${connectedApps.revokeAll()}</summary>
<p>${connectedApps.revokeAllText()}</p>
<form method="post" action="/authorizations/revoke-all">${formToken(session)}<button class="danger">${connectedApps.revokeAll()}</button></form>
</details>`
}

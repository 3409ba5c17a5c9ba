import { html } from 'hono/html'
import type { OwnClient } from '../../clients/client-overview.ts'
import { isolated } from '../../isolated.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { choice, field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Html, moment, named } from '../ui/text.ts'

/** How long both secrets may work, in seconds. */
export const overlaps = [0, 3_600, 86_400, 604_800] as const

export function secretPage(
  { developer: texts }: Texts,
  session: Session,
  { clientId, name }: OwnClient,
  fault?: string,
): Page {
  const options = {
    0: texts.overlapNone(),
    3600: texts.overlapHour(),
    86400: texts.overlapDay(),
    604800: texts.overlapWeek(),
  }
  return {
    title: texts.secretTitle({ client: isolated(name) }),
    ...(fault === undefined ? {} : { status: 422 }),
    body: html`<h1>${texts.secretHeading({ client: named(name) })}</h1>
<p>${texts.secretText()}</p>
<form method="post" action="/clients/${clientId}/secret">${formToken(session)}
${choice({ name: 'overlap', label: texts.overlap(), hint: texts.overlapHint(), options, value: '86400' })}
<details${fault === undefined ? '' : html` open`}><summary>${texts.ownSecret()}</summary>
${field({ name: 'secret', label: texts.clientSecret(), hint: texts.emptyForNew(), error: fault, attributes: { type: 'password', autocomplete: 'off', maxlength: 1000 } })}
</details>
<div class="actions left"><button>${texts.replaceSecret()}</button><a class="button second" href="/clients/${clientId}">${texts.cancel()}</a></div>
</form>`,
  }
}

/** On the client's page: whether a previous secret still works, and a link to replace this one. */
export function secretSection(texts: Texts, session: Session, client: OwnClient): Html {
  const { developer } = texts
  const { clientId, previousSecretUntil: until } = client
  return html`<h2>${developer.secret()}</h2>
${
  until === undefined
    ? html`<p>${developer.secretKept()}</p>`
    : html`<p class="warning">${developer.previousWorks({ until: moment(texts, until * 1000) })}</p>
<form method="post" action="/clients/${clientId}/secret/end">${formToken(session)}<button class="danger">${developer.endPrevious()}</button></form>`
}
<div class="actions left"><a class="button second" href="/clients/${clientId}/secret">${developer.replaceSecret()}</a></div>`
}

import { html } from 'hono/html'
import type { OwnClient } from '../../clients/client-overview.ts'
import { isolated } from '../../isolated.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { logo } from '../ui/logo.ts'
import { named } from '../ui/text.ts'

export function logoPage(
  { developer: texts, faults }: Texts,
  session: Session,
  client: OwnClient,
  canTake: boolean,
  fault?: string,
): Page {
  const { clientId, name, logoDigest } = client
  const form = html`<form method="post" action="/clients/${clientId}/logo" enctype="multipart/form-data">${formToken(session)}
${field({ name: 'logo', label: texts.picture(), hint: texts.pictureHint(), error: fault, attributes: { type: 'file', accept: 'image/png,image/jpeg,image/webp', required: true } })}
<div class="actions left"><button>${texts.upload()}</button><a class="button second" href="/clients/${clientId}">${texts.back()}</a></div>
</form>`
  return {
    title: texts.logoTitle({ client: isolated(name) }),
    ...(fault === undefined ? {} : { status: 422 }),
    body: html`<h1>${texts.logoHeading({ client: named(name) })}</h1>
<p>${texts.logoText()}</p>
<p>${logo(client, 'large')}</p>
${logoDigest === undefined ? '' : html`<form method="post" action="/clients/${clientId}/logo/remove">${formToken(session)}<button class="danger">${texts.removeLogo()}</button></form>`}
${canTake ? form : html`<p class="note">${faults.logoUnavailable()}</p><div class="actions left"><a class="button second" href="/clients/${clientId}">${texts.back()}</a></div>`}`,
  }
}

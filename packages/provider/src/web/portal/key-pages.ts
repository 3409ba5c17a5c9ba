import { html } from 'hono/html'
import type { OwnClient } from '../../clients/client-overview.ts'
import type { RsaKeySummary } from '../../clients/rsa-keys.ts'
import { isolated } from '../../isolated.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { type Html, named } from '../ui/text.ts'

export function keysPage(
  { developer: texts }: Texts,
  session: Session,
  { clientId, name, rsaKeys }: OwnClient,
  refused?: { readonly text: string; readonly message: string },
): Page {
  const row = ({ fingerprint, bits }: RsaKeySummary) => ({
    text: html`<p>RSA, ${texts.bits({ bits })}</p><p class="quiet"><code>SHA-256 ${grouped(fingerprint)}</code></p>`,
    action: removeForm(texts, session, clientId, fingerprint),
  })
  return {
    title: texts.keysTitle({ client: isolated(name) }),
    ...(refused === undefined ? {} : { status: 422 }),
    body: html`<h1>${texts.keysHeading({ client: named(name) })}</h1>
<p>${texts.keysText()}</p>
${rows(rsaKeys.map(row), texts.keysEmpty())}
<h2>${texts.addKey()}</h2>
<form method="post" action="/clients/${clientId}/keys" enctype="multipart/form-data">${formToken(session)}
${field({ name: 'rsa_public_key', label: texts.publicKey(), hint: texts.publicKeyHint(), value: refused?.text ?? '', error: refused?.message, rows: 5, attributes: { spellcheck: 'false' } })}
${field({ name: 'file', label: texts.keyFile(), attributes: { type: 'file', accept: '.pem,.pub,.crt,.cer,.json,.jwk' } })}
<div class="actions left"><button>${texts.addKey()}</button><a class="button second" href="/clients/${clientId}">${texts.back()}</a></div>
</form>`,
  }
}

function removeForm(
  texts: Texts['developer'],
  session: Session,
  clientId: string,
  fingerprint: string,
): Html {
  return html`<form method="post" action="/clients/${clientId}/keys/remove">${formToken(session)}<input type="hidden" name="fingerprint" value="${fingerprint}"><button class="danger" aria-label="${texts.removeKey({ fingerprint: fingerprint.slice(0, 8) })}">${texts.remove()}</button></form>`
}

/** In groups, for easier comparison. */
function grouped(fingerprint: string): string {
  return fingerprint.replace(/.{8}(?=.)/g, '$& ')
}

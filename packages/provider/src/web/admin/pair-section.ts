import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import { field, formToken } from '../ui/form.ts'
import { code, type Html } from '../ui/text.ts'
import type { ClientView } from './client-pages.ts'
import { explainedAct } from './parts.ts'

/** The OAuth 2 client that replaces the client, with forms to pair and unpair it. */
export function pairSection({ admin }: Texts, { session, client, pair }: ClientView): Html {
  const { clientId, oauth2ClientId } = client
  const at = `/admin/clients/${clientId}`
  return html`<h2>${admin.pairing()}</h2>
<p>${oauth2ClientId === null ? admin.noPair() : code(oauth2ClientId)}</p>
<form method="post" action="${at}/pair">${formToken(session)}
${field({
  name: 'oauth2_client_id',
  label: admin.pairLabel(),
  hint: admin.pairHint(),
  value: pair?.text ?? oauth2ClientId ?? '',
  error: pair?.fault,
  attributes: {
    required: true,
    maxlength: 255,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
  },
})}
<div class="actions left"><button class="second">${oauth2ClientId === null ? admin.pair() : admin.changePair()}</button></div></form>
${oauth2ClientId === null ? '' : explainedAct(session, { action: `${at}/unpair`, label: admin.unpair(), text: admin.unpairText() })}`
}

import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import { isolated } from '../../isolated.ts'
import type { Session } from '../http/session.ts'
import { checkBoxes, field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Html, named } from '../ui/text.ts'

/** What a form shows again after it was refused. */
export interface ClientForm {
  readonly name?: string
  readonly callbacks?: string
  readonly rsaPublicKey?: string
  readonly key?: string
  readonly error?: { readonly field: string; readonly message: string }
}

export function newClientPage(session: Session, form: ClientForm = {}): Page {
  const { key = '', error } = form
  const isOwnKey = key !== '' || error?.field === 'key' || error?.field === 'secret'
  return {
    title: 'Register a client',
    body: html`<h1>Register a client</h1>
<form method="post" action="/clients">
${formToken(session)}
${commonFields(form, 'Only for the RSA methods: PEM (SPKI, PKCS#1 or an X.509 certificate) or a JWK. Never the private key.')}
<details${isOwnKey ? html` open` : ''}><summary>Bring a key and a secret that the client has already</summary>
${field({ name: 'key', label: 'Client key', hint: 'Leave empty for a new one.', value: key, error: errorOf(form, 'key'), attributes: { spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off', maxlength: 200 } })}
${field({ name: 'secret', label: 'Client secret', hint: 'Leave empty for a new one.', error: errorOf(form, 'secret'), attributes: { type: 'password', autocomplete: 'off', maxlength: 1000 } })}
</details>
<div class="actions left"><button>Register</button><a class="button second" href="/clients">Cancel</a></div>
</form>`,
  }
}

export function editClientPage(session: Session, client: ClientSummary, given: ClientForm = {}): Page {
  const { clientId, name, callbacks, hasRsaPublicKey } = client
  const form = { name, callbacks: callbacks.join('\n'), ...given }
  const hint = hasRsaPublicKey
    ? 'Leave empty to keep the registered one: PEM or a JWK.'
    : 'Only for the RSA methods: PEM (SPKI, PKCS#1 or an X.509 certificate) or a JWK. Never the private key.'
  const remove = {
    name: 'remove_rsa_public_key',
    value: 'yes',
    label: 'Remove the RSA public key',
    isChecked: false,
  }
  return {
    title: `Edit ${isolated(name)}`,
    body: html`<h1>Edit ${named(name)}</h1>
<form method="post" action="/clients/${clientId}/edit">
${formToken(session)}
${commonFields(form, hint)}
${hasRsaPublicKey ? html`<div class="field">${checkBoxes([remove])}</div>` : ''}
<div class="actions left"><button>Save</button><a class="button second" href="/clients/${clientId}">Cancel</a></div>
</form>`,
  }
}

function commonFields(form: ClientForm, keyHint: string): Html {
  const { name = '', callbacks = '', rsaPublicKey = '' } = form
  return html`${field({ name: 'name', label: 'Name', hint: 'Users see it when the application asks for access.', value: name, error: errorOf(form, 'name'), attributes: { required: true, maxlength: 100, autocomplete: 'off' } })}
${field({ name: 'callbacks', label: 'Callback URLs', hint: 'One per line. Leave empty if users type in a code instead (oob).', value: callbacks, error: errorOf(form, 'callbacks'), rows: 3, attributes: { spellcheck: 'false' } })}
${field({ name: 'rsa_public_key', label: 'RSA public key (optional)', hint: keyHint, value: rsaPublicKey, error: errorOf(form, 'rsa_public_key'), rows: 5, attributes: { spellcheck: 'false' } })}`
}

function errorOf({ error }: ClientForm, wanted: string): string | undefined {
  return error?.field === wanted ? error.message : undefined
}

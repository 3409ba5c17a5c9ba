import { html } from 'hono/html'
import type { OwnClient } from '../../clients/client-overview.ts'
import { isolated } from '../../isolated.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { choice, field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Html, named } from '../ui/text.ts'

/** The form input that is shown again after a refusal. */
export interface ClientForm {
  readonly name?: string
  readonly description?: string
  readonly homepage?: string
  readonly callbacks?: string
  readonly callbackRule?: string
  readonly rsaPublicKey?: string
  readonly key?: string
  readonly error?: { readonly field: string; readonly message: string }
}

export function newClientPage({ developer: texts }: Texts, session: Session, form: ClientForm = {}): Page {
  const { key = '', rsaPublicKey = '', error } = form
  const isOwnKey = key !== '' || error?.field === 'key' || error?.field === 'secret'
  const hasKey = rsaPublicKey !== '' || error?.field === 'rsa_public_key'
  const attributes = {
    spellcheck: 'false',
    autocapitalize: 'none',
    autocomplete: 'off',
    maxlength: 200,
  } as const
  return {
    title: texts.register(),
    body: html`<h1>${texts.register()}</h1>
<p>${texts.registerText()}</p>
<form method="post" action="/clients">
${formToken(session)}
${commonFields(texts, form, false)}
<details${hasKey ? html` open` : ''}><summary>${texts.withRsaKey()}</summary>
${field({ name: 'rsa_public_key', label: texts.publicKey(), hint: texts.publicKeyHint(), value: rsaPublicKey, error: errorOf(form, 'rsa_public_key'), rows: 5, attributes: { spellcheck: 'false' } })}
</details>
<details${isOwnKey ? html` open` : ''}><summary>${texts.withOwnKey()}</summary>
${field({ name: 'key', label: texts.clientKey(), hint: texts.emptyForNew(), value: key, error: errorOf(form, 'key'), attributes })}
${field({ name: 'secret', label: texts.clientSecret(), hint: texts.emptyForNew(), error: errorOf(form, 'secret'), attributes: { type: 'password', autocomplete: 'off', maxlength: 1000 } })}
</details>
<div class="actions left"><button>${texts.registerButton()}</button><a class="button second" href="/clients">${texts.cancel()}</a></div>
</form>`,
  }
}

export function editClientPage(
  { developer: texts }: Texts,
  session: Session,
  client: OwnClient,
  isRuleFixed: boolean,
  given: ClientForm = {},
): Page {
  const { clientId, name, callbacks } = client
  const form = {
    name,
    description: client.description ?? '',
    homepage: client.homepage ?? '',
    callbacks: callbacks.join('\n'),
    ...given,
  }
  return {
    title: texts.editTitle({ client: isolated(name) }),
    body: html`<h1>${texts.editHeading({ client: named(name) })}</h1>
<form method="post" action="/clients/${clientId}/edit">
${formToken(session)}
${commonFields(texts, form, isRuleFixed)}
<div class="actions left"><button>${texts.save()}</button><a class="button second" href="/clients/${clientId}">${texts.cancel()}</a></div>
</form>`,
  }
}

function commonFields(texts: Texts['developer'], form: ClientForm, isRuleFixed: boolean): Html {
  const { name = '', description = '', homepage = '', callbacks = '', callbackRule = 'exact' } = form
  const rules = { exact: texts.ruleExact(), prefix: texts.rulePrefix() }
  return html`${field({ name: 'name', label: texts.name(), hint: texts.nameHint(), value: name, error: errorOf(form, 'name'), attributes: { required: true, maxlength: 100, autocomplete: 'off' } })}
${field({ name: 'description', label: texts.description(), hint: texts.descriptionHint(), value: description, error: errorOf(form, 'description'), rows: 3, attributes: { maxlength: 500 } })}
${field({ name: 'homepage', label: texts.homepage(), value: homepage, error: errorOf(form, 'homepage'), attributes: { type: 'text', inputmode: 'url', autocomplete: 'off', spellcheck: 'false', placeholder: 'https://' } })}
${field({ name: 'callbacks', label: texts.callbacks(), hint: texts.callbacksHint(), value: callbacks, error: errorOf(form, 'callbacks'), rows: 3, attributes: { spellcheck: 'false' } })}
${isRuleFixed ? html`<p class="field"><strong>${texts.callbackRule()}</strong>: ${ruleText(texts, callbackRule)} (${texts.byOperator()})</p>` : choice({ name: 'callback_rule', label: texts.callbackRule(), hint: texts.ruleHint(), options: rules, value: callbackRule })}`
}

export function ruleText(texts: Texts['developer'], rule: string): string {
  return rule === 'prefix' ? texts.rulePrefix() : texts.ruleExact()
}

function errorOf({ error }: ClientForm, wanted: string): string | undefined {
  return error?.field === wanted ? error.message : undefined
}

import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import { choice, field, formToken } from '../ui/form.ts'
import type { Html } from '../ui/text.ts'
import { type Draft, keyShapes, type ProtocolField, signingMethods, verbs } from './draft.ts'
import type { RequestPage } from './request-page.ts'

/** Rows without a name, for further parameters. */
const emptyRows = 2

/** Every part of a request and of its signature, each in its own field. */
export function requestForm(
  { playground: texts }: Texts,
  { step, client, session, draft, signed, tokens = [], result }: RequestPage,
): Html {
  const keys = keyShapes.map((shape) => [shape, texts.keyShapes[shape]()])
  const { header, query, body } = texts.places
  const { verb, url, place, parametersIn, signWith = '', keyShape } = draft
  return html`<form class="request" method="post" action="/playground/${client.clientId}/${step}">
${formToken(session)}
<h2>${result === undefined ? texts.request() : texts.changeAgain()}</h2>
<div class="fields request-line">
${choice({ name: 'verb', label: texts.verb(), options: same(verbs), value: verb })}
${field({ name: 'url', label: texts.url(), value: url, attributes: { required: true, spellcheck: 'false', autocapitalize: 'none', maxlength: 4096 } })}
</div>
<fieldset>
<legend>${texts.protocolParameters()}</legend>
<div class="fields">
${draft.protocol.map((one) => protocolField(texts, one, tokens))}
${choice({ name: 'place', label: texts.sentIn(), options: { header: header(), query: query(), body: body() }, value: place })}
</div>
</fieldset>
<fieldset>
<legend>${texts.parameters()}</legend>
${parameterRows(texts, draft)}
<p class="hint">${texts.parametersHint()}</p>
<div class="fields">
${choice({ name: 'parameters_in', label: texts.sentIn(), options: { query: query(), body: body() }, value: parametersIn })}
</div>
</fieldset>
<fieldset>
<legend>${texts.signature()}</legend>
${field({ name: 'base_string', label: texts.baseString(), hint: texts.baseStringHint(), value: signed?.baseString ?? '', rows: 5, attributes: { spellcheck: 'false' } })}
<div class="fields">
${choice({ name: 'key_shape', label: texts.key(), hint: texts.keyHint(), options: Object.fromEntries(keys), value: keyShape })}
${choice({ name: 'sign_with', label: texts.signWith(), hint: texts.signWithHint(), options: { '': texts.namedMethod(), ...same(signingMethods) }, value: signWith })}
</div>
${field({ name: 'signature', label: 'oauth_signature', hint: texts.signatureHint(), value: signed?.signature ?? '', attributes: { spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off' } })}
${made('base_string', draft.baseString === undefined ? signed?.baseString : undefined)}
${made('signature', draft.signature === undefined ? signed?.signature : undefined)}
</fieldset>
<div class="actions left">
<button name="action" value="send">${texts.send()}</button>
<button class="second" name="action" value="sign">${texts.sign()}</button>
${result === undefined ? '' : html`<button class="second" name="action" value="again">${texts.sendAgain()}</button>`}
</div>
<p class="hint">${texts.freshHint()}${result === undefined ? '' : ` ${texts.replayHint()}`}</p>
</form>`
}

function protocolField(
  texts: Texts['playground'],
  { name, value, isLeftOut, isMade }: ProtocolField,
  tokens: readonly string[],
): Html {
  const hasList = name === 'oauth_token' && tokens.length > 0
  return html`<div class="field">
<label for="${name}"><code>${name}</code></label>
<input id="${name}" name="${name}" value="${value}" spellcheck="false" autocapitalize="none" autocomplete="off"${hasList ? html` list="tokens"` : ''}>
${hasList ? html`<datalist id="tokens">${tokens.map((token) => html`<option value="${token}"></option>`)}</datalist>` : ''}
${isMade ? made(name, value) : ''}
<label class="leave-out"><input type="checkbox" name="leave_out" value="${name}" aria-label="${texts.leaveOutOf({ name })}"${isLeftOut ? html` checked` : ''}> ${texts.leaveOut()}</label>
</div>`
}

/** Generated values that were not typed: posted back unchanged, they are generated again. */
function made(name: string, value: string | undefined): Html | '' {
  return value === undefined ? '' : html`<input type="hidden" name="made_${name}" value="${value}">`
}

function parameterRows(texts: Texts['playground'], { parameters }: Draft): Html {
  const empty = Array.from({ length: emptyRows }, () => ({ name: '', value: '' }))
  const rows = [...parameters, ...empty].map(
    ({ name, value }, at) => html`<div class="pair">
<input name="name" value="${name}" aria-label="${texts.parameterName({ number: at + 1 })}" placeholder="${texts.namePlaceholder()}" spellcheck="false" autocapitalize="none" autocomplete="off">
<input name="value" value="${value}" aria-label="${texts.parameterValue({ number: at + 1 })}" placeholder="${texts.valuePlaceholder()}" spellcheck="false" autocapitalize="none" autocomplete="off">
</div>`,
  )
  return html`${rows}`
}

function same(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value) => [value, value]))
}

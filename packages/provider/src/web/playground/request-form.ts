import { html } from 'hono/html'
import { choice, field, formToken } from '../ui/form.ts'
import type { Html } from '../ui/text.ts'
import { type Draft, keyShapes, type ProtocolField, signingMethods, verbs } from './draft.ts'
import type { RequestPage } from './request-page.ts'

/** Rows without a name, for further parameters. */
const emptyRows = 2

/** Every part of a request and of its signature, each in a field of its own. */
export function requestForm({
  step,
  client,
  session,
  draft,
  signed,
  tokens = [],
  result,
}: RequestPage): Html {
  const { verb, url, place, parametersIn, signWith = '', keyShape } = draft
  return html`<form class="request" method="post" action="/playground/${client.clientId}/${step}">
${formToken(session)}
<h2>${result === undefined ? 'The request' : 'Change it and send it again'}</h2>
<div class="fields request-line">
${choice({ name: 'verb', label: 'Method', options: same(verbs), value: verb })}
${field({ name: 'url', label: 'Address', value: url, attributes: { required: true, spellcheck: 'false', autocapitalize: 'none', maxlength: 4096 } })}
</div>
<fieldset>
<legend>Protocol parameters</legend>
<div class="fields">
${draft.protocol.map((one) => protocolField(one, tokens))}
${choice({ name: 'place', label: 'Sent in', options: { header: 'Authorization header', query: 'Query', body: 'Form body' }, value: place })}
</div>
</fieldset>
<fieldset>
<legend>Application parameters</legend>
${parameterRows(draft)}
<p class="hint">A row without a name is left out. Send a row to get two more.</p>
<div class="fields">
${choice({ name: 'parameters_in', label: 'Sent in', options: { query: 'Query', body: 'Form body' }, value: parametersIn })}
</div>
</fieldset>
<fieldset>
<legend>Signature</legend>
${field({ name: 'base_string', label: 'Base string', hint: 'Built from the fields above. What you type here is signed as it is; clear it to have it built again.', value: signed?.baseString ?? '', rows: 5, attributes: { spellcheck: 'false' } })}
<div class="fields">
${choice({ name: 'key_shape', label: 'Key', hint: 'Both secrets come from the store, percent-encoded.', options: keyShapes, value: keyShape })}
${choice({ name: 'sign_with', label: 'Sign with', hint: 'RSA needs the private key, which only the client has.', options: { '': 'The method named above', ...same(signingMethods) }, value: signWith })}
</div>
${field({ name: 'signature', label: 'oauth_signature', hint: 'Clear it to have it computed again.', value: signed?.signature ?? '', attributes: { spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off' } })}
${made('base_string', draft.baseString === undefined ? signed?.baseString : undefined)}
${made('signature', draft.signature === undefined ? signed?.signature : undefined)}
</fieldset>
<div class="actions left">
<button name="action" value="send">Sign and send</button>
<button class="second" name="action" value="sign">Sign only</button>
${result === undefined ? '' : html`<button class="second" name="action" value="again">Send the same again</button>`}
</div>
<p class="hint">Each signature gets a new timestamp and nonce, unless you changed them or typed the base string.${result === undefined ? '' : ' “Send the same again” keeps them, as a replay does.'}</p>
</form>`
}

function protocolField({ name, value, isLeftOut, isMade }: ProtocolField, tokens: readonly string[]): Html {
  const hasList = name === 'oauth_token' && tokens.length > 0
  return html`<div class="field">
<label for="${name}"><code>${name}</code></label>
<input id="${name}" name="${name}" value="${value}" spellcheck="false" autocapitalize="none" autocomplete="off"${hasList ? html` list="tokens"` : ''}>
${hasList ? html`<datalist id="tokens">${tokens.map((token) => html`<option value="${token}"></option>`)}</datalist>` : ''}
${isMade ? made(name, value) : ''}
<label class="leave-out"><input type="checkbox" name="leave_out" value="${name}" aria-label="Leave out ${name}"${isLeftOut ? html` checked` : ''}> Leave out</label>
</div>`
}

/** What was made and not typed: posted back unchanged, it is made anew. */
function made(name: string, value: string | undefined): Html | '' {
  return value === undefined ? '' : html`<input type="hidden" name="made_${name}" value="${value}">`
}

function parameterRows({ parameters }: Draft): Html {
  const empty = Array.from({ length: emptyRows }, () => ({ name: '', value: '' }))
  const rows = [...parameters, ...empty].map(
    ({ name, value }, at) => html`<div class="pair">
<input name="name" value="${name}" aria-label="Name of parameter ${at + 1}" placeholder="name" spellcheck="false" autocapitalize="none" autocomplete="off">
<input name="value" value="${value}" aria-label="Value of parameter ${at + 1}" placeholder="value" spellcheck="false" autocapitalize="none" autocomplete="off">
</div>`,
  )
  return html`${rows}`
}

function same(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value) => [value, value]))
}

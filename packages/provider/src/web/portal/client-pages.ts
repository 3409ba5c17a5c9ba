import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import { isolated } from '../../isolated.ts'
import type { RecentRequest } from '../../requests/recent-requests.ts'
import type { Session } from '../http/session.ts'
import { field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { copyable, plainList, rows } from '../ui/list.ts'
import { type Html, named, namedInFull, place } from '../ui/text.ts'
import { requestSection } from './request-pages.ts'

export function clientsPage(clients: readonly ClientSummary[]): Page {
  const row = ({ clientId, name }: ClientSummary) => ({
    text: html`<a href="/clients/${clientId}">${named(name)}</a><p class="quiet"><code>${clientId}</code></p>`,
  })
  return {
    title: 'Clients',
    body: html`<h1>Clients</h1>
<p class="quiet">Applications that you develop. Each one has a key and a secret to sign its requests with.</p>
${rows(clients.map(row), 'You have not registered a client yet.')}
<div class="actions left"><a class="button" href="/clients/new">Register a client</a></div>`,
  }
}

/** What the registration form shows again after it was refused. */
export interface ClientForm {
  readonly name?: string
  readonly callbacks?: string
  readonly rsaPublicKey?: string
  readonly error?: { readonly field: string; readonly message: string }
}

export function newClientPage(session: Session, form: ClientForm = {}): Page {
  const { name = '', callbacks = '', rsaPublicKey = '', error } = form
  const errorOf = (wanted: string) => (error?.field === wanted ? error.message : undefined)
  return {
    title: 'Register a client',
    body: html`<h1>Register a client</h1>
<form method="post" action="/clients">
${formToken(session)}
${field({ name: 'name', label: 'Name', hint: 'Users see it when the application asks for access.', value: name, error: errorOf('name'), attributes: { required: true, maxlength: 100, autocomplete: 'off' } })}
${field({ name: 'callbacks', label: 'Callback URLs', hint: 'One per line. Leave empty if users type in a code instead (oob).', value: callbacks, error: errorOf('callbacks'), rows: 3, attributes: { spellcheck: 'false' } })}
${field({ name: 'rsa_public_key', label: 'RSA public key (optional)', hint: 'Only for the RSA methods: PEM (SPKI, PKCS#1 or an X.509 certificate) or a JWK. Never the private key.', value: rsaPublicKey, error: errorOf('rsa_public_key'), rows: 5, attributes: { spellcheck: 'false' } })}
<div class="actions left"><button>Register</button><a class="button second" href="/clients">Cancel</a></div>
</form>`,
  }
}

/**
 * @param secret - The client's secret, right after it was registered: this page is the only one that ever shows it.
 * @param requests - Its newest requests.
 */
export function clientPage(
  session: Session,
  client: ClientSummary,
  secret: string | undefined,
  requests: readonly RecentRequest[],
): Page {
  const { clientId, name, callbacks, hasRsaPublicKey } = client
  return {
    title: isolated(name),
    body: html`<h1>${namedInFull(name)}${secret === undefined ? '' : ' is registered'}</h1>
${secret === undefined ? '' : html`<p class="warning" role="status"><strong>Copy the secret now.</strong> It is shown only once.</p>`}
<dl>
${copyable(html`Client key (<code>oauth_consumer_key</code>)`, clientId)}
${secret === undefined ? '' : copyable('Client secret', secret)}
</dl>
<p class="hint">Click ${secret === undefined ? 'the key' : 'the key or the secret'} to select it.</p>
<dl>
<dt>Callback URLs</dt><dd>${callbackList(callbacks)}</dd>
<dt>RSA public key</dt><dd>${hasRsaPublicKey ? 'Registered' : 'None'}</dd>
</dl>
${modeSection(session, client)}
${requestSection(clientId, requests)}
<p class="after"><a href="/playground/${clientId}/initiate">Try it in the playground</a> · <a href="/explain?client=${clientId}">Explain a signature</a></p>
<div class="actions left"><a class="button second" href="/clients">${secret === undefined ? 'All clients' : 'Done'}</a></div>
<details><summary class="danger-text">Delete this client</summary>
<p>Its key stops working at once, and so does every access that users gave it. This cannot be undone.</p>
<form method="post" action="/clients/${clientId}/delete">${formToken(session)}<button class="danger">Delete for good</button></form>
</details>`,
  }
}

/** The mode, and the way to the other one. */
function modeSection(session: Session, { clientId, mode }: ClientSummary): Html {
  const action = `/clients/${clientId}/mode`
  return mode === 'development'
    ? html`<h2>Mode: development</h2>
<p>When a request is refused, the response tells the client what is wrong and how to fix it, if the request proves that the client holds the secret.</p>
<form method="post" action="${action}">${formToken(session)}<input type="hidden" name="mode" value="live"><button class="second">Go live</button></form>`
    : html`<h2>Mode: live</h2>
<p>When a request is refused, the answer says so and no more. This page tells you why.</p>
<form method="post" action="${action}">${formToken(session)}<input type="hidden" name="mode" value="development"><button class="second">Back to development</button></form>`
}

function callbackList(callbacks: readonly string[]): Html {
  return callbacks.length === 0
    ? html`None: users type in a code instead (oob).`
    : plainList(callbacks.map((callback) => html`<code>${place(callback)}</code>`))
}

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

/** What a client's page shows besides the client. */
export interface ClientView {
  readonly session: Session
  readonly client: ClientSummary
  /** The scopes that it may ask for. */
  readonly scopes: readonly string[]
  /** Its newest requests. */
  readonly requests: readonly RecentRequest[]
  /** Right after it was made: this page is the only one that ever shows it. */
  readonly secret?: { readonly text: string; readonly isFirst: boolean } | undefined
  /** Why another secret could not be taken. */
  readonly secretFault?: string | undefined
}

export function clientPage(view: ClientView): Page {
  const { session, client, scopes, requests, secret } = view
  const { clientId, name, callbacks, hasRsaPublicKey } = client
  return {
    title: isolated(name),
    ...(view.secretFault === undefined ? {} : { status: 422 }),
    body: html`<h1>${namedInFull(name)}${secret === undefined ? '' : secret.isFirst ? ' is registered' : ' has a new secret'}</h1>
${secret === undefined ? '' : html`<p class="warning" role="status"><strong>Copy the secret now.</strong> It is shown only once.</p>`}
<dl>
${copyable(html`Client key (<code>oauth_consumer_key</code>)`, clientId)}
${secret === undefined ? '' : copyable('Client secret', secret.text)}
</dl>
<p class="hint">Click ${secret === undefined ? 'the key' : 'the key or the secret'} to select it.</p>
<dl>
<dt>Callback URLs</dt><dd>${callbackList(callbacks)}</dd>
<dt>RSA public key</dt><dd>${hasRsaPublicKey ? 'Registered' : 'None'}</dd>
<dt>Scopes that it may ask for</dt><dd>${scopes.length === 0 ? 'None' : plainList(scopes.map((scope) => html`<code>${scope}</code>`))}</dd>
${ownPolicy(client)}
</dl>
<div class="actions left"><a class="button second" href="/clients/${clientId}/edit">Edit</a><a class="button second" href="/clients/${clientId}/tokens">Tokens</a></div>
${modeSection(session, client)}
${requestSection(clientId, requests)}
<p class="after"><a href="/playground/${clientId}/initiate">Try it in the playground</a> · <a href="/explain?client=${clientId}">Explain a signature</a></p>
<div class="actions left"><a class="button second" href="/clients">${secret === undefined ? 'All clients' : 'Done'}</a></div>
${secretSection(view)}
<details><summary class="danger-text">Delete this client</summary>
<p>Its key stops working at once, and so does every access that users gave it. This cannot be undone.</p>
<form method="post" action="/clients/${clientId}/delete">${formToken(session)}<button class="danger">Delete for good</button></form>
</details>`,
  }
}

/** What an operator wrote for this client alone. */
function ownPolicy({ policy }: ClientSummary): Html | '' {
  const { advice: _, scopes: __, ...others } = policy
  const fields = Object.entries(others)
  if (fields.length === 0) return ''
  const list = fields.map(([name, value]) => html`<code>${name}: ${JSON.stringify(value)}</code>`)
  return html`<dt>Set by the operator</dt><dd>${plainList(list)}</dd>`
}

function secretSection({ session, client, secretFault }: ClientView): Html {
  return html`<details${secretFault === undefined ? '' : html` open`}><summary class="danger-text">Replace the secret</summary>
<p>The client gets another secret for the same key. The old one stops working at once; tokens stay.</p>
<form method="post" action="/clients/${client.clientId}/secret">${formToken(session)}
${field({ name: 'secret', label: 'A secret that you have (optional)', hint: 'Leave empty for a new one.', error: secretFault, attributes: { type: 'password', autocomplete: 'off', maxlength: 1000 } })}
<div class="actions left"><button class="danger">Replace the secret</button></div></form>
</details>`
}

/** The mode, and the way to the other one. */
function modeSection(session: Session, { clientId, mode }: ClientSummary): Html {
  const action = `/clients/${clientId}/mode`
  return mode === 'development'
    ? html`<h2>Mode: development</h2>
<p>When a request is refused, the response tells the client what is wrong and how to fix it, if the request proves that the client holds the secret.</p>
<form method="post" action="${action}">${formToken(session)}<input type="hidden" name="mode" value="live"><button class="second">Go live</button></form>`
    : html`<h2>Mode: live</h2>
<p>When a request is refused, the response says so and no more. This page tells you why.</p>
<form method="post" action="${action}">${formToken(session)}<input type="hidden" name="mode" value="development"><button class="second">Back to development</button></form>`
}

function callbackList(callbacks: readonly string[]): Html {
  return callbacks.length === 0
    ? html`None: users type in a code instead (oob).`
    : plainList(callbacks.map((callback) => html`<code>${place(callback)}</code>`))
}

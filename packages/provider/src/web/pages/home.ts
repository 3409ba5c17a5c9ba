import { html } from 'hono/html'
import type { ClientSummary } from '../../database/clients.ts'
import type { Authorization } from '../../database/tokens.ts'
import type { Page } from '../layout.ts'
import { copyable, type Html, named } from '../ui.ts'

/** The start page of a visitor: what this is, and the way on. */
export function welcomePage(origin: string): Page {
  return {
    title: 'OAuth 1.0 provider',
    body: html`<h1>Let applications in without giving away your password</h1>
<p>This is an OAuth 1.0 provider. Applications ask for access here, you allow or deny it, and you can take it back at any time.</p>
<div class="actions left"><a class="button" href="/sign-in">Sign in</a><a class="button second" href="/sign-up">Sign up</a></div>
<section id="developers"><h2>For developers</h2>
${endpoints(origin)}
</section>`,
  }
}

/** The start page of a user: how things stand. */
export function homePage(
  authorizations: readonly Authorization[],
  clients: readonly ClientSummary[],
  origin: string,
): Page {
  return {
    title: 'Home',
    body: html`<h1>Your account</h1>
<ul class="rows">
<li><div><h2>Applications with access</h2>
${authorizations.length === 0 ? html`<p class="quiet">None may act for you.</p>` : html`<p>${enumeration(authorizations.map(({ clientName }) => clientName))}</p>`}</div>
<a class="button second" href="/authorizations">Review access</a></li>
<li><div><h2>Applications that you develop</h2>
${clients.length === 0 ? html`<p class="quiet">None registered.</p>` : html`<p>${enumeration(clients.map(({ name }) => name))}</p>`}</div>
${clients.length === 0 ? html`<a class="button second" href="/clients/new">Register a client</a>` : html`<a class="button second" href="/clients">Manage clients</a>`}</li>
</ul>
<details id="developers"><summary>For developers</summary>
${endpoints(origin)}
</details>`,
  }
}

/** The first three of some names, and how many more there are. */
function enumeration(names: readonly string[]): Html {
  const more = names.length - 3
  const first = names.slice(0, 3).map((name, index) => html`${index > 0 ? ', ' : ''}${named(name)}`)
  return html`${first}${more > 0 ? ` and ${more} more` : ''}`
}

function endpoints(origin: string): Html {
  return html`<dl>
${copyable('Temporary credentials, by POST', `${origin}/oauth/initiate`)}
${copyable('Authorization, in the user’s browser', `${origin}/oauth/authorize`)}
${copyable('Token credentials, by POST', `${origin}/oauth/token`)}
${copyable('The user behind a token, by a signed GET', `curl ${origin}/api/me -H 'Authorization: OAuth …'`)}
${copyable('What was authenticated, by any signed request', `${origin}/api/echo`)}
</dl>
<p class="hint">Click an address to select it.</p>`
}

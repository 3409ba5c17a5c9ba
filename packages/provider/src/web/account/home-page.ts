import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import type { Authorization } from '../../tokens/tokens.ts'
import type { Page } from '../ui/layout.ts'
import { copyable } from '../ui/list.ts'
import { type Html, named } from '../ui/text.ts'

/** The start page of a visitor: what this is, and the way on. */
export function welcomePage(origin: string): Page {
  return {
    title: 'OAuth 1.0 provider',
    focused: true,
    body: html`<h1>Let applications in without giving away your password</h1>
<p>This is an OAuth 1.0 provider. Applications ask for access here, you allow or deny it, and you can take it back at any time.</p>
<div class="actions left"><a class="button" href="/sign-in">Sign in</a><a class="button second" href="/sign-up">Sign up</a></div>
${developers(origin)}`,
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
<h2>Applications with access</h2>
<p>${authorizations.length === 0 ? 'None may act for you.' : enumeration(authorizations.map(({ clientName }) => clientName))}<br>
<a href="/authorizations">Review access</a></p>
<h2>Applications that you develop</h2>
<p>${clients.length === 0 ? 'None registered.' : enumeration(clients.map(({ name }) => name))}<br>
${clients.length === 0 ? html`<a href="/clients/new">Register a client</a>` : html`<a href="/clients">Manage clients</a>`} · <a href="/playground">Playground</a> · <a href="/explain">Explain a signature</a></p>
${developers(origin)}`,
  }
}

/** The first three of some names, and how many more there are. */
function enumeration(names: readonly string[]): Html {
  const more = names.length - 3
  const first = names.slice(0, 3).map((name, index) => html`${index > 0 ? ', ' : ''}${named(name)}`)
  return html`${first}${more > 0 ? ` and ${more} more` : ''}`
}

/** A link to `#developers` opens it. */
function developers(origin: string): Html {
  return html`<details><summary>For developers</summary>
<dl id="developers">
${copyable('Temporary credentials, by POST', `${origin}/oauth/initiate`)}
${copyable('Authorization, in the user’s browser', `${origin}/oauth/authorize`)}
${copyable('Token credentials, by POST', `${origin}/oauth/token`)}
${copyable('The user behind a token: 401 until the request is signed', `curl -i ${origin}/api/me`)}
${copyable('What was authenticated of any signed request', `curl -i ${origin}/api/echo`)}
</dl>
<p class="hint">Click a line to select it.</p>
</details>`
}

import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import type { Authorization } from '../../tokens/authorizations.ts'
import type { Page } from '../ui/layout.ts'
import { copyable, plainList } from '../ui/list.ts'
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
  const review = html`<a href="/authorizations">Review access</a>`
  const manage = html`<a href="/clients">Manage clients</a>`
  const register = html`<a href="/clients/new">Register a client</a>`
  const withAccess = authorizations.map(({ clientName }) => clientName)
  const own = clients.map(({ name }) => name)
  return {
    title: 'Home',
    body: html`<h1>Your account</h1>
<h2>Applications with access</h2>
${withAccess.length === 0 ? html`<p>No application has access to your account.<br>${review}</p>` : firstOf(withAccess, review)}
<h2>Applications that you develop</h2>
${own.length === 0 ? html`<p>None registered.<br>${register}</p>` : firstOf(own, manage)}
<p>Tools: <a href="/playground">Playground</a> · <a href="/explain">Explain a signature</a></p>
${developers(origin)}`,
  }
}

/** The first three of some names, how many more there are, and where all of them are. */
function firstOf(names: readonly string[], all: Html): Html {
  const more = names.length - 3
  const rest = more > 0 ? [html`<span class="quiet">and ${more} more</span>`] : []
  return html`${plainList([...names.slice(0, 3).map(named), ...rest])}<p>${all}</p>`
}

/** A link to `#developers` opens it. */
function developers(origin: string): Html {
  return html`<details><summary>For developers</summary>
<dl id="developers">
${copyable('Temporary credentials, by POST', `${origin}/oauth/initiate`)}
${copyable('Authorization, in the user’s browser', `${origin}/oauth/authorize`)}
${copyable('Token credentials, by POST', `${origin}/oauth/token`)}
${copyable('Revocation of a token, by POST', `${origin}/oauth/revoke`)}
${copyable('Renewal of a token that went unused, by POST', `${origin}/oauth/renew`)}
${copyable('The user behind a token: 401 until the request is signed', `curl -i ${origin}/api/me`)}
${copyable(html`The user’s applications, with the scope <code>authorizations:read</code>`, `curl -i ${origin}/api/authorizations`)}
${copyable('What was authenticated of any signed request', `curl -i ${origin}/api/echo`)}
</dl>
<p class="hint">Click a line to select it.</p>
</details>`
}

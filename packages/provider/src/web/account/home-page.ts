import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import { authorizationsScope } from '../../settings/scopes.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Authorization } from '../../tokens/authorizations.ts'
import type { Page } from '../ui/layout.ts'
import { copyable, plainList } from '../ui/list.ts'
import { type Html, named } from '../ui/text.ts'

/** The start page for a visitor: what this is, and how to continue. @param canSignUp - Anyone may create an account. */
export function welcomePage(texts: Texts, brand: string, origin: string, canSignUp: boolean): Page {
  const { home, layout } = texts
  return {
    title: home.welcomeTitle(),
    focused: true,
    body: html`<h1>${home.welcome()}</h1>
<p>${home.welcomeText({ brand })}</p>
<div class="actions left"><a class="button" href="/sign-in">${layout.signIn()}</a>${canSignUp ? html`<a class="button second" href="/sign-up">${layout.signUp()}</a>` : ''}</div>
${developers(texts, origin)}`,
  }
}

/** The start page for a user: an overview. */
export function homePage(
  texts: Texts,
  authorizations: readonly Authorization[],
  clients: readonly ClientSummary[],
  origin: string,
): Page {
  const { home } = texts
  const review = html`<a href="/authorizations">${home.reviewAccess()}</a>`
  const manage = html`<a href="/clients">${home.manageClients()}</a>`
  const register = html`<a href="/clients/new">${home.registerClient()}</a>`
  const withAccess = authorizations.map(({ clientName }) => clientName)
  const own = clients.map(({ name }) => name)
  return {
    title: home.title(),
    body: html`<h1>${home.heading()}</h1>
<h2>${home.connectedApps()}</h2>
${withAccess.length === 0 ? html`<p>${home.noConnectedApps()}<br>${review}</p>` : firstOf(texts, withAccess, review)}
<h2>${home.ownClients()}</h2>
${own.length === 0 ? html`<p>${home.noOwnClients()}<br>${register}</p>` : firstOf(texts, own, manage)}
<p>${home.tools()} <a href="/playground">${home.playground()}</a> · <a href="/explain">${home.explain()}</a></p>
${developers(texts, origin)}`,
  }
}

/** The first three names, how many more there are, and a link to all of them. */
function firstOf({ home }: Texts, names: readonly string[], all: Html): Html {
  const more = names.length - 3
  const rest = more > 0 ? [html`<span class="quiet">${home.more({ count: more })}</span>`] : []
  return html`${plainList([...names.slice(0, 3).map(named), ...rest])}<p>${all}</p>`
}

/** A link to `#developers` opens it. */
function developers({ home }: Texts, origin: string): Html {
  return html`<details><summary>${home.developers()}</summary>
<dl id="developers">
${copyable(home.initiate(), `${origin}/oauth/initiate`)}
${copyable(home.authorize(), `${origin}/oauth/authorize`)}
${copyable(home.token(), `${origin}/oauth/token`)}
${copyable(home.revoke(), `${origin}/oauth/revoke`)}
${copyable(home.renew(), `${origin}/oauth/renew`)}
${copyable(home.me(), `curl -i ${origin}/api/me`)}
${copyable(home.authorizations({ scope: html`<code>${authorizationsScope}</code>` }), `curl -i ${origin}/api/authorizations`)}
${copyable(home.echo(), `curl -i ${origin}/api/echo`)}
</dl>
<p class="hint">${home.clickToSelect()}</p>
</details>`
}

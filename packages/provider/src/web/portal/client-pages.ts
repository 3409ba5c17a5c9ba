import { html } from 'hono/html'
import type { OwnClient } from '../../clients/client-overview.ts'
import type { ClientUsage } from '../../clients/client-usage.ts'
import type { OwnerChoices } from '../../clients/owner-policy.ts'
import { isolated } from '../../isolated.ts'
import type { RecentRequest } from '../../requests/recent-requests.ts'
import type { Standing } from '../../retirement/standing.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { copyable, plainList } from '../ui/list.ts'
import { logo } from '../ui/logo.ts'
import { type Html, named, namedInFull, place } from '../ui/text.ts'
import { ruleText } from './client-forms.ts'
import { statusMark } from './client-list-page.ts'
import { pairSection } from './pair-section.ts'
import { ownPolicy, placeText } from './policy-pages.ts'
import { requestSection } from './request-pages.ts'
import { retirementBanner } from './retirement-banner.ts'
import { secretSection } from './secret-pages.ts'
import { usageSection } from './usage-section.ts'

/** The content of a client's page besides the client. */
export interface ClientView {
  readonly session: Session
  readonly client: OwnClient
  /** The scopes that it may request. */
  readonly scopes: readonly string[]
  /** How it may sign. */
  readonly choices: OwnerChoices
  /** Its newest requests. */
  readonly requests: readonly RecentRequest[]
  readonly usage: ClientUsage
  /** The retirement progress of features it uses; undefined if none is being retired. */
  readonly standing: Standing | undefined
  /** The migration guide for developers. */
  readonly guide: string
  /** Where this site is reached. */
  readonly origin: string
  /** Only right after its creation: no other page ever shows it. */
  readonly secret?: { readonly text: string; readonly isFirst: boolean } | undefined
}

export function clientPage(texts: Texts, view: ClientView): Page {
  const { developer } = texts
  const { session, client, requests, secret, usage, standing, guide } = view
  const { clientId, name, description, homepage } = client
  const heading = namedInFull(name)
  return {
    title: isolated(name),
    body: html`<div class="with-logo head">${logo(client, 'large')}<div>
<h1>${secret === undefined ? heading : secret.isFirst ? developer.registered({ client: heading }) : developer.newSecret({ client: heading })}</h1>
<p>${statusMark(developer, client)}</p></div></div>
${client.status === 'pending' ? html`<p class="warning">${developer.pendingText()}</p>` : client.status === 'suspended' ? html`<p class="alert">${developer.suspendedText()}</p>` : ''}
${standing === undefined ? '' : retirementBanner(texts, standing, guide)}
${secret === undefined ? '' : html`<p class="warning" role="status">${developer.copyNow({ strong: (text) => html`<strong>${text}</strong>` })}</p>`}
${description === null ? '' : html`<p class="lines">${place(description)}</p>`}
${homepage === null ? '' : html`<p><a href="${homepage}" rel="nofollow noreferrer">${place(homepage)}</a></p>`}
<dl>
${copyable(html`${developer.clientKey()} (<code>oauth_consumer_key</code>)`, clientId)}
${secret === undefined ? '' : copyable(developer.clientSecret(), secret.text)}
</dl>
<p class="hint">${secret === undefined ? developer.selectKey() : developer.selectBoth()}</p>
${secret?.isFirst ? nextSteps(developer, view) : ''}
${settings(developer, view)}
<div class="actions left"><a class="button second" href="/clients/${clientId}/edit">${developer.edit()}</a><a class="button second" href="/clients/${clientId}/logo">${developer.logo()}</a><a class="button second" href="/clients/${clientId}/keys">${developer.rsaKeys()}</a><a class="button second" href="/clients/${clientId}/policy">${developer.policy()}</a><a class="button second" href="/clients/${clientId}/tokens">${developer.tokens()}</a></div>
${secretSection(texts, session, client)}
${modeSection(developer, session, client)}
${pairSection(texts, client, guide)}
${usageSection(texts, usage)}
${requestSection(texts, clientId, requests)}
<p class="after"><a href="/playground/${clientId}/initiate">${developer.playground()}</a> · <a href="/explain?client=${clientId}">${developer.explain()}</a></p>
<div class="actions left"><a class="button second" href="/clients">${secret === undefined ? developer.allClients() : developer.done()}</a>${client.status === 'suspended' ? '' : html`<a class="button danger" href="/clients/${clientId}/delete">${developer.deleteClient()}</a>`}</div>`,
  }
}

function settings(texts: Texts['developer'], { client, scopes, choices }: ClientView): Html {
  const { callbacks, rsaKeys } = client
  const { methods, places, isBodyHashRequired, callbackRule } = choices.chosen
  const codes = (words: readonly string[]) => plainList(words.map((word) => html`<code>${word}</code>`))
  return html`<dl>
<dt>${texts.callbacks()}</dt><dd>${callbacks.length === 0 ? texts.callbacksNone() : plainList(callbacks.map((callback) => html`<code>${place(callback)}</code>`))}</dd>
${callbacks.length === 0 ? '' : html`<dt>${texts.callbackRule()}</dt><dd>${ruleText(texts, callbackRule)}</dd>`}
<dt>${texts.rsaKeys()}</dt><dd>${texts.keyCount({ count: rsaKeys.length })}</dd>
<dt>${texts.methods()}</dt><dd>${methods.join(', ')}</dd>
<dt>${texts.places()}</dt><dd>${places.map((one) => placeText(texts, one)).join(', ')}${isBodyHashRequired ? html` · ${texts.bodyHash()}` : ''}</dd>
<dt>${texts.scopes()}</dt><dd>${scopes.length === 0 ? texts.none() : codes(scopes)}</dd>
</dl>
${ownPolicy(texts, client)}`
}

/** The next steps for a new client. */
function nextSteps(texts: Texts['developer'], { client, origin }: ClientView): Html {
  const endpoint = (path: string) => html`<code>${origin}${path}</code>`
  return html`<h2>${texts.next()}</h2>
<p>${texts.nextText()}</p>
<dl class="facts">
<div><dt>${texts.initiate()}</dt><dd>${endpoint('/oauth/initiate')}</dd></div>
<div><dt>${texts.authorize()}</dt><dd>${endpoint('/oauth/authorize')}</dd></div>
<div><dt>${texts.token()}</dt><dd>${endpoint('/oauth/token')}</dd></div>
</dl>
<p>${texts.nextTry()}</p>
<pre class="command"><code>countersign try --key ${client.clientId} --url ${origin}</code></pre>`
}

/** The mode, and a form to switch to the other one. */
function modeSection(texts: Texts['developer'], session: Session, { clientId, mode }: OwnClient): Html {
  const [heading, text, other, button] =
    mode === 'development'
      ? [texts.modeDevelopment(), texts.modeDevelopmentText(), 'live', texts.goLive()]
      : [texts.modeLive(), texts.modeLiveText(), 'development', texts.goBack()]
  return html`<h2>${heading}</h2>
<p>${text}</p>
<form method="post" action="/clients/${clientId}/mode">${formToken(session)}<input type="hidden" name="mode" value="${other}"><button class="second">${button}</button></form>`
}

/** Names the retired feature before its end. */
export function deleteClientPage({ developer: texts }: Texts, session: Session, client: OwnClient): Page {
  const { clientId, name, users } = client
  return {
    title: texts.deleteTitle({ client: isolated(name) }),
    focused: true,
    body: html`<h1>${texts.deleteHeading({ client: named(name) })}</h1>
<p>${texts.deleteUsers({ count: users })}</p>
<p>${texts.deleteText()}</p>
<form method="post" action="/clients/${clientId}/delete">${formToken(session)}
<div class="actions"><button class="danger">${texts.deleteForGood()}</button><a class="button second" href="/clients/${clientId}">${texts.keep()}</a></div></form>`,
  }
}

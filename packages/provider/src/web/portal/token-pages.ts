import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import { isolated } from '../../isolated.ts'
import type { Scopes } from '../../settings/scopes.ts'
import type { Texts } from '../../texts/texts.ts'
import type { TokenSummary } from '../../tokens/tokens.ts'
import type { Session } from '../http/session.ts'
import { checkBoxes, field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { copyable, rows } from '../ui/list.ts'
import { scopeText } from '../ui/scope-text.ts'
import { code, day, type Html, named, strong } from '../ui/text.ts'
import { lifeText } from '../ui/token-life.ts'

/** The content of the page of a client's tokens. */
export interface TokensView {
  readonly session: Session
  readonly client: ClientSummary
  /** Newest first. */
  readonly tokens: readonly TokenSummary[]
  /** The scopes that the client may have. */
  readonly open: readonly string[]
  readonly scopes: Scopes
  /** Only right after it was issued: no other page ever shows its secret. */
  readonly issued?: { readonly oauthToken: string; readonly oauthTokenSecret: string } | undefined
  /** The input, and why it was refused. */
  readonly refused?: RefusedToken | undefined
}

export interface RefusedToken {
  readonly oauthToken: string
  readonly checked: readonly string[]
  readonly field: string
  readonly message: string
}

/** How many tokens the page shows: a client may have very many. */
const mostShown = 50

export function tokensPage(texts: Texts, view: TokensView): Page {
  const { session, client, tokens, issued, refused } = view
  const {
    portal: { tokens: said },
    developer: ofClient,
  } = texts
  const { clientId, name } = client
  const beyond = tokens.length - mostShown
  return {
    title: said.title({ client: isolated(name) }),
    ...(refused === undefined ? {} : { status: 422 }),
    body: html`<h1>${said.title({ client: named(name) })}</h1>
${issued === undefined ? '' : issuedSection(texts, issued)}
<p class="quiet">${said.intro()}</p>
${rows(
  tokens.slice(0, mostShown).map((token) => tokenRow(texts, token)),
  said.empty(),
)}
${beyond > 0 ? html`<p class="after quiet">${said.older({ count: beyond })}</p>` : ''}
<h2>${said.own()}</h2>
<p>${said.ownText()}</p>
${issueForm(texts, view)}
<div class="actions left"><a class="button second" href="/clients/${clientId}">${ofClient.back()}</a></div>
${
  tokens.length === 0
    ? ''
    : html`<details><summary class="danger-text">${said.revokeAllOf()}</summary>
<p>${said.revokeAllText()}</p>
<form method="post" action="/clients/${clientId}/tokens/revoke-all">${formToken(session)}<button class="danger">${said.revokeAll()}</button></form>
</details>`
}`,
  }
}

function issuedSection(
  { portal: { tokens: said } }: Texts,
  { oauthToken, oauthTokenSecret }: NonNullable<TokensView['issued']>,
): Html {
  return html`<p class="warning" role="status">${said.copy({ strong })}</p>
<dl>
${copyable(said.issuedToken({ name: code('oauth_token') }), oauthToken)}
${copyable(said.secret(), oauthTokenSecret)}
</dl>`
}

function tokenRow(texts: Texts, token: TokenSummary) {
  const { userName, scope, createdAt } = token
  return {
    text: html`<strong>${userName === null ? texts.portal.tokens.noUser() : named(userName)}</strong>${scope === null ? '' : html`<p><code>${scope}</code></p>`}<p class="quiet">${texts.portal.tokens.since({ day: day(texts, createdAt) })}${lifeText(texts, token)}</p>`,
  }
}

function issueForm(texts: Texts, { session, client, open, scopes, refused }: TokensView): Html {
  const { tokens: said } = texts.portal
  const errorOf = (wanted: string) => (refused?.field === wanted ? refused.message : undefined)
  const isBrought = refused !== undefined && refused.field !== 'scope'
  const boxes = open.map((scope) => ({
    name: 'scope',
    value: scope,
    label: scopeText(texts, scope, scopes),
    isChecked: refused?.checked.includes(scope) ?? false,
  }))
  return html`<form method="post" action="/clients/${client.clientId}/tokens">${formToken(session)}
${refused?.field === 'scope' ? html`<p class="alert" role="alert">${refused.message}</p>` : ''}
${boxes.length === 0 ? '' : html`<fieldset class="checks"><legend>${said.scopes()}</legend>${checkBoxes(boxes)}</fieldset>`}
<details${isBrought ? html` open` : ''}><summary>${said.bring()}</summary>
${field({ name: 'oauth_token', label: said.token(), hint: said.emptyForNew(), value: refused?.oauthToken ?? '', error: errorOf('oauth_token'), attributes: { spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off', maxlength: 255 } })}
${field({ name: 'oauth_token_secret', label: said.secret(), error: errorOf('oauth_token_secret'), attributes: { type: 'password', autocomplete: 'off', maxlength: 1000 } })}
</details>
<div class="actions left"><button>${said.issue()}</button></div>
</form>`
}

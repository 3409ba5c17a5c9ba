import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import { isolated } from '../../isolated.ts'
import { type Scopes, sentenceOf } from '../../settings/scopes.ts'
import type { TokenSummary } from '../../tokens/tokens.ts'
import type { Session } from '../http/session.ts'
import { checkBoxes, field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { copyable, rows } from '../ui/list.ts'
import { day, type Html, named } from '../ui/text.ts'
import { lifeText } from '../ui/token-life.ts'

/** What the page of a client's tokens shows. */
export interface TokensView {
  readonly session: Session
  readonly client: ClientSummary
  /** Newest first. */
  readonly tokens: readonly TokenSummary[]
  /** The scopes that the client may have. */
  readonly open: readonly string[]
  readonly scopes: Scopes
  /** Right after it was issued: this page is the only one that ever shows its secret. */
  readonly issued?: { readonly oauthToken: string; readonly oauthTokenSecret: string } | undefined
  /** What was typed, and why it was refused. */
  readonly refused?: RefusedToken | undefined
}

export interface RefusedToken {
  readonly oauthToken: string
  readonly checked: readonly string[]
  readonly field: string
  readonly message: string
}

/** Tokens on the page: a client may have very many. */
const mostShown = 50

export function tokensPage(view: TokensView): Page {
  const { session, client, tokens, issued, refused } = view
  const { clientId, name } = client
  const beyond = tokens.length - mostShown
  return {
    title: `Tokens of ${isolated(name)}`,
    ...(refused === undefined ? {} : { status: 422 }),
    body: html`<h1>Tokens of ${named(name)}</h1>
${issued === undefined ? '' : issuedSection(issued)}
<p class="quiet">Each lets the client act for one user.</p>
${rows(tokens.slice(0, mostShown).map(tokenRow), 'The client has no token.')}
${beyond > 0 ? html`<p class="after quiet">And ${beyond} older ones.</p>` : ''}
<h2>A token for yourself</h2>
<p>For a program of your own, which then needs no consent page.</p>
${issueForm(view)}
<div class="actions left"><a class="button second" href="/clients/${clientId}">Back to the client</a></div>
${
  tokens.length === 0
    ? ''
    : html`<details><summary class="danger-text">Revoke all tokens of this client</summary>
<p>It loses its access to every account at once. Its users can give it access again.</p>
<form method="post" action="/clients/${clientId}/tokens/revoke-all">${formToken(session)}<button class="danger">Revoke all tokens</button></form>
</details>`
}`,
  }
}

function issuedSection({ oauthToken, oauthTokenSecret }: NonNullable<TokensView['issued']>): Html {
  return html`<p class="warning" role="status"><strong>Copy the token and its secret now.</strong> The secret is shown only once.</p>
<dl>
${copyable(html`Token (<code>oauth_token</code>)`, oauthToken)}
${copyable('Token secret', oauthTokenSecret)}
</dl>`
}

function tokenRow(token: TokenSummary) {
  const { userName, scope, createdAt } = token
  return {
    text: html`<strong>${userName === null ? 'No user' : named(userName)}</strong>${scope === null ? '' : html`<p><code>${scope}</code></p>`}<p class="quiet">Since ${day(createdAt)}${lifeText(token)}</p>`,
  }
}

function issueForm({ session, client, open, scopes, refused }: TokensView): Html {
  const errorOf = (wanted: string) => (refused?.field === wanted ? refused.message : undefined)
  const isBrought = refused !== undefined && refused.field !== 'scope'
  const boxes = open.map((scope) => ({
    name: 'scope',
    value: scope,
    label: sentenceOf(scope, scopes),
    isChecked: refused?.checked.includes(scope) ?? false,
  }))
  return html`<form method="post" action="/clients/${client.clientId}/tokens">${formToken(session)}
${refused?.field === 'scope' ? html`<p class="alert" role="alert">${refused.message}</p>` : ''}
${boxes.length === 0 ? '' : html`<fieldset class="checks"><legend>With it the program can</legend>${checkBoxes(boxes)}</fieldset>`}
<details${isBrought ? html` open` : ''}><summary>Use a token and secret that the program already has</summary>
${field({ name: 'oauth_token', label: 'Token', hint: 'Leave both empty for new ones.', value: refused?.oauthToken ?? '', error: errorOf('oauth_token'), attributes: { spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off', maxlength: 255 } })}
${field({ name: 'oauth_token_secret', label: 'Token secret', error: errorOf('oauth_token_secret'), attributes: { type: 'password', autocomplete: 'off', maxlength: 1000 } })}
</details>
<div class="actions left"><button>Issue a token</button></div>
</form>`
}

import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import type { AdministeredToken } from '../../tokens/administered-tokens.ts'
import type { Session } from '../http/session.ts'
import { field } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { day, type Html, named } from '../ui/text.ts'
import { act, exportLinks, filterForm, mark, pager, partMenu } from './parts.ts'

/** The content of the page of all tokens. */
export interface TokensView {
  readonly session: Session
  readonly user: string | undefined
  readonly client: string | undefined
  readonly from: string | undefined
  readonly tokens: readonly AdministeredToken[]
  readonly next: string | undefined
}

export function tokensPage(texts: Texts, view: TokensView): Page {
  const { admin } = texts
  const { user, client, from, tokens, next } = view
  const query = { user, client }
  return {
    title: admin.parts.tokens(),
    wide: true,
    body: html`${partMenu(texts, 'tokens')}<h1>${admin.parts.tokens()}</h1>
<p class="quiet">${admin.tokensHint()}</p>
${filterForm(
  texts,
  '/admin/tokens',
  [
    field({
      name: 'user',
      label: admin.tokenUser(),
      value: user ?? '',
      attributes: { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: 64 },
    }),
    field({
      name: 'client',
      label: admin.tokenClient(),
      value: client ?? '',
      attributes: { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: 255 },
    }),
  ],
  query,
)}
${rows(
  tokens.map((token) => tokenRow(texts, view, token)),
  user || client ? admin.noneFound() : admin.noTokens(),
)}
${pager(texts, '/admin/tokens', query, from, next)}
${exportLinks(texts, 'tokens', query)}`,
  }
}

function tokenRow(texts: Texts, { session, user, client }: TokensView, token: AdministeredToken) {
  const { admin } = texts
  const { id, beginning, clientId, clientName, userName, scope, createdAt, lastUsedAt, expiresAt } = token
  const of = { client: html`<a href="/admin/clients/${clientId}">${named(clientName)}</a>` }
  const hidden: Html[] = Object.entries({ token: id, user, client }).map(([name, value]) =>
    value ? html`<input type="hidden" name="${name}" value="${value}">` : html``,
  )
  const times = [
    admin.since({ day: day(texts, createdAt) }),
    ...(lastUsedAt === null ? [] : [admin.lastUsed({ day: day(texts, lastUsedAt) })]),
    ...(expiresAt === null ? [] : [admin.expires({ day: day(texts, expiresAt) })]),
  ]
  return {
    text: html`<p>${userName === null ? admin.tokenWithoutUser(of) : admin.tokenOf({ ...of, user: named(userName) })}${token.isSuspended ? mark(admin.suspended(), 'bad') : ''}</p>
<p class="quiet"><code>${beginning}…</code>${scope === null ? '' : html` · <code>${scope}</code>`}<br>${times.map((time, index) => html`${index === 0 ? '' : ' · '}${time}`)}</p>`,
    action: act(session, '/admin/tokens/revoke', admin.revoke(), 'danger', html`${hidden}`),
  }
}

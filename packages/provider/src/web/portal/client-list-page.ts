import { html } from 'hono/html'
import type { ClientOverview } from '../../clients/client-overview.ts'
import type { Standing } from '../../retirement/standing.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { logo } from '../ui/logo.ts'
import { day, type Html, named } from '../ui/text.ts'
import { retirementHint, retirementMark } from './retirement-banner.ts'

/** The content of the page of a user's clients. */
export interface ClientsView {
  readonly clients: readonly ClientOverview[]
  readonly canRegister: boolean
  /** For the clients that use a retired feature. */
  readonly standings: ReadonlyMap<string, Standing>
  /** The migration guide for developers. */
  readonly guide: string
}

export function clientsPage(texts: Texts, { clients, canRegister, standings, guide }: ClientsView): Page {
  const { developer, layout } = texts
  return {
    title: layout.clients(),
    body: html`<h1>${layout.clients()}</h1>
<p class="quiet">${developer.clientsText()}</p>
${retirementHint(texts, [...standings.values()], guide)}
${rows(
  clients.map((client) => ({ text: clientRow(texts, client, standings.get(client.clientId)) })),
  canRegister ? developer.clientsEmpty() : developer.clientsClosed(),
)}
${canRegister ? html`<div class="actions left"><a class="button" href="/clients/new">${developer.register()}</a></div>` : clients.length === 0 ? '' : html`<p class="hint">${developer.clientsClosed()}</p>`}`,
  }
}

function clientRow(texts: Texts, client: ClientOverview, standing: Standing | undefined): Html {
  const { developer } = texts
  const { clientId, name, callbacks, users, lastAt } = client
  const used = lastAt === undefined ? developer.neverUsed() : developer.lastUsed({ day: day(texts, lastAt) })
  return html`<div class="with-logo">${logo(client)}<div>
<a href="/clients/${clientId}">${named(name)}</a> ${statusMark(developer, client)}${retirementMark(texts, standing)}
<p class="quiet"><code>${clientId}</code></p>
<p class="quiet">${developer.callbackCount({ count: callbacks.length })} · ${developer.userCount({ count: users })} · ${used}</p>
</div></div>`
}

/** Only for clients with a notable state: a working client needs no mark. */
export function statusMark(texts: Texts['developer'], { status, mode }: ClientOverview): Html | '' {
  if (status === 'pending') return html`<span class="mark">${texts.pending()}</span>`
  if (status === 'suspended') return html`<span class="mark bad">${texts.suspended()}</span>`
  return mode === 'development' ? html`<span class="mark">${texts.development()}</span>` : ''
}

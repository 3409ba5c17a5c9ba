import { html } from 'hono/html'
import type { ClientDetails } from '../../clients/client-list.ts'
import type { ClientRefusal } from '../../requests/all-refusals.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { type Html, named } from '../ui/text.ts'
import { clientRow, refusalRow } from './client-pages.ts'
import { address, facts, mark, partMenu } from './parts.ts'

/** A number that is counted only up to a bound. */
export interface Count {
  readonly number: number
  readonly isMore: boolean
}

/** The overview. */
export interface OverviewView {
  readonly counts: Readonly<Record<'users' | 'suspended' | 'clients' | 'pending' | 'tokens', Count>>
  readonly pending: readonly ClientDetails[]
  readonly refusals: readonly ClientRefusal[]
  /** Whether each part that the provider needs can be reached. */
  readonly health: readonly { readonly name: string; readonly isWell: boolean }[]
  readonly settings: { readonly registration: string; readonly clientRegistration: string }
}

export function overviewPage(texts: Texts, view: OverviewView): Page {
  const { admin } = texts
  const { counts, pending, refusals, health, settings } = view
  const number = ({ number: count, isMore }: Count) =>
    isMore ? admin.moreThan({ count }) : admin.exactly({ count })
  const link = (path: string, count: Count): Html => html`<a href="${path}">${number(count)}</a>`
  return {
    title: admin.title(),
    wide: true,
    body: html`${partMenu(texts, 'overview')}<h1>${admin.title()}</h1>
${facts([
  [admin.parts.users(), link('/admin/users', counts.users)],
  [admin.suspendedUsers(), link(address('/admin/users', { state: 'suspended' }), counts.suspended)],
  [admin.parts.clients(), link('/admin/clients', counts.clients)],
  [admin.parts.tokens(), link('/admin/tokens', counts.tokens)],
  [admin.registrationOfUsers(), admin.registration({ kind: settings.registration })],
  [admin.registrationOfClients(), admin.clientRegistration({ kind: settings.clientRegistration })],
  ...health.map(
    ({ name, isWell }) =>
      [name, isWell ? mark(admin.well(), 'good') : mark(admin.unreachable(), 'bad')] as const,
  ),
])}
<h2>${admin.pendingClients()}</h2>
${rows(
  pending.map((client) => clientRow(texts, client)),
  admin.noPending(),
)}
${counts.pending.number > pending.length ? html`<p class="after"><a href="${address('/admin/clients', { status: 'pending' })}">${admin.allPending()}</a></p>` : ''}
<h2>${admin.recentRefusals()}</h2>
${rows(
  refusals.map((one) =>
    refusalRow(texts, one, html`<a href="/admin/clients/${one.clientId}">${named(one.clientName)}</a>`),
  ),
  admin.noRefusals(),
)}`,
  }
}

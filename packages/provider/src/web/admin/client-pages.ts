import { html } from 'hono/html'
import type { ClientFilter } from '../../clients/administered-clients.ts'
import type { ClientDetails } from '../../clients/client-list.ts'
import type { ClientSummary } from '../../clients/clients.ts'
import { isolated } from '../../isolated.ts'
import type { RecentRequest } from '../../requests/recent-requests.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { choice, field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { copyable, plainList, rows } from '../ui/list.ts'
import { code, day, type Html, moment, named, namedInFull, place } from '../ui/text.ts'
import { pairSection } from './pair-section.ts'
import {
  act,
  address,
  confirmedDeletion,
  explainedAct,
  exportLinks,
  facts,
  filterForm,
  mark,
  pager,
  partMenu,
} from './parts.ts'

/** The content of the page of all clients. */
export interface ClientsView {
  readonly filter: ClientFilter
  readonly from: string | undefined
  readonly clients: readonly ClientDetails[]
  readonly next: string | undefined
}

export function clientsPage(texts: Texts, { filter, from, clients, next }: ClientsView): Page {
  const { admin } = texts
  const { text, owner, status, pairing } = filter
  const query = { text, owner, status, pairing }
  const statuses = { '': admin.anyState(), ...statusNames(texts) }
  const pairs = {
    '': admin.anyPairing(),
    paired: admin.pairings.paired(),
    unpaired: admin.pairings.unpaired(),
  }
  const isFiltered = Object.values(query).some(Boolean)
  return {
    title: admin.parts.clients(),
    wide: true,
    body: html`${partMenu(texts, 'clients')}<h1>${admin.parts.clients()}</h1>
${filterForm(
  texts,
  '/admin/clients',
  [
    field({
      name: 'text',
      label: admin.clientOrPairText(),
      value: text ?? '',
      attributes: { autocomplete: 'off', spellcheck: 'false', maxlength: 200 },
    }),
    field({
      name: 'owner',
      label: admin.owner(),
      value: owner ?? '',
      attributes: { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: 64 },
    }),
    choice({ name: 'status', label: admin.state(), options: statuses, value: status ?? '' }),
    choice({ name: 'pairing', label: admin.pairing(), options: pairs, value: pairing ?? '' }),
  ],
  query,
)}
${rows(
  clients.map((client) => clientRow(texts, client)),
  isFiltered ? admin.noneFound() : admin.noClients(),
)}
${pager(texts, '/admin/clients', query, from, next)}
${exportLinks(texts, 'clients', query)}`,
  }
}

function statusNames({ admin }: Texts): Readonly<Record<ClientDetails['status'], string>> {
  return { pending: admin.pending(), approved: admin.approved(), suspended: admin.suspended() }
}

/** A client in a list. */
export function clientRow(texts: Texts, client: ClientDetails) {
  const { admin } = texts
  const { clientId, name, ownerName, createdAt, oauth2ClientId } = client
  const since = day(texts, createdAt)
  return {
    text: html`<p><a href="/admin/clients/${clientId}">${named(name)}</a>${clientMarks(texts, client)}</p><p class="quiet"><code>${clientId}</code><br>${ownerName === null ? admin.registeredByOperator({ since }) : admin.registeredBy({ since, owner: named(ownerName) })}${oauth2ClientId === null ? '' : html`<br>${admin.pairedWith({ client: code(oauth2ClientId) })}`}</p>`,
  }
}

function clientMarks(texts: Texts, { status, verifiedAt }: ClientDetails): Html {
  const { admin } = texts
  const statusMark =
    status === 'approved' ? '' : mark(statusNames(texts)[status], status === 'suspended' ? 'bad' : '')
  return html`${statusMark}${verifiedAt === null ? '' : mark(admin.verified(), 'good')}`
}

/** The content of a client's page. */
export interface ClientView {
  readonly session: Session
  readonly client: ClientDetails
  readonly summary: ClientSummary
  /** Users who gave it access, and its tokens. */
  readonly counts: { readonly users: number; readonly tokens: number }
  readonly refusals: readonly RecentRequest[]
  /** The policy as typed, and why it was refused. */
  readonly policy?: { readonly text: string; readonly fault: string } | undefined
  /** The same for the OAuth 2 client to pair it with. */
  readonly pair?: { readonly text: string; readonly fault: string } | undefined
  readonly confirmFault?: string | undefined
}

export function clientPage(texts: Texts, view: ClientView): Page {
  const { admin } = texts
  const { client, summary, counts, refusals, policy, pair, confirmFault } = view
  const { clientId, name, ownerName, ownerId, verifiedAt } = client
  const owner =
    ownerName === null ? admin.operator() : html`<a href="/admin/users/${ownerId}">${named(ownerName)}</a>`
  return {
    title: isolated(name),
    wide: true,
    ...((policy?.fault ?? pair?.fault ?? confirmFault) === undefined ? {} : { status: 422 }),
    body: html`${partMenu(texts, 'clients')}<h1>${namedInFull(name)}${clientMarks(texts, client)}</h1>
${statusActions(texts, view)}
<dl>${copyable(admin.clientKey(), clientId)}</dl>
${facts([
  [admin.owner(), owner],
  [admin.registered(), day(texts, client.createdAt)],
  ...(verifiedAt === null ? [] : ([[admin.verifiedSince(), day(texts, verifiedAt)]] as const)),
  [admin.usersWithAccess(), counts.users],
  [admin.tokens(), html`<a href="${address('/admin/tokens', { client: clientId })}">${counts.tokens}</a>`],
  [admin.mode(), summary.mode === 'live' ? admin.live() : admin.development()],
  [
    admin.callbacks(),
    summary.callbacks.length === 0
      ? admin.noCallbacks()
      : plainList(summary.callbacks.map((one) => html`<code>${place(one)}</code>`)),
  ],
])}
<p class="after"><a href="${address('/admin/audit', { subject: clientId })}">${admin.whatDoneTo()}</a> · <a href="${address('/admin/audit', { actor: clientId })}">${admin.whatDone()}</a></p>
<h2>${admin.recentRefusals()}</h2>
${rows(
  refusals.map((one) => refusalRow(texts, one)),
  admin.noRefusals(),
)}
${pairSection(texts, view)}
${policySection(texts, view)}
${dangers(texts, view)}`,
  }
}

/** A refused request in a list. */
export function refusalRow(
  texts: Texts,
  { cause, code, method, path, atMilliseconds, requestId }: RecentRequest,
  client: Html | '' = '',
) {
  return {
    text: html`<p>${client === '' ? '' : html`${client}: `}${cause ?? html`<code>${code}</code>`}</p>
<p class="quiet request-id"><code>${method} ${place(path)}</code> · ${moment(texts, atMilliseconds)} · <code>${requestId}</code></p>`,
  }
}

function statusActions(
  { admin }: Texts,
  { session, client: { clientId, status, verifiedAt } }: ClientView,
): Html {
  const at = (verb: string) => `/admin/clients/${clientId}/${verb}`
  const warning =
    status === 'pending'
      ? html`<p class="warning">${admin.pendingText()}</p>`
      : status === 'suspended'
        ? html`<p class="alert">${admin.suspendedText()}</p>`
        : ''
  const approval =
    status === 'pending'
      ? act(session, at('approve'), admin.approve(), '')
      : status === 'suspended'
        ? act(session, at('reinstate'), admin.reinstate())
        : ''
  const verification =
    verifiedAt === null
      ? act(session, at('verify'), admin.verify())
      : act(session, at('unverify'), admin.unverify())
  return html`${warning}<div class="actions left">${approval}${verification}</div><p class="hint">${admin.verifyHint()}</p>`
}

function policySection(
  { admin }: Texts,
  { session, client: { clientId }, summary, policy }: ClientView,
): Html {
  const { advice: _, ...own } = summary.policy
  const text = policy?.text ?? (Object.keys(own).length === 0 ? '' : JSON.stringify(own, undefined, 2))
  return html`<details${policy === undefined ? '' : html` open`}><summary>${admin.policy()}</summary>
<form method="post" action="/admin/clients/${clientId}/policy">${formToken(session)}
${field({ name: 'policy', label: admin.policyLabel(), hint: admin.policyHint(), value: text, rows: 8, error: policy?.fault, attributes: { spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off' } })}
<div class="actions left"><button>${admin.savePolicy()}</button></div></form>
</details>`
}

function dangers(texts: Texts, { session, client: { clientId, status }, confirmFault }: ClientView): Html {
  const { admin } = texts
  const at = (verb: string) => `/admin/clients/${clientId}/${verb}`
  return html`${status === 'suspended' ? '' : explainedAct(session, { action: at('suspend'), label: admin.suspend(), text: admin.suspendClientText() })}
${explainedAct(session, { action: at('revoke-access'), label: admin.revokeAccess(), text: admin.revokeClientText() })}
${confirmedDeletion(texts, session, { action: at('delete'), label: admin.deleteClient(), text: admin.deleteClientText(), fault: confirmFault })}`
}

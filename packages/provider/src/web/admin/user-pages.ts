import { html } from 'hono/html'
import type { UserFilter, UserSummary } from '../../accounts/user-list.ts'
import { isolated } from '../../isolated.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { choice, field } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { day, type Html, named, namedInFull } from '../ui/text.ts'
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

/** The content of the page of all users. */
export interface UsersView {
  readonly filter: UserFilter
  readonly from: string | undefined
  readonly users: readonly UserSummary[]
  readonly next: string | undefined
}

export function usersPage(texts: Texts, { filter, from, users, next }: UsersView): Page {
  const { admin } = texts
  const query = { name: filter.name, state: filter.state }
  const states = { '': admin.anyState(), admin: admin.administrators(), suspended: admin.suspendedOnes() }
  const row = (user: UserSummary) => ({
    text: html`<p><a href="/admin/users/${user.id}">${named(user.name)}</a>${userMarks(texts, user)}</p><p class="quiet">${admin.since({ day: day(texts, user.createdAt) })}</p>`,
  })
  return {
    title: admin.parts.users(),
    wide: true,
    body: html`${partMenu(texts, 'users')}<h1>${admin.parts.users()}</h1>
${filterForm(
  texts,
  '/admin/users',
  [
    field({
      name: 'name',
      label: admin.userBegins(),
      value: filter.name ?? '',
      attributes: { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: 64 },
    }),
    choice({ name: 'state', label: admin.state(), options: states, value: filter.state ?? '' }),
  ],
  query,
)}
${rows(users.map(row), filter.name || filter.state ? admin.noneFound() : admin.noUsers())}
${pager(texts, '/admin/users', query, from, next)}
${exportLinks(texts, 'users', query)}`,
  }
}

function userMarks({ admin }: Texts, { isAdmin, suspendedAt }: UserSummary): Html {
  return html`${isAdmin ? mark(admin.administrator(), 'good') : ''}${suspendedAt === null ? '' : mark(admin.suspended(), 'bad')}`
}

/** The content of a user's page. */
export interface UserView {
  readonly session: Session
  readonly user: UserSummary
  readonly isOneself: boolean
  readonly counts: { readonly sessions: number; readonly tokens: number; readonly clients: number }
  /** Why the user was not deleted. */
  readonly confirmFault?: string | undefined
  /** Why another action failed. */
  readonly fault?: string | undefined
}

export function userPage(texts: Texts, view: UserView): Page {
  const { admin } = texts
  const { user, counts, fault, confirmFault } = view
  const { name } = user
  return {
    title: isolated(name),
    wide: true,
    ...((fault ?? confirmFault) === undefined ? {} : { status: 422 }),
    body: html`${partMenu(texts, 'users')}<h1>${namedInFull(name)}${userMarks(texts, user)}</h1>
${fault === undefined ? '' : html`<p class="alert" role="alert">${fault}</p>`}
${facts([
  [admin.number(), user.id],
  [admin.signedUp(), day(texts, user.createdAt)],
  ...(user.suspendedAt === null ? [] : ([[admin.suspendedSince(), day(texts, user.suspendedAt)]] as const)),
  [admin.sessions(), counts.sessions],
  [admin.tokens(), html`<a href="${address('/admin/tokens', { user: name })}">${counts.tokens}</a>`],
  [admin.clients(), html`<a href="${address('/admin/clients', { owner: name })}">${counts.clients}</a>`],
])}
<p class="after"><a href="${address('/admin/audit', { actor: name })}">${admin.whatDone()}</a> · <a href="${address('/admin/audit', { subject: name })}">${admin.whatDoneTo()}</a></p>
${view.isOneself ? html`<p class="note">${admin.oneself()}</p>` : actions(texts, view)}`,
  }
}

function actions(texts: Texts, { session, user, confirmFault }: UserView): Html {
  const { admin } = texts
  const at = (verb: string) => `/admin/users/${user.id}/${verb}`
  const isSuspended = user.suspendedAt !== null
  return html`<h2>${admin.actions()}</h2>
${isSuspended ? act(session, at('reinstate'), admin.reinstate()) : ''}
${
  user.isAdmin
    ? explainedAct(session, { action: at('demote'), label: admin.demote(), text: admin.demoteText() })
    : explainedAct(session, { action: at('promote'), label: admin.promote(), text: admin.promoteText() })
}
${explainedAct(session, { action: at('end-sessions'), label: admin.endSessions(), text: admin.endSessionsText() })}
${explainedAct(session, { action: at('revoke-access'), label: admin.revokeAccess(), text: admin.revokeAccessText() })}
${isSuspended ? '' : explainedAct(session, { action: at('suspend'), label: admin.suspend(), text: admin.suspendUserText() })}
${confirmedDeletion(texts, session, { action: at('delete'), label: admin.deleteUser(), text: admin.deleteUserText(), fault: confirmFault })}`
}

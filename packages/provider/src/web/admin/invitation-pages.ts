import { html } from 'hono/html'
import type { Invitation } from '../../accounts/invitations.ts'
import { isolated } from '../../isolated.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { copyable, rows } from '../ui/list.ts'
import { day, named } from '../ui/text.ts'
import { partMenu } from './parts.ts'

/** How many invitations the page shows; there may be very many. */
const mostShown = 100

/** The content of the invitations page. */
export interface InvitationsView {
  readonly session: Session
  readonly invitations: readonly Invitation[]
  /** Only right after its creation: no other page ever shows its link. */
  readonly link?: string | undefined
  /** Whether signing up requires no invitation. */
  readonly isNeeded: boolean
  readonly refused?: { readonly note: string; readonly fault: string } | undefined
}

export function invitationsPage(texts: Texts, view: InvitationsView): Page {
  const { admin } = texts
  const { session, invitations, link, isNeeded, refused } = view
  const beyond = invitations.length - mostShown
  const row = ({ id, note, createdAt, expiresAt }: Invitation) => ({
    text: html`<p>${note === '' ? admin.invitationWithoutNote() : named(note)}</p><p class="quiet">${admin.since({ day: day(texts, createdAt) })} · ${admin.expires({ day: day(texts, expiresAt) })}</p>`,
    action: html`<form method="post" action="/admin/invitations/withdraw">${formToken(session)}<input type="hidden" name="id" value="${id}"><button class="danger" aria-label="${admin.withdrawOf({ note: isolated(note) })}">${admin.withdraw()}</button></form>`,
  })
  return {
    title: admin.parts.invitations(),
    wide: true,
    ...(refused === undefined ? {} : { status: 422 }),
    body: html`${partMenu(texts, 'invitations')}<h1>${admin.parts.invitations()}</h1>
<p class="quiet">${isNeeded ? admin.invitationsNeeded() : admin.invitationsNotNeeded()}</p>
${link === undefined ? '' : html`<p class="warning" role="status">${admin.invitationOnce()}</p><dl>${copyable(admin.invitationLink(), link)}</dl>`}
${rows(invitations.slice(0, mostShown).map(row), admin.noInvitations())}
${beyond > 0 ? html`<p class="after quiet">${admin.andOlder({ count: beyond })}</p>` : ''}
<h2>${admin.invite()}</h2>
<form method="post" action="/admin/invitations">${formToken(session)}
${field({ name: 'note', label: admin.invitationNote(), hint: admin.invitationNoteHint(), value: refused?.note ?? '', error: refused?.fault, attributes: { autocomplete: 'off', maxlength: 200 } })}
<div class="actions left"><button>${admin.makeInvitation()}</button></div></form>`,
  }
}

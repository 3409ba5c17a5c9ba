import { html } from 'hono/html'
import type { Account } from '../../accounts/accounts.ts'
import type { LinkedIdentity } from '../../accounts/identities.ts'
import type { SignedInSession } from '../../accounts/session-list.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Row, rows } from '../ui/list.ts'
import { day, type Html, namedInFull } from '../ui/text.ts'
import { newPasswordAttributes } from './account-pages.ts'
import { type Entrance, providerName } from './entrance.ts'
import { passwordField } from './password-field.ts'

/** The content of a user's account page. */
export interface OwnAccountView {
  readonly session: Session
  readonly entrance: Entrance
  readonly account: Account
  /** The account has a password for signing in here. */
  readonly hasPassword: boolean
  readonly identities: readonly LinkedIdentity[]
  readonly sessions: readonly SignedInSession[]
  /** The fault of the password form. */
  readonly error?: { readonly field: string; readonly message: string }
}

export function ownAccountPage(texts: Texts, view: OwnAccountView): Page {
  const { ownAccount, layout } = texts
  const { session, account, entrance } = view
  return {
    title: ownAccount.title(),
    ...(view.error && { status: 422 }),
    body: html`<h1>${namedInFull(account.name)}</h1>
<p class="quiet">${ownAccount.since({ day: day(texts, account.createdAt) })}</p>
<form method="post" action="/sign-out/switch">${formToken(session)}<button class="link">${layout.switchAccount()}</button></form>
${view.hasPassword ? passwordSection(texts, view) : ''}
${entrance.elsewhere ? providerSection(texts, view) : ''}
<h2>${ownAccount.sessions()}</h2>
${sessionRows(texts, view)}
<details><summary>${ownAccount.everywhere()}</summary>
<p>${ownAccount.everywhereText()}</p>
<form method="post" action="/account/sessions/end-all">${formToken(session)}<button class="second">${ownAccount.everywhere()}</button></form>
</details>
<p class="after"><a class="danger-text" href="/account/delete">${ownAccount.deleteTitle()}</a></p>`,
  }
}

function passwordSection({ ownAccount, account }: Texts, { session, error, ...view }: OwnAccountView): Html {
  const errorOf = (wanted: string) => (error?.field === wanted ? error.message : undefined)
  const min = Number(newPasswordAttributes.minlength)
  // Password managers store the new password under this name.
  const userName = html`<input hidden type="text" name="username" value="${view.account.name}" autocomplete="username" readonly>`
  return html`<h2>${ownAccount.password()}</h2>
<details${error ? html` open` : ''}><summary>${ownAccount.changePassword()}</summary>
<form method="post" action="/account/password">${formToken(session)}${userName}
${passwordField('current', ownAccount.currentPassword(), errorOf('current'))}
${field({ name: 'new', label: ownAccount.newPassword(), hint: account.passwordHint({ min }), error: errorOf('new'), attributes: newPasswordAttributes })}
<p class="hint after">${ownAccount.changeText()}</p>
<div class="actions left"><button>${ownAccount.change()}</button></div>
</form></details>`
}

function providerSection(texts: Texts, view: OwnAccountView): Html {
  const { ownAccount } = texts
  const [first] = view.identities
  const provider = providerName(texts, view.entrance.elsewhere)
  const unlink = html`<form method="post" action="/account/unlink">${formToken(view.session)}<button class="link">${ownAccount.unlink()}</button></form>`
  return html`<h2>${ownAccount.provider({ provider })}</h2>
${
  first === undefined
    ? html`<p>${ownAccount.notLinked()} <a href="/account/identity">${ownAccount.link()}</a></p>`
    : html`<p>${ownAccount.linkedSince({ day: day(texts, first.linkedAt) })}</p>
${view.hasPassword ? unlink : ''}`
}`
}

function sessionRows(texts: Texts, { session, sessions }: OwnAccountView): Html {
  const { ownAccount } = texts
  const row = ({ id, since, lastSeenAt, browser, isCurrent }: SignedInSession): Row => {
    const name = browser ?? ownAccount.unknownBrowser()
    const seen = lastSeenAt === null ? '' : day(texts, lastSeenAt)
    const times =
      since === null
        ? ''
        : isCurrent
          ? ownAccount.sessionSince({ day: day(texts, since) })
          : ownAccount.sessionSeen({ day: day(texts, since), seen })
    const end = html`<form method="post" action="/account/sessions/end">${formToken(session)}<input type="hidden" name="session" value="${id}"><button class="second" aria-label="${ownAccount.endSessionOf({ browser: name, seen: isoDay(lastSeenAt) })}">${ownAccount.endSession()}</button></form>`
    return {
      text: html`<strong>${name}</strong>${isCurrent ? html` <span class="mark good">${ownAccount.thisBrowser()}</span>` : ''}<p class="quiet">${times}</p>`,
      ...(isCurrent ? {} : { action: end }),
    }
  }
  return rows(sessions.map(row), '')
}

/** A day, for screen readers. */
function isoDay(seconds: number | null): string {
  return seconds === null ? '' : new Date(seconds * 1000).toISOString().slice(0, 10)
}

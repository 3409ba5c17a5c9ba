import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { checkBoxes, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { plainList } from '../ui/list.ts'
import { type Html, named } from '../ui/text.ts'
import { passwordField } from './password-field.ts'

/** What a user reads before the account is deleted. */
export interface DeletionView {
  readonly session: Session
  /** Applications that have access. */
  readonly applications: number
  /** The user's own clients. */
  readonly clientNames: readonly string[]
  /** The required proof: the password, a confirmation, or, before that, a new sign-in. */
  readonly proof: 'password' | 'word' | 'fresh sign-in'
  readonly provider: string
  readonly error?: { readonly field: string; readonly message: string } | undefined
}

/** The confirmation page before an account is deleted. */
export function deletionPage(texts: Texts, view: DeletionView): Page {
  const { ownAccount } = texts
  const { session, applications, clientNames, error } = view
  const user = named(session.user?.name ?? '')
  const listed = clientNames.slice(0, maxListed).map(named)
  const more = clientNames.length - listed.length
  const others = more > 0 ? [html`<span class="quiet">${texts.home.more({ count: more })}</span>`] : []
  return {
    title: ownAccount.deleteTitle(),
    focused: true,
    ...(error && { status: 422 }),
    body: html`<h1>${ownAccount.deleteQuestion()}</h1>
<p><strong>${user}</strong></p>
${error && error.field === 'user' ? html`<p class="alert" role="alert">${error.message}</p>` : ''}
<p>${ownAccount.deleteText()}</p>
<ul class="asks">
<li>${ownAccount.deleteApps({ count: applications })}</li>
${clientNames.length === 0 ? '' : html`<li>${ownAccount.deleteClients({ count: clientNames.length })}${plainList([...listed, ...others])}</li>`}
<li>${ownAccount.deleteSelf()}</li>
</ul>
${view.proof === 'fresh sign-in' ? freshSignIn(texts, view.provider) : form(texts, view)}`,
  }
}

const maxListed = 5

function form({ ownAccount }: Texts, { session, proof, error }: DeletionView): Html {
  const fault = error?.field === 'user' ? undefined : error?.message
  const password = passwordField('password', ownAccount.deletePassword(), fault)
  const word = html`${checkBoxes([{ name: 'confirm', value: 'yes', label: ownAccount.deleteConfirm(), isChecked: false }])}
${fault ? html`<p class="fault" role="alert">${fault}</p>` : ''}`
  return html`<form method="post" action="/account/delete">${formToken(session)}
${proof === 'password' ? password : word}
<div class="actions"><a class="button second" href="/account">${ownAccount.back()}</a><button class="danger">${ownAccount.delete()}</button></div>
</form>`
}

function freshSignIn({ ownAccount, signIn }: Texts, provider: string): Html {
  return html`<p>${ownAccount.deleteFresh({ provider })}</p>
<div class="actions"><a class="button second" href="/account">${ownAccount.back()}</a><a class="button" href="/sign-in/oidc?return=%2Faccount%2Fdelete&anew=1">${signIn.with({ provider })}</a></div>`
}

import { html } from 'hono/html'
import { passwordLength } from '../../accounts/password.ts'
import type { Text, Texts } from '../../texts/texts.ts'
import { withReturn } from '../http/return-path.ts'
import type { Session } from '../http/session.ts'
import { signUpTerms } from '../ui/brand.ts'
import { type Field, field, formToken, returnField } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Html, named } from '../ui/text.ts'
import { type Entrance, providerName } from './entrance.ts'

/** The content of a sign-in or sign-up form, which is shown again after a refusal. */
export interface AccountForm {
  readonly session: Session
  readonly entrance: Entrance
  /** Where to continue; already checked. */
  readonly returnTo: string
  /** The visitor wants to use a different account. */
  readonly isSwitching?: boolean
  /** The application that waits for the visitor's decision. */
  readonly asking?: string | undefined
  readonly name?: string
  /** The code of an invitation, as typed or from the link. */
  readonly invitation?: string
  /** The fault, and the field it belongs to. */
  readonly error?: { readonly field: string; readonly message: string | Html }
}

export function signInPage(texts: Texts, form: AccountForm): Page {
  const { account, layout } = texts
  const { returnTo, error, entrance } = form
  const { elsewhere, hasOwnAccounts } = entrance
  return {
    title: layout.signIn(),
    focused: true,
    returnTo,
    body: html`<h1>${layout.signIn()}</h1>
${askingLine(form, account.askingToSignIn, account.unknownAskingToSignIn)}
${error ? html`<p class="alert" role="alert">${error.message}</p>` : ''}
${elsewhere ? elsewhereButton(texts, form) : ''}
${elsewhere && hasOwnAccounts ? html`<p class="or">${texts.signIn.or()}</p>` : ''}
${hasOwnAccounts ? passwordForm(texts, form) : ''}`,
  }
}

/** A link, not a form: it leads through other sites, which the `form-action` policy would have to list. */
function elsewhereButton(texts: Texts, { entrance, returnTo, isSwitching }: AccountForm): Html {
  const href = withReturn('/sign-in/oidc', returnTo)
  const anew = isSwitching ? `${href}${href.includes('?') ? '&' : '?'}anew=1` : href
  const provider = providerName(texts, entrance.elsewhere)
  return html`${entrance.hasOwnAccounts ? '' : html`<p>${texts.signIn.elsewhereOnly({ provider })}</p>`}
<div class="actions"><a class="button${entrance.hasOwnAccounts ? ' second' : ''}" href="${anew}">${texts.signIn.with({ provider })}</a></div>`
}

function passwordForm({ account, layout, signIn }: Texts, form: AccountForm): Html {
  const { session, returnTo, name = '', entrance } = form
  const href = withReturn('/sign-up', returnTo)
  const ways = {
    open: html`<p class="quiet after">${account.noAccount()} <a href="${href}">${layout.signUp()}</a></p>`,
    invited: html`<p class="quiet after">${signIn.haveInvitation()} <a href="${href}">${layout.signUp()}</a></p>`,
    closed: '',
  }
  return html`<form method="post" action="/sign-in">
${formToken(session)}${returnField(returnTo)}
${field({ name: 'name', label: account.userName(), value: name, attributes: userNameAttributes })}
${field({ name: 'password', label: account.password(), attributes: { type: 'password', required: true, autocomplete: 'current-password', maxlength: passwordLength.max } })}
<div class="actions"><button>${layout.signIn()}</button></div>
</form>
${ways[entrance.registration]}`
}

export function signUpPage(texts: Texts, form: AccountForm): Page {
  const { account, layout } = texts
  const { session, returnTo, name = '' } = form
  return {
    title: layout.signUp(),
    focused: true,
    returnTo,
    body: html`<h1>${layout.signUp()}</h1>
${askingLine(form, account.askingToSignUp, account.unknownAskingToSignUp)}
<form method="post" action="/sign-up">
${formToken(session)}${returnField(returnTo)}
${form.entrance.registration === 'invited' ? invitationField(texts, form) : ''}
${field({ name: 'name', label: account.userName(), hint: account.userNameHint(), value: name, error: faultOf(form, 'name'), attributes: userNameAttributes })}
${field({ name: 'password', label: account.password(), hint: account.passwordHint({ min: passwordLength.min }), error: faultOf(form, 'password'), attributes: newPasswordAttributes })}
${signUpTerms(texts, form.entrance.links)}
<div class="actions"><button>${layout.signUp()}</button></div>
</form>
<p class="quiet after">${account.haveAccount()} <a href="${withReturn('/sign-in', returnTo)}">${layout.signIn()}</a></p>`,
  }
}

function invitationField({ signIn }: Texts, form: AccountForm): Html {
  return field({
    name: 'invitation',
    label: signIn.invitation(),
    hint: signIn.invitationHint(),
    value: form.invitation ?? '',
    error: faultOf(form, 'invitation'),
    attributes: {
      required: true,
      autocomplete: 'off',
      autocapitalize: 'none',
      spellcheck: 'false',
      maxlength: 100,
    },
  })
}

function faultOf({ error }: AccountForm, wanted: string): Field['error'] {
  return error?.field === wanted ? String(error.message) : undefined
}

/** Replaces the form if users cannot create accounts themselves. */
export function closedPage(texts: Texts, { entrance, returnTo }: AccountForm): Page {
  const { signIn, layout } = texts
  const { elsewhere, hasOwnAccounts, supportUrl } = entrance
  const isElsewhere = elsewhere !== undefined && !hasOwnAccounts
  return {
    status: 403,
    title: signIn.closedTitle(),
    focused: true,
    returnTo,
    body: html`<h1>${signIn.closedTitle()}</h1>
<p>${isElsewhere ? signIn.elsewhereText({ provider: providerName(texts, elsewhere) }) : signIn.closedText()}${supportUrl === undefined || isElsewhere ? '' : html` ${signIn.askSupport({ a: supportLink(supportUrl) })}.`}</p>
<p><a href="${withReturn('/sign-in', returnTo)}">${layout.signIn()}</a></p>`,
  }
}

/** The message for a user whose account is suspended. */
export function suspendedText({ signIn }: Texts, { supportUrl }: Entrance): Html | string {
  return supportUrl === undefined ? signIn.suspended() : signIn.suspendedAsk({ a: supportLink(supportUrl) })
}

function supportLink(supportUrl: string): (label: Html) => Html {
  return (label) => html`<a href="${supportUrl}">${label}</a>`
}

const userNameAttributes = {
  required: true,
  autocomplete: 'username',
  autocapitalize: 'none',
  spellcheck: 'false',
  maxlength: 64,
} as const

export const newPasswordAttributes = {
  type: 'password',
  required: true,
  autocomplete: 'new-password',
  minlength: passwordLength.min,
  maxlength: passwordLength.max,
} as const

function askingLine({ asking, returnTo }: AccountForm, known: Text, unknown: Text): Html | '' {
  if (asking !== undefined) return html`<p>${known({ client: named(asking) })}</p>`
  return returnTo.startsWith('/oauth/') ? html`<p>${unknown()}</p>` : ''
}

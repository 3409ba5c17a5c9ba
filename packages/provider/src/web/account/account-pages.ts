import { html } from 'hono/html'
import { passwordLength } from '../../accounts/password.ts'
import { withReturn } from '../http/return-path.ts'
import type { Session } from '../http/session.ts'
import { field, formToken, returnField } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Html, named } from '../ui/text.ts'

/** What a sign-in or sign-up form shows, and shows again after it was refused. */
export interface AccountForm {
  readonly session: Session
  /** Where to go on to; already checked. */
  readonly returnTo: string
  /** The application that waits for the visitor's decision. */
  readonly asking?: string | undefined
  readonly name?: string
  /** The fault, and the field it belongs to. */
  readonly error?: { readonly field: string; readonly message: string }
}

export function signInPage(form: AccountForm): Page {
  const { session, returnTo, name = '', error } = form
  return {
    title: 'Sign in',
    focused: true,
    returnTo,
    body: html`<h1>Sign in</h1>
${askingLine(form, 'Sign in')}
${error ? html`<p class="alert" role="alert">${error.message}</p>` : ''}
<form method="post" action="/sign-in">
${formToken(session)}${returnField(returnTo)}
${field({ name: 'name', label: 'User name', value: name, attributes: { required: true, autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', maxlength: 64 } })}
${field({ name: 'password', label: 'Password', attributes: { type: 'password', required: true, autocomplete: 'current-password', maxlength: passwordLength.max } })}
<div class="actions"><button>Sign in</button></div>
</form>
<p class="quiet after">No account yet? <a href="${withReturn('/sign-up', returnTo)}">Sign up</a></p>`,
  }
}

export function signUpPage(form: AccountForm): Page {
  const { session, returnTo, name = '', error } = form
  const errorOf = (wanted: string) => (error?.field === wanted ? error.message : undefined)
  return {
    title: 'Sign up',
    focused: true,
    returnTo,
    body: html`<h1>Sign up</h1>
${askingLine(form, 'Sign up')}
<form method="post" action="/sign-up">
${formToken(session)}${returnField(returnTo)}
${field({ name: 'name', label: 'User name', hint: '2 to 64 letters, digits and . _ - @ +', value: name, error: errorOf('name'), attributes: { required: true, autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', maxlength: 64 } })}
${field({ name: 'password', label: 'Password', hint: `At least ${passwordLength.min} characters`, error: errorOf('password'), attributes: { type: 'password', required: true, autocomplete: 'new-password', minlength: passwordLength.min, maxlength: passwordLength.max } })}
<div class="actions"><button>Sign up</button></div>
</form>
<p class="quiet after">Have an account? <a href="${withReturn('/sign-in', returnTo)}">Sign in</a></p>`,
  }
}

function askingLine({ asking, returnTo }: AccountForm, verb: string): Html | '' {
  if (asking !== undefined)
    return html`<p>${named(asking)} asks for access to your account. ${verb} to decide.</p>`
  return returnTo.startsWith('/oauth/') ? html`<p>An application asks for access. ${verb} to decide.</p>` : ''
}

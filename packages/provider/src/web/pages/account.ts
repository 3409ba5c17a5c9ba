import { html } from 'hono/html'
import { passwordLength } from '../../password.ts'
import { field, formToken, type Html, type Page } from '../layout.ts'
import type { Visit } from '../visit.ts'

/** What a sign-in or sign-up form shows again after it was refused. */
export interface AccountForm {
  readonly visit: Visit
  /** Where to go on to; already checked. */
  readonly returnTo: string
  readonly name?: string
  /** The fault, and the field it belongs to. */
  readonly error?: { readonly field: string; readonly message: string }
}

export function signInPage(form: AccountForm): Page {
  const { visit, returnTo, name = '', error } = form
  return {
    title: 'Sign in',
    body: html`<h1>Sign in</h1>
${returnTo.startsWith('/oauth/') ? html`<p class="quiet">An application asks for access. Sign in to decide.</p>` : ''}
${error ? html`<p class="alert" role="alert">${error.message}</p>` : ''}
<form method="post" action="/sign-in">
${formToken(visit)}${returnField(returnTo)}
${field({ name: 'name', label: 'User name', value: name, attributes: { required: true, autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', maxlength: 64 } })}
${field({ name: 'password', label: 'Password', attributes: { type: 'password', required: true, autocomplete: 'current-password', maxlength: passwordLength.max } })}
<div class="actions"><button>Sign in</button></div>
</form>
<p class="quiet after">No account yet? <a href="${withReturn('/sign-up', returnTo)}">Sign up</a></p>`,
  }
}

export function signUpPage(form: AccountForm): Page {
  const { visit, returnTo, name = '', error } = form
  const errorOf = (wanted: string) => (error?.field === wanted ? error.message : undefined)
  return {
    title: 'Sign up',
    body: html`<h1>Sign up</h1>
<form method="post" action="/sign-up">
${formToken(visit)}${returnField(returnTo)}
${field({ name: 'name', label: 'User name', hint: 'Letters, digits and . _ - @ +, 2 to 64 of them.', value: name, error: errorOf('name'), attributes: { required: true, autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', maxlength: 64 } })}
${field({ name: 'password', label: 'Password', hint: `At least ${passwordLength.min} characters.`, error: errorOf('password'), attributes: { type: 'password', required: true, autocomplete: 'new-password', minlength: passwordLength.min, maxlength: passwordLength.max } })}
<div class="actions"><button>Sign up</button></div>
</form>
<p class="quiet after">Have an account? <a href="${withReturn('/sign-in', returnTo)}">Sign in</a></p>`,
  }
}

function returnField(returnTo: string): Html {
  return html`<input type="hidden" name="return" value="${returnTo}">`
}

/** The other form's address, which keeps where the visitor was going. */
export function withReturn(path: string, returnTo: string): string {
  return returnTo === '/' ? path : `${path}?return=${encodeURIComponent(returnTo)}`
}

import { html } from 'hono/html'
import type { Decision } from '../../tokens/decisions.ts'
import type { Page } from '../ui/layout.ts'
import { named } from '../ui/text.ts'

/** After the approval of an `oob` request (§2.2): the code to carry by hand. */
export function codePage({ clientName, code }: { readonly clientName: string; readonly code: string }): Page {
  return {
    title: 'Your code',
    focused: true,
    body: html`<h1>Your code for ${named(clientName)}</h1>
<p>Type this code into the application to finish. It works once, for a few minutes.</p>
<code class="code">${grouped(code)}</code>
<p class="hint center">Click the code to select it.</p>
<p class="quiet">Do not give it to anyone: it gives access to your account.</p>`,
  }
}

/** A code in two halves, which are easier to read and to type; the token endpoint does not mind the dash. */
function grouped(code: string): string {
  return code.replace(/^(.{5})(.{5})$/, '$1-$2')
}

/** What the user decided, for one who comes back to a request that is over. */
export function decisionPage({ clientName, allowed }: Decision): Page {
  const again = html`<p class="quiet">Already decided: to decide again, start over from the application.</p>`
  return {
    status: 409,
    title: 'Already decided',
    focused: true,
    body: allowed
      ? html`<h1>You allowed access</h1>
<p>You gave ${named(clientName)} access to your account. Go back to the application.</p>${again}
<p><a href="/authorizations">Applications with access</a></p>`
      : html`<h1>You denied access</h1>
<p>${named(clientName)} did not get access to your account. You can close this page.</p>${again}`,
  }
}

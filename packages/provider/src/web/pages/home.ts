import { html } from 'hono/html'
import type { Page } from '../layout.ts'
import type { Visit } from '../visit.ts'

/** The start page: what this is, and the way on. */
export function homePage({ user }: Visit, origin: string): Page {
  return user === undefined
    ? {
        title: 'OAuth 1.0 provider',
        body: html`<h1>Let applications in without giving away your password</h1>
<p>This is an OAuth 1.0 provider. Applications ask for access here, you allow or deny it, and you can take it back at any time.</p>
<div class="actions"><a class="button" href="/sign-in">Sign in</a><a class="button second" href="/sign-up">Sign up</a></div>
${endpoints(origin)}`,
      }
    : {
        title: 'Home',
        body: html`<h1>Hello, ${user.name}</h1>
<ul class="rows">
<li><span><a href="/authorizations">Access</a><br><span class="quiet">Applications that may act for you</span></span></li>
<li><span><a href="/clients">Clients</a><br><span class="quiet">Applications that you develop, and their keys</span></span></li>
</ul>
${endpoints(origin)}`,
      }
}

function endpoints(origin: string) {
  return html`<h2>For developers</h2>
<p>At <code>${origin}</code> there are:</p>
<dl>
<dt>Temporary credentials</dt><dd><code>POST /oauth/initiate</code></dd>
<dt>Authorization</dt><dd><code>/oauth/authorize</code></dd>
<dt>Token credentials</dt><dd><code>POST /oauth/token</code></dd>
<dt>The user behind a token</dt><dd><code>GET /api/me</code></dd>
<dt>What was authenticated, for any verb</dt><dd><code>/api/echo</code></dd>
</dl>`
}

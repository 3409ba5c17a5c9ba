import { html } from 'hono/html'
import { formToken, type Html, type Page } from '../layout.ts'
import type { Visit } from '../visit.ts'

/** What a user is asked. */
export interface ConsentRequest {
  readonly visit: Visit
  readonly userName: string
  readonly clientName: string
  readonly oauthToken: string
  readonly oauthCallback: string
}

export function consentPage({
  visit,
  userName,
  clientName,
  oauthToken,
  oauthCallback,
}: ConsentRequest): Page {
  return {
    title: `Give ${clientName} access?`,
    body: html`<h1>Give ${clientName} access to your account?</h1>
<p>You are signed in as <strong>${userName}</strong>. If you allow it, the application can:</p>
<ul class="asks"><li>see your user name</li><li>call this provider’s API for you, until you revoke it</li></ul>
<p class="quiet">It does not learn your password.</p>
<p class="note">The name “${clientName}” was chosen by whoever registered the application. Nobody has verified who that is. ${destination(oauthCallback)}</p>
<form method="post" action="/oauth/authorize">
${formToken(visit)}<input type="hidden" name="oauth_token" value="${oauthToken}">
<div class="actions"><button class="second" name="decision" value="deny">Deny</button><button name="decision" value="allow">Allow</button></div>
</form>`,
  }
}

/** Where the user goes next: the part of a callback that says whose it is. */
function destination(oauthCallback: string): Html {
  if (oauthCallback === 'oob') return html`If you allow it, you get a code to type into the application.`
  const place = /^https?:\/\/[^/?]+/i.exec(oauthCallback)?.[0] ?? `${oauthCallback.split(':', 1)[0]}:`
  return html`After your decision you go back to <code>${place}</code>.`
}

/** The end of an `oob` flow (§2.2): the code to carry by hand, or that access was denied. */
export function verifierPage(clientName: string, oauthVerifier: string | undefined): Page {
  return oauthVerifier === undefined
    ? {
        title: 'Access denied',
        body: html`<h1>Access denied</h1><p>${clientName} did not get access to your account. You can close this page.</p>`,
      }
    : {
        title: 'Your code',
        body: html`<h1>Your code for ${clientName}</h1>
<p>Type this code into the application to finish. It works once, for a few minutes.</p>
<code class="code">${oauthVerifier}</code>
<p class="quiet">Give it to nobody else: it gives access to your account.</p>`,
      }
}

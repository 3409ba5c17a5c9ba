import { html } from 'hono/html'
import { isolated } from '../../isolated.ts'
import { requestPath } from '../http/return-path.ts'
import type { Session } from '../http/session.ts'
import { checkBoxes, formToken, returnField } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Html, named, place } from '../ui/text.ts'

/** What a user is asked. */
export interface ConsentRequest {
  readonly session: Session
  readonly userName: string
  readonly clientName: string
  readonly oauthToken: string
  readonly oauthCallback: string
  /** What it asks for beyond the least, each in a sentence. */
  readonly scopes: readonly AskedScope[]
}

export interface AskedScope {
  readonly scope: string
  readonly sentence: string
}

export function consentPage(request: ConsentRequest): Page {
  const { session, userName, clientName, oauthToken, oauthCallback, scopes } = request
  const returnTo = requestPath(oauthToken)
  return {
    title: `Give ${isolated(clientName)} access?`,
    focused: true,
    returnTo,
    body: html`<h1>${named(clientName)} wants access to your account</h1>
<form class="account" method="post" action="/sign-out">${formToken(session)}${returnField(returnTo)}<p>You are signed in as <strong>${named(userName)}</strong><br>Not you? <button class="link">Use another account</button></p></form>
<p>If you allow it, the application can:</p>
<ul class="asks"><li>see your user name, but not your password</li><li>call this provider’s API for you, until you revoke it</li></ul>
<p class="warning">This name was chosen by whoever registered the application and was not verified. Allow it only if you started this yourself, just now.</p>
<form method="post" action="/oauth/authorize">
${formToken(session)}<input type="hidden" name="oauth_token" value="${oauthToken}">
${scopeChoice(scopes)}<p class="destination">${destination(oauthCallback)}</p>
<div class="actions"><button class="second" name="decision" value="deny">Deny</button><button name="decision" value="allow">Allow</button></div>
</form>`,
  }
}

/** The user may grant less than is asked for. */
function scopeChoice(scopes: readonly AskedScope[]): Html | '' {
  if (scopes.length === 0) return ''
  return html`<fieldset class="checks"><legend>It also asks to</legend>
${checkBoxes(scopes.map(({ scope, sentence }) => ({ name: 'scope', value: scope, label: sentence, isChecked: true })))}
<p class="hint">Uncheck what you do not want to allow.</p>
</fieldset>
`
}

/** A host's end says whose it is: of one that is too long, the beginning is left out. */
function ending(host: string): Html {
  return host.length <= longestHost
    ? place(host)
    : html`<bdi title="${host}">…${host.slice(1 - longestHost)}</bdi>`
}

const longestHost = 80
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/

/** Where the user goes next: the part of a callback that says whose it is, as the browser reads it. */
function destination(oauthCallback: string): Html {
  if (oauthCallback === 'oob')
    return html`Allow shows you a <strong>code</strong> to type into the application.`
  const { protocol, host } = URL.canParse(oauthCallback)
    ? new URL(oauthCallback)
    : { protocol: oauthCallback.split(':', 1)[0] as string, host: '' }
  if (!/^https?:$/.test(protocol)) {
    return html`Allow opens an app on this device: <strong>${named(protocol.replace(/:$/, ''))}</strong> <span class="mark">app link, not a website</span>`
  }
  if (loopback.test(host))
    return html`Allow sends you to a program on this device: <strong>${ending(host)}</strong>`
  return html`Allow sends you to <strong>${ending(host)}</strong>${protocol === 'http:' ? html` <span class="mark">not encrypted (http)</span>` : ''}`
}

import { html } from 'hono/html'
import type { ClientFacts } from '../../clients/client-facts.ts'
import { isolated } from '../../isolated.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Brand } from '../http/brand.ts'
import { requestPath } from '../http/return-path.ts'
import type { Session } from '../http/session.ts'
import { brandLinks } from '../ui/brand.ts'
import { checkBoxes, formToken, returnField } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { logoBeside } from '../ui/logo.ts'
import { day, type Html, named, place, strong } from '../ui/text.ts'
import { clientFactsText, verificationText } from './client-facts.ts'

/** The content of the consent page. */
export interface ConsentRequest {
  readonly session: Session
  readonly brand: Brand
  readonly userName: string
  readonly clientName: string
  readonly facts: ClientFacts | undefined
  /** When this user first allowed it, in seconds since 1970; undefined if it asks for the first time. */
  readonly allowedAt: number | undefined
  readonly oauthToken: string
  readonly oauthCallback: string
  /** Requested scopes beyond the minimum, each as a sentence. */
  readonly scopes: readonly AskedScope[]
}

export interface AskedScope {
  readonly scope: string
  readonly sentence: string
}

export function consentPage(allTexts: Texts, request: ConsentRequest): Page {
  const { consent: texts } = allTexts
  const links = brandLinks(allTexts, request.brand.links)
  const { session, userName, clientName, facts, brand, oauthToken, oauthCallback, scopes } = request
  const returnTo = requestPath(oauthToken)
  return {
    title: texts.title({ client: isolated(clientName) }),
    focused: true,
    returnTo,
    body: html`<h1 class="asking">${logoBeside(clientName, facts)}<span>${texts.heading({ client: named(clientName) })}</span></h1>
${clientFactsText(allTexts, facts)}
<form class="account" method="post" action="/sign-out/switch">${formToken(session)}${returnField(returnTo)}<p>${texts.signedInAs({ user: html`<strong>${named(userName)}</strong>` })}<br>${texts.otherAccount({ button: (label) => html`<button class="link">${label}</button>` })}</p></form>
<p>${texts.can()}</p>
<ul class="asks"><li>${texts.canSeeName()}</li><li>${texts.canCall({ brand: brand.name })}</li></ul>
${verificationText(allTexts, facts, brand.name)}
${request.allowedAt === undefined ? '' : html`<p>${texts.allowedBefore({ day: day(allTexts, request.allowedAt) })}</p>`}
<form method="post" action="/oauth/authorize">
${formToken(session)}<input type="hidden" name="oauth_token" value="${oauthToken}">
${scopeChoice(texts, scopes)}<p class="destination">${destination(texts, oauthCallback)}</p>
<div class="actions"><button class="second" name="decision" value="deny">${texts.deny()}</button><button name="decision" value="allow">${texts.allow()}</button></div>
</form>${
      links.length === 0
        ? ''
        : html`
<p class="hint center links">${links}</p>`
    }`,
  }
}

/** The user may grant less than was requested. */
function scopeChoice(texts: Texts['consent'], scopes: readonly AskedScope[]): Html | '' {
  if (scopes.length === 0) return ''
  return html`<fieldset class="checks"><legend>${texts.alsoAsks()}</legend>
${checkBoxes(scopes.map(({ scope, sentence }) => ({ name: 'scope', value: scope, label: sentence, isChecked: true })))}
<p class="hint">${texts.uncheck()}</p>
</fieldset>
`
}

/** The end of a host tells whose it is: if it is too long, its beginning is left out. */
function ending(host: string): Html {
  return host.length <= longestHost
    ? place(host)
    : html`<bdi title="${host}">…${host.slice(1 - longestHost)}</bdi>`
}

const longestHost = 80
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/

/** Where the user goes next: the part of a callback that identifies its owner, as the browser reads it. */
function destination(texts: Texts['consent'], oauthCallback: string): Html {
  if (oauthCallback === 'oob') return texts.showsCode({ strong })
  const { protocol, host } = URL.canParse(oauthCallback)
    ? new URL(oauthCallback)
    : { protocol: oauthCallback.split(':', 1)[0] as string, host: '' }
  if (!/^https?:$/.test(protocol)) {
    return html`${texts.opensApp({ scheme: strong(named(protocol.replace(/:$/, ''))) })} <span class="mark">${texts.appLink()}</span>`
  }
  if (loopback.test(host)) return texts.opensProgram({ host: strong(ending(host)) })
  return html`${texts.sendsTo({ host: strong(ending(host)) })}${protocol === 'http:' ? html` <span class="mark">${texts.notEncrypted()}</span>` : ''}`
}

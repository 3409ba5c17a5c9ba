import type { Diagnosis } from 'countersign/diagnose'
import type { HttpRequest } from 'countersign/protocol'
import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { diagnosisReport } from '../ui/diagnosis.ts'
import { formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import type { Html } from '../ui/text.ts'
import type { Draft } from './draft.ts'
import { playgroundHead, type StepPage } from './playground-page.ts'
import { descriptionOf } from './refusal.ts'
import { requestForm } from './request-form.ts'
import type { ReceivedResponse } from './send.ts'
import type { SignedDraft } from './sign-draft.ts'
import type { RequestStep } from './steps.ts'

/** A step in which the client sends a request: the request, and then its outcome. */
export interface RequestPage extends StepPage {
  readonly step: RequestStep
  readonly session: Session
  readonly draft: Draft
  /** Undefined for a draft that cannot be signed. */
  readonly signed?: SignedDraft | undefined
  /** Why it cannot be signed or sent. */
  readonly fault?: string | undefined
  /** The selectable tokens. */
  readonly tokens?: readonly string[]
  /** Advice on the step. */
  readonly advice?: Html | undefined
  readonly result?: RequestResult | undefined
}

export interface RequestResult {
  readonly response: ReceivedResponse
  /** For a refused request. */
  readonly diagnosis?: Diagnosis | undefined
  /** The link to the next step after a success. */
  readonly next?: Html | undefined
}

export function requestPage(texts: Texts, page: RequestPage): Page {
  const { playground } = texts
  const { fault, signed, result, advice = '' } = page
  return {
    title: playground.title(),
    wide: true,
    ...(fault === undefined ? {} : { status: 422 }),
    body: html`${playgroundHead(texts, page)}
${fault === undefined ? '' : html`<p class="alert" role="alert">${fault}</p>`}
${result === undefined ? advice : resultSection(texts, result)}
${result === undefined || signed === undefined ? '' : html`<h2>${playground.sentRequest()}</h2>${wire(httpText(signed.shown))}`}
${requestForm(texts, page)}`,
  }
}

function resultSection(texts: Texts, { response, diagnosis, next }: RequestResult): Html {
  const { playground } = texts
  const { status, statusText, headers, body } = response
  const isRefused = status >= 400
  const description = isRefused ? descriptionOf(response) : undefined
  const lines = headers.map(([name, value]) => `${name}: ${value}`).join('\n')
  return html`<section class="result" aria-label="${playground.result()}">
<h2>${playground.response()}</h2>
<p class="${isRefused ? 'alert' : 'note'}" role="status"><strong>${status} ${statusText}</strong>${description === undefined ? '' : html` ${description}`}</p>
${diagnosis === undefined ? '' : html`<h2>${playground.whyRefused()}</h2>${diagnosisReport(texts, diagnosis)}<h2>${playground.receivedResponse()}</h2>`}
${wire(`${lines}\n\n${body}`)}
${next ?? ''}
</section>`
}

/** The button to another step, with its token in the form, not in the URL. */
export function onward(session: Session, path: string, oauthToken: string, label: string): Html {
  return html`<form method="post" action="${path}">${formToken(session)}<input type="hidden" name="oauth_token" value="${oauthToken}"><div class="actions left"><button name="action" value="open">${label}</button></div></form>`
}

/** Text as sent over the network. */
function wire(text: string): Html {
  return html`<pre class="wire"><code>${text.trimEnd()}</code></pre>`
}

function httpText({ method, url, headers, body = '' }: HttpRequest): string {
  const [, host = '', target = ''] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? []
  const lines = Object.entries(headers).map(([name, value]) => `${capitalized(name)}: ${value}`)
  return [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...lines, '', body].join('\n')
}

function capitalized(name: string): string {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
}

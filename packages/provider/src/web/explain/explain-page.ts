import type { Diagnosis } from 'countersign/diagnose'
import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import { isolated } from '../../isolated.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { baseStringsView } from '../ui/base-strings.ts'
import { diagnosisReport } from '../ui/diagnosis.ts'
import { choice, field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Html, named } from '../ui/text.ts'
import { maxPastedLength, type PastedBaseString, type PastedTexts } from './pasted.ts'

/** The form, with its input. */
export interface ExplainForm {
  readonly session: Session
  /** The developer's own clients. */
  readonly clients: readonly ClientSummary[]
  readonly pasted: PastedTexts
  /** The chosen client; empty for the one that the request names. */
  readonly chosen: string
  readonly error?: { readonly field: string; readonly message: string } | undefined
}

/** The findings. */
export interface Explanation {
  readonly clientName?: string | undefined
  readonly notes: readonly string[]
  /** Undefined without a request. */
  readonly diagnosis?: Diagnosis | undefined
  readonly baseString?: PastedBaseString | undefined
}

export function explainPage(texts: Texts, form: ExplainForm, explanation?: Explanation): Page {
  const { explain } = texts
  const { session, clients, pasted, chosen, error } = form
  const errorOf = (wanted: string) => (error?.field === wanted ? error.message : undefined)
  const names = clients.map(({ clientId, name }) => [clientId, `${isolated(name)} (${clientId})`] as const)
  return {
    title: explain.title(),
    wide: true,
    ...(error === undefined ? {} : { status: 422 }),
    body: html`<h1>${explain.title()}</h1>
<p class="quiet">${explain.intro()}</p>
${explanation === undefined ? '' : result(texts, explanation)}
<form method="post" action="/explain">
${formToken(session)}
${field({ name: 'request', label: explain.request(), hint: explain.requestHint(), value: pasted.request, error: errorOf('request'), rows: 8, attributes: { spellcheck: 'false', maxlength: maxPastedLength } })}
${field({ name: 'base_string', label: explain.baseString(), hint: explain.baseStringHint(), value: pasted.baseString, error: errorOf('base_string'), rows: 3, attributes: { spellcheck: 'false', maxlength: maxPastedLength } })}
${choice({ name: 'client', label: explain.client(), options: { '': explain.namedClient(), ...Object.fromEntries(names) }, value: chosen })}
<div class="actions left"><button>${explain.submit()}</button></div>
</form>
<p class="quiet after">${explain.playground({ link: (words) => html`<a href="/playground">${words}</a>` })}</p>`,
  }
}

function result(texts: Texts, { clientName, notes, diagnosis, baseString }: Explanation): Html {
  const { explain } = texts
  // The text does not say when the request was sent, or how often.
  const isRight = diagnosis?.outcome === 'valid' && diagnosis.causes.length === 0
  return html`<section class="result" aria-label="${explain.result()}">
${diagnosis === undefined ? '' : html`<h2>${clientName === undefined ? explain.theRequest() : explain.requestOf({ client: named(clientName) })}</h2>${diagnosisReport(texts, diagnosis)}${isRight ? html`<p class="quiet">${explain.nextToCheck()}</p>` : ''}`}
${notes.map((note) => html`<p class="quiet">${note}</p>`)}
${baseString === undefined ? '' : pastedBaseString(texts, baseString, diagnosis?.baseStrings?.expected)}
</section>`
}

function pastedBaseString(
  { explain, diagnosis }: Texts,
  { text, problems }: PastedBaseString,
  expected: string | undefined,
): Html {
  const isRight = expected === undefined ? problems.length === 0 : text === expected
  return html`<h2>${explain.pasted()}</h2>
<p class="${isRight ? 'note' : 'alert'}"><strong>${verdict(explain, problems.length, expected, isRight)}</strong></p>
${problems.length === 0 ? '' : html`<ul>${problems.map((problem) => html`<li>${problem}</li>`)}</ul>`}
${expected === undefined ? baseStringsView(diagnosis, { expected: text, signed: undefined }) : isRight ? '' : baseStringsView(diagnosis, { expected, signed: text })}
${expected === undefined ? html`<p class="quiet">${explain.pasteBoth()}</p>` : ''}`
}

function verdict(
  texts: Texts['explain'],
  problems: number,
  expected: string | undefined,
  isRight: boolean,
): string {
  if (expected === undefined) return isRight ? texts.rightForm() : texts.wrongForm({ count: problems })
  return isRight ? texts.isExpected() : texts.isOther()
}

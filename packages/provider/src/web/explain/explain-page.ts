import type { Diagnosis } from 'countersign/diagnose'
import { html } from 'hono/html'
import type { ClientSummary } from '../../clients/clients.ts'
import { isolated } from '../../isolated.ts'
import type { Session } from '../http/session.ts'
import { baseStringsView } from '../ui/base-strings.ts'
import { diagnosisReport } from '../ui/diagnosis.ts'
import { choice, field, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Html, named } from '../ui/text.ts'
import { maxPastedLength, type PastedBaseString, type PastedTexts } from './pasted.ts'

/** The form, with what was typed into it. */
export interface ExplainForm {
  readonly session: Session
  /** The developer's own. */
  readonly clients: readonly ClientSummary[]
  readonly texts: PastedTexts
  /** The client that was chosen; empty for the one that the request names. */
  readonly chosen: string
  readonly error?: { readonly field: string; readonly message: string } | undefined
}

/** What was found out. */
export interface Explanation {
  readonly clientName?: string | undefined
  readonly notes: readonly string[]
  /** Undefined without a request. */
  readonly diagnosis?: Diagnosis | undefined
  readonly baseString?: PastedBaseString | undefined
}

export function explainPage(form: ExplainForm, explanation?: Explanation): Page {
  const { session, clients, texts, chosen, error } = form
  const errorOf = (wanted: string) => (error?.field === wanted ? error.message : undefined)
  const names = clients.map(({ clientId, name }) => [clientId, `${isolated(name)} (${clientId})`] as const)
  return {
    title: 'Explain a signature',
    wide: true,
    ...(error === undefined ? {} : { status: 422 }),
    body: html`<h1>Explain a signature</h1>
<p class="quiet">Paste a request of one of your clients that was refused, and see what its signature got wrong. Its secrets come from this provider: do not paste any. Nothing is stored.</p>
${explanation === undefined ? '' : result(explanation)}
<form method="post" action="/explain">
${formToken(session)}
${field({ name: 'request', label: 'Request or base string', hint: 'Raw HTTP with all headers, a curl command, a HAR entry, or the base string alone.', value: texts.request, error: errorOf('request'), rows: 8, attributes: { spellcheck: 'false', maxlength: maxPastedLength } })}
${field({ name: 'base_string', label: 'Base string that your client signed (optional)', hint: 'Many libraries can log it. It is compared with the one that the server expects for the request.', value: texts.baseString, error: errorOf('base_string'), rows: 3, attributes: { spellcheck: 'false', maxlength: maxPastedLength } })}
${choice({ name: 'client', label: 'Client', options: { '': 'The one that the request names', ...Object.fromEntries(names) }, value: chosen })}
<div class="actions left"><button>Explain</button></div>
</form>
<p class="quiet after">To see how a right request is made, <a href="/playground">walk through one in the playground</a>.</p>`,
  }
}

/** The text does not say when the request was sent, or how often. */
const nextToCheck = html`<p class="quiet">If it was refused, look at the timestamp, which must be the time in seconds, and at the nonce, which can be used only once.</p>`

function result({ clientName, notes, diagnosis, baseString }: Explanation): Html {
  return html`<section class="result" aria-label="Explanation">
${diagnosis === undefined ? '' : html`<h2>${clientName === undefined ? 'The request' : html`The request of ${named(clientName)}`}</h2>${diagnosisReport(diagnosis)}${diagnosis.outcome === 'valid' && diagnosis.causes.length === 0 ? nextToCheck : ''}`}
${notes.map((note) => html`<p class="quiet">${note}</p>`)}
${baseString === undefined ? '' : pastedBaseString(baseString, diagnosis?.baseStrings?.expected)}
</section>`
}

function pastedBaseString({ text, problems }: PastedBaseString, expected: string | undefined): Html {
  const isRight = expected === undefined ? problems.length === 0 : text === expected
  return html`<h2>The base string that you pasted</h2>
<p class="${isRight ? 'note' : 'alert'}"><strong>${verdict(problems, expected, isRight)}</strong></p>
${problems.length === 0 ? '' : html`<ul>${problems.map((problem) => html`<li>${problem}</li>`)}</ul>`}
${expected === undefined ? baseStringsView({ expected: text, signed: undefined }) : isRight ? '' : baseStringsView({ expected, signed: text })}
${expected === undefined ? html`<p class="quiet">Paste the request as well to see whether this is the base string that belongs to it.</p>` : ''}`
}

function verdict(problems: readonly string[], expected: string | undefined, isRight: boolean): string {
  if (expected === undefined)
    return isRight ? 'Its form is right.' : `Its form is wrong in ${count(problems.length)}.`
  return isRight
    ? 'It is what the server expects. If the signature does not match, the key or the digest is at fault.'
    : 'It is not what the server expects for this request.'
}

function count(problems: number): string {
  return problems === 1 ? 'one way' : `${problems} ways`
}

import type { BaseStrings, Cause, Diagnosis } from 'countersign/diagnose'
import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import { baseStringsView } from './base-strings.ts'
import { type Html, place } from './text.ts'

/** Why a signature does not match, for readers who may know it: the causes with their fixes, and the base strings. */
export function diagnosisReport({ diagnosis: texts }: Texts, diagnosis: Diagnosis): Html {
  const { causes: found, ruledOut, complete, baseStrings: strings } = diagnosis
  return html`<p class="${diagnosis.outcome === 'valid' ? 'note' : 'alert'}"><strong>${outcome(texts, diagnosis)}</strong></p>
${causes(found)}
${ruledOut.length === 0 ? '' : html`<h3>${texts.known()}</h3><ul>${ruledOut.map((line) => html`<li>${line}</li>`)}</ul>`}
${complete || ruledOut.length > 0 ? '' : html`<p class="quiet">${texts.notAll()}</p>`}
${strings === undefined ? '' : baseStrings(texts, strings)}`
}

function baseStrings(texts: Texts['diagnosis'], strings: BaseStrings): Html {
  const { signed, differsAt, expectedKey, signedKey } = strings
  const title =
    signed === undefined
      ? texts.expectedBaseString()
      : differsAt === undefined
        ? texts.sameBaseString()
        : texts.baseStrings()
  const key =
    signedKey === undefined || signedKey === expectedKey
      ? texts.key({ key: expectedKey })
      : html`${texts.expectedKey({ key: expectedKey })}<br>${texts.clientKey({ key: html`<mark>${signedKey}</mark>` })}`
  return html`<h3>${title}</h3>
${baseStringsView(texts, differsAt === undefined ? { expected: strings.expected, signed: undefined } : strings)}
<p>${key}</p>`
}

/** Each cause with what to change in the client. */
function causes(found: readonly Cause[]): Html | '' {
  if (found.length === 0) return ''
  const items = found.map(
    ({ code, summary, fix, detail }) => html`<li>
<p><strong>${summary}</strong>${detail === undefined ? '' : html` <code>${place(detail)}</code>`}</p>
<p>${fix}</p>
<p class="quiet"><code>${code}</code></p>
</li>`,
  )
  return html`<ul class="causes">${items}</ul>`
}

function outcome(texts: Texts['diagnosis'], { outcome: kind, causes: found, trials }: Diagnosis): string {
  if (kind === 'valid') return found.length > 0 ? texts.requestWrong() : texts.right()
  if (kind === 'explained') return texts.explained({ count: found.length })
  if (trials === 0) return texts.noSignature()
  return found.length > 0 ? texts.mismatch() : texts.unexplained()
}

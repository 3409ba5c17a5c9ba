import type { BaseStrings, Cause, Diagnosis } from 'countersign/diagnose'
import { html } from 'hono/html'
import { baseStringsView } from './base-strings.ts'
import { type Html, place } from './text.ts'

/** Why a signature does not match, for those who may know it: the causes with their fixes, and the base strings. */
export function diagnosisReport(diagnosis: Diagnosis): Html {
  const { causes: found, ruledOut, complete, baseStrings: strings } = diagnosis
  return html`<p class="${diagnosis.outcome === 'valid' ? 'note' : 'alert'}"><strong>${outcome(diagnosis)}</strong></p>
${causes(found)}
${ruledOut.length === 0 ? '' : html`<h3>What is known</h3><ul>${ruledOut.map((line) => html`<li>${line}</li>`)}</ul>`}
${complete || ruledOut.length > 0 ? '' : html`<p class="quiet">Not every mistake was tried.</p>`}
${strings === undefined ? '' : baseStrings(strings)}`
}

function baseStrings(strings: BaseStrings): Html {
  const { signed, differsAt, expectedKey, signedKey } = strings
  const title =
    signed === undefined
      ? 'The base string that the server expects'
      : differsAt === undefined
        ? 'Base string: the same on both sides'
        : 'Base strings'
  const key =
    signedKey === undefined || signedKey === expectedKey
      ? html`Key: ${expectedKey}`
      : html`Expected key: ${expectedKey}<br>Key of the client: <mark>${signedKey}</mark>`
  return html`<h3>${title}</h3>
${baseStringsView(differsAt === undefined ? { expected: strings.expected, signed: undefined } : strings)}
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

function outcome({ outcome: kind, causes: found, trials }: Diagnosis): string {
  if (kind === 'valid')
    return found.length > 0 ? 'The signature is right; the request is not.' : 'The signature is right.'
  if (kind === 'explained')
    return found.length === 1
      ? 'One mistake explains the signature.'
      : `${found.length} mistakes together explain the signature.`
  if (trials === 0) return 'There is no signature to check.'
  return found.length > 0
    ? 'The signature does not match.'
    : 'The signature does not match, and no known mistake explains it.'
}

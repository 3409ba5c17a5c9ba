import { html } from 'hono/html'
import type { Html } from './text.ts'

/** One entry of a list: its text, and its actions. */
export interface Row {
  readonly text: Html
  readonly action?: Html
}

/** A list with lines between its entries. @param empty - Shown instead of an empty list. */
export function rows(entries: readonly Row[], empty: string): Html {
  if (entries.length === 0) return html`<p class="empty">${empty}</p>`
  const items = entries.map(
    ({ text, action = '' }) => html`<li>
<div>${text}</div>
${action}
</li>`,
  )
  return html`<ul class="rows">${items}</ul>`
}

/** A list of short texts, without bullets. */
export function plainList(entries: readonly Html[]): Html {
  return html`<ul class="plain">${entries.map((entry) => html`<li>${entry}</li>`)}</ul>`
}

/** A term with a value that one click selects in full. */
export function copyable(term: string | Html, value: string): Html {
  return html`<dt>${term}</dt><dd class="secret"><code>${value}</code></dd>`
}

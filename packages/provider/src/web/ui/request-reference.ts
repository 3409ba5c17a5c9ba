import { html } from 'hono/html'
import { currentRequest } from '../../requests/request-context.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Html } from './text.ts'

/** What the reader of an error page can tell the operator: the log's lines of this request have it. */
export function requestReference({ layout }: Texts): Html | '' {
  const id = currentRequest()?.requestId
  return id === undefined
    ? ''
    : html`<p class="hint">${layout.reference({ number: html`<code>${id}</code>` })}</p>`
}

import { html } from 'hono/html'
import { currentRequest } from '../../requests/request-context.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Html } from './text.ts'

/** The number that the reader of an error page can give the operator: the log lines of this request contain it. */
export function requestReference({ layout }: Texts): Html | '' {
  const id = currentRequest()?.requestId
  return id === undefined
    ? ''
    : html`<p class="hint">${layout.reference({ number: html`<code>${id}</code>` })}</p>`
}

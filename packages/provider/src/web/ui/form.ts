import { html } from 'hono/html'
import type { Visit } from '../http/visit.ts'

/** A piece of escaped HTML. */
export type Html = ReturnType<typeof html>

/**
 * A name that somebody chose: kept from turning the text around it, cut after two lines with the whole in its title,
 * and on one line where it fits on one.
 */
export function named(name: string): Html {
  return html`<bdi class="name" title="${name}">${name}</bdi>`
}

/** The same in full length, where it is what the page is about. */
export function namedInFull(name: string): Html {
  return html`<bdi class="name full">${name}</bdi>`
}

/** An address that somebody chose: a callback, a host. */
export function place(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** A term with a value that one click selects whole. */
export function copyable(term: string | Html, value: string): Html {
  return html`<dt>${term}</dt><dd class="secret"><code>${value}</code></dd>`
}

/** A day, in UTC. @param seconds - Since 1970. */
export function day(seconds: number): Html {
  const date = new Date(seconds * 1000)
  return html`<time datetime="${date.toISOString().slice(0, 10)}">${dayFormat.format(date)}</time>`
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })

/** What every form carries: proof that it was shown to this visitor. */
export function formToken(visit: Visit): Html {
  return html`<input type="hidden" name="form_token" value="${visit.formToken}">`
}

/** A form field that says where to go on to. */
export function returnField(returnTo: string): Html {
  return html`<input type="hidden" name="return" value="${returnTo}">`
}

/** A labelled field; its hint or its fault is tied to it for those who hear the page. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly value?: string
  /** Further attributes: `{ type: 'password', required: true }`. */
  readonly attributes?: Readonly<Record<string, string | number | true>>
  /** Lines of a text area; without it an `input`. */
  readonly rows?: number
  /** Says what to do, and so stands in the hint's place. */
  readonly error?: string | undefined
}

export function field({ name, label, hint, value = '', attributes = {}, rows, error }: Field): Html {
  const described = error ? `${name}-error` : hint ? `${name}-hint` : undefined
  const pairs = Object.entries({
    id: name,
    name,
    ...attributes,
    ...(described ? { 'aria-describedby': described } : {}),
    ...(error ? { 'aria-invalid': 'true' } : {}),
  }).map(([attribute, given]: [string, string | number | true]) =>
    given === true ? html` ${attribute}` : html` ${attribute}="${given}"`,
  )
  return html`<div class="field">
<label for="${name}">${label}</label>
${rows === undefined ? html`<input${pairs} value="${value}">` : html`<textarea${pairs} rows="${rows}">${value}</textarea>`}
${error ? html`<p class="fault" id="${name}-error">${error}</p>` : hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : ''}
</div>`
}

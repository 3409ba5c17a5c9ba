import { html } from 'hono/html'
import type { Session } from '../http/session.ts'
import type { Html } from './text.ts'

/** A hidden field of every form: proof that it was shown to this visitor. */
export function formToken(session: Session): Html {
  return html`<input type="hidden" name="form_token" value="${session.formToken}">`
}

/** A form field with the path to continue to. */
export function returnField(returnTo: string): Html {
  return html`<input type="hidden" name="return" value="${returnTo}">`
}

/** A labelled field; its hint or its fault is linked to it for screen readers. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly value?: string
  /** Further attributes: `{ type: 'password', required: true }`. */
  readonly attributes?: Readonly<Record<string, string | number | true>>
  /** The height of a text area in lines; without it, the field is an `input`. */
  readonly rows?: number
  /** Says what to do, and so replaces the hint. */
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

/** One of several options. */
export interface CheckBox {
  readonly name: string
  readonly value: string
  readonly label: string
  readonly isChecked: boolean
}

export function checkBoxes(boxes: readonly CheckBox[]): Html {
  const items = boxes.map(
    ({ name, value, label, isChecked }) =>
      html`<label class="check"><input type="checkbox" name="${name}" value="${value}"${isChecked ? html` checked` : ''}> <span>${label}</span></label>`,
  )
  return html`${items}`
}

/** A labelled select list. */
export interface Choice {
  readonly name: string
  readonly label: string
  readonly hint?: string
  /** Labels by value, in order. */
  readonly options: Readonly<Record<string, string>>
  readonly value: string
}

export function choice({ name, label, hint, options, value }: Choice): Html {
  const items = Object.entries(options).map(
    ([given, text]) =>
      html`<option value="${given}"${given === value ? html` selected` : ''}>${text}</option>`,
  )
  return html`<div class="field">
<label for="${name}">${label}</label>
<select id="${name}" name="${name}"${hint ? html` aria-describedby="${name}-hint"` : ''}>${items}</select>
${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : ''}
</div>`
}

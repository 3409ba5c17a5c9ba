import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { field, formToken } from '../ui/form.ts'
import type { Html } from '../ui/text.ts'

/** A list's filter: the query of its page, without empty values. */
export type Query = Readonly<Record<string, string | undefined>>

/** A path with a query. */
export function address(path: string, query: Query): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]))
  const text = new URLSearchParams(pairs).toString()
  return text === '' ? path : `${path}?${text}`
}

const parts = ['overview', 'users', 'invitations', 'clients', 'tokens', 'usage', 'audit'] as const

export type Part = (typeof parts)[number]

/** The navigation of the administration, with the current part marked. */
export function partMenu({ admin }: Texts, current: Part): Html {
  const links = parts.map(
    (part) =>
      html`<a href="${part === 'overview' ? '/admin' : `/admin/${part}`}"${part === current ? html` aria-current="page"` : ''}>${admin.parts[part]()}</a>`,
  )
  return html`<nav class="parts" aria-label="${admin.title()}">${links}</nav>`
}

/** The filter form of a list. */
export function filterForm(texts: Texts, path: string, fields: readonly Html[], query: Query): Html {
  const isFiltered = Object.values(query).some(Boolean)
  return html`<form class="filter" method="get" action="${path}" role="search"><div class="fields">${fields}</div>
<div class="actions left"><button>${texts.admin.search()}</button>${isFiltered ? html`<a class="button second" href="${path}">${texts.admin.showAll()}</a>` : ''}</div></form>`
}

/** Links to the next page of a list, and back to the first. */
export function pager(
  { admin }: Texts,
  path: string,
  query: Query,
  from: string | undefined,
  next: string | undefined,
): Html | '' {
  if (from === undefined && next === undefined) return ''
  const first = html`<a class="button second" href="${address(path, query)}">${admin.firstPage()}</a>`
  const onward = html`<a class="button second" rel="next" href="${address(path, { ...query, from: next })}">${admin.nextPage()}</a>`
  return html`<nav class="actions left" aria-label="${admin.pages()}">${from === undefined ? '' : first}${next === undefined ? '' : onward}</nav>`
}

/** Links to download the whole list. */
export function exportLinks({ admin }: Texts, list: string, query: Query): Html {
  const link = (format: string) =>
    html`<a href="${address(`/admin/export/${list}.${format}`, query)}" download>${format.toUpperCase()}</a>`
  return html`<p class="after quiet">${admin.exportAs({ csv: link('csv'), json: link('json') })}<br>${admin.exportHint()}</p>`
}

/** A form with a single button. */
export function act(
  session: Session,
  action: string,
  label: string,
  kind = 'second',
  fields: Html | '' = '',
): Html {
  return html`<form method="post" action="${action}">${formToken(session)}${fields}<button class="${kind}">${label}</button></form>`
}

/** An action that is explained before it is performed. */
export function explainedAct(
  session: Session,
  { action, label, text }: { readonly action: string; readonly label: string; readonly text: string },
): Html {
  return html`<details><summary class="danger-text">${label}</summary>
<p>${text}</p>
${act(session, action, label, 'danger')}
</details>`
}

/** Permanent removal, confirmed by typing the name. */
export function confirmedDeletion(
  { admin }: Texts,
  session: Session,
  {
    action,
    label,
    text,
    fault,
  }: {
    readonly action: string
    readonly label: string
    readonly text: string
    readonly fault?: string | undefined
  },
): Html {
  return html`<details${fault === undefined ? '' : html` open`}><summary class="danger-text">${label}</summary>
<p>${text}</p>
<form method="post" action="${action}">${formToken(session)}
${field({ name: 'confirm', label: admin.confirmName(), error: fault, attributes: { required: true, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' } })}
<div class="actions left"><button class="danger">${admin.deleteForGood()}</button></div></form>
</details>`
}

/** Terms with their values. */
export function facts(pairs: readonly (readonly [term: string, value: Html | string | number])[]): Html {
  return html`<dl class="facts">${pairs.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`
}

export function mark(text: string, kind: '' | 'good' | 'bad' = ''): Html {
  return html` <span class="mark${kind === '' ? '' : ` ${kind}`}">${text}</span>`
}

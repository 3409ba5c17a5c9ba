import type { Context } from 'hono'
import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { favicon, stylesheet } from './stylesheet.ts'
import type { Visit, WebEnv } from './visit.ts'

/** A piece of escaped HTML. */
export type Html = ReturnType<typeof html>

/** What a page is made of. */
export interface Page {
  readonly title: string
  readonly body: Html
  /** For lists: a wider column. */
  readonly wide?: boolean
  /** Default 200. */
  readonly status?: ContentfulStatusCode
}

/** Sends a page in the provider's design. */
export function sendPage(c: Context<WebEnv>, page: Page): Response | Promise<Response> {
  return c.html(layout(page, c.get('visit')), page.status ?? 200)
}

/** The whole document. Nothing in it needs JavaScript. */
export function layout({ title, body, wide }: Page, visit: Visit | undefined): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Countersign</title>
<link rel="stylesheet" href="${stylesheet.path}">
<link rel="icon" href="${favicon.path}" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="top">
<a class="brand" href="/"><img src="${favicon.path}" alt="">Countersign</a>
${navigation(visit)}
</header>
<main id="content"${wide ? html` class="wide"` : ''}>
<div class="sheet">
${body}
</div>
</main>
</body>
</html>`
}

function navigation(visit: Visit | undefined): Html | '' {
  if (visit === undefined) return ''
  if (visit.user === undefined) {
    return html`<nav aria-label="Account"><a href="/sign-in">Sign in</a><a href="/sign-up">Sign up</a></nav>`
  }
  return html`<nav aria-label="Account">
<a href="/authorizations">Access</a>
<a href="/clients">Clients</a>
<form method="post" action="/sign-out">${formToken(visit)}<button class="link">Sign out</button></form>
</nav>`
}

/** What every form carries: proof that it was shown to this visitor. */
export function formToken(visit: Visit): Html {
  return html`<input type="hidden" name="form_token" value="${visit.formToken}">`
}

/** A labelled field; its hint and its fault are tied to it for those who hear the page. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly value?: string
  /** Further attributes: `{ type: 'password', required: true }`. */
  readonly attributes?: Readonly<Record<string, string | number | true>>
  /** Lines of a text area; without it an `input`. */
  readonly rows?: number
  readonly error?: string | undefined
}

export function field({ name, label, hint, value = '', attributes = {}, rows, error }: Field): Html {
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ')
  const pairs = Object.entries({
    id: name,
    name,
    ...attributes,
    ...(described ? { 'aria-describedby': described } : {}),
    ...(error ? { 'aria-invalid': 'true' } : {}),
  }).map(([attribute, given]: [string, string | number | true]) =>
    given === true ? html` ${attribute}` : html` ${attribute}="${given}"`,
  )
  return html`<label for="${name}">${label}</label>
${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : ''}
${error ? html`<p class="alert" id="${name}-error">${error}</p>` : ''}
${rows === undefined ? html`<input${pairs} value="${value}">` : html`<textarea${pairs} rows="${rows}">${value}</textarea>`}`
}

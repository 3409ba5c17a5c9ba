import type { Context } from 'hono'
import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Flash } from '../../accounts/flashes.ts'
import { withReturn } from '../http/return-path.ts'
import type { Session, WebEnv } from '../http/session.ts'
import { favicon, stylesheet } from './assets.ts'
import { formToken, returnField } from './form.ts'
import { type Html, named } from './text.ts'

/** What a page is made of. */
export interface Page {
  readonly title: string
  readonly body: Html
  /** One thing to do or to read: in the middle of the window, and without the menu. */
  readonly focused?: boolean
  /** Two columns fit side by side on a large window. */
  readonly wide?: boolean
  /** Where the visitor was going: signing out, in or up from this page keeps it. */
  readonly returnTo?: string
  /** Default 200. */
  readonly status?: ContentfulStatusCode
}

/** Where a page is looked at, as far as it is known. */
interface Viewing {
  readonly path?: string
  readonly flash?: Flash | undefined
}

/** Sends a page in the provider's design. */
export function sendPage(c: Context<WebEnv>, page: Page): Response | Promise<Response> {
  const document = layout(page, c.get('session'), { path: c.req.path, flash: c.get('flash') })
  return c.html(document, page.status ?? 200)
}

/** The whole document. Nothing in it needs JavaScript. */
function layout(page: Page, session: Session | undefined, { path = '', flash }: Viewing = {}): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · Countersign</title>
<link rel="stylesheet" href="${stylesheet.path}">
<link rel="icon" href="${favicon.path}" type="image/svg+xml">
</head>
<body${page.wide ? html` class="wide"` : ''}>
<a class="skip" href="#content">Skip to content</a>
<header class="top">
<a class="brand" href="/"><img src="${favicon.path}" alt="">Countersign</a>
${session ? navigation(page, session, path) : ''}
</header>
<main id="content"${page.focused ? html` class="focused"` : ''}>
${flash ? notice(flash, session) : ''}
<div class="sheet">
${page.body}
</div>
</main>
<footer>
<span>Countersign, an OAuth 1.0 provider</span>
<a href="/#developers">For developers</a>
</footer>
</body>
</html>`
}

function navigation({ focused, returnTo = '/' }: Page, session: Session, path: string): Html {
  if (session.user === undefined) {
    return html`<nav class="who" aria-label="Account">${menuLink(withReturn('/sign-in', returnTo), 'Sign in', path)}${menuLink(withReturn('/sign-up', returnTo), 'Sign up', path)}</nav>`
  }
  const menu = html`<nav class="menu" aria-label="Main">${menuLink('/', 'Home', path)}${menuLink('/authorizations', 'Access', path)}${menuLink('/clients', 'Clients', path)}</nav>`
  return html`${focused ? '' : menu}
<div class="who"><span class="user">${named(session.user.name)}</span>
<form method="post" action="/sign-out">${formToken(session)}${returnTo === '/' ? '' : returnField(returnTo)}<button class="link">Sign out</button></form></div>`
}

/** The page that is open, or the part of the site that it belongs to, is marked. */
function menuLink(href: string, text: string, path: string): Html {
  const own = href.split('?', 1)[0] as string
  const current = path === own ? 'page' : own !== '/' && path.startsWith(`${own}/`) ? 'true' : undefined
  return html`<a href="${href}"${current ? html` aria-current="${current}"` : ''}>${text}</a>`
}

/** What was just done. A new secret is not told here but on its page, in its place. */
function notice(flash: Flash, session: Session | undefined): Html | '' {
  if (flash.kind === 'registered' || flash.kind === 'secret' || flash.kind === 'token') return ''
  return html`<p class="note flash" role="status">${noticeText(flash, session)}</p>`
}

function noticeText(
  flash: Exclude<Flash, { kind: 'registered' | 'secret' | 'token' }>,
  session: Session | undefined,
): Html {
  switch (flash.kind) {
    case 'signed-up':
      return html`Welcome! Your account was created, and you are signed in as ${named(session?.user?.name ?? '')}`
    case 'revoked':
      return html`${named(flash.clientName)} no longer has access.`
    case 'revoked-all':
      return html`All access was revoked.`
    case 'changed':
      return html`The changes were saved.`
    case 'deleted':
      return html`${named(flash.clientName)} was deleted.`
    case 'mode':
      return html`The client is ${flash.mode === 'live' ? 'live' : 'in development'} now.`
  }
}

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Flash } from '../../accounts/flashes.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Brand } from '../http/brand.ts'
import { withReturn } from '../http/return-path.ts'
import type { Session, WebEnv } from '../http/session.ts'
import { copyScript, stylesheet } from './assets.ts'
import { brandLinks } from './brand.ts'
import { formToken, returnField } from './form.ts'
import { requestReference } from './request-reference.ts'
import { type Html, named } from './text.ts'

/** The content of a page. */
export interface Page {
  readonly title: string
  readonly body: Html
  /** A single thing to do or read: centred, and without the menu. */
  readonly focused?: boolean
  /** Two columns fit side by side on a large window. */
  readonly wide?: boolean
  /** Where the visitor was going: preserved when signing out, in or up from this page. */
  readonly returnTo?: string
  /** Default 200. */
  readonly status?: ContentfulStatusCode
}

/** The viewer of a page, and its path. */
interface Viewing {
  readonly texts: Texts
  readonly brand: Brand
  /** Undefined if the request failed before it was known. */
  readonly session: Session | undefined
  readonly path: string
  readonly flash: Flash | undefined
  /** Anyone may create an account. */
  readonly canSignUp: boolean
}

/** Sends a page in the provider's design. A page that only depends on the language may be given as a function. */
export function sendPage(
  c: Context<WebEnv>,
  given: Page | ((texts: Texts) => Page),
): Response | Promise<Response> {
  const texts = c.get('texts')
  const page = typeof given === 'function' ? given(texts) : given
  const viewing = {
    texts,
    brand: c.get('brand'),
    session: c.get('session'),
    path: c.req.path,
    flash: c.get('flash'),
    canSignUp: c.get('canSignUp') ?? false,
  }
  c.header('content-language', texts.language)
  c.header('vary', 'Accept-Language', { append: true })
  return c.html(layout(page, viewing), page.status ?? 200)
}

/** The whole document. Nothing in it needs JavaScript. */
function layout(page: Page, viewing: Viewing): Html {
  const { texts, brand, session, flash } = viewing
  const { name, logo, links } = brand
  return html`<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · ${name}</title>
<link rel="stylesheet" href="${stylesheet.path}">${
    brand.stylesheet === undefined
      ? ''
      : html`
<link rel="stylesheet" href="${brand.stylesheet}">`
  }
<link rel="icon" href="${logo.path}" type="${logo.type}">
<script defer src="${copyScript.path}" data-copy="${texts.layout.copy()}" data-copied="${texts.layout.copied()}"></script>
</head>
<body${page.wide ? html` class="wide"` : ''}>
<a class="skip" href="#content">${texts.layout.skip()}</a>
<header class="top">
<a class="brand" href="/"><img src="${logo.path}" alt=""><span>${name}</span></a>
${session ? navigation(page, session, viewing) : ''}
</header>
<main id="content"${page.focused ? html` class="focused"` : ''}>
${flash ? notice(flash, viewing) : ''}
<div class="sheet">
${page.body}
${(page.status ?? 200) >= 500 ? requestReference(texts) : ''}
</div>
</main>
<footer>
<span>${texts.layout.tagline({ brand: name })}</span>
${brandLinks(texts, links)}${links.supportUrl === undefined ? '' : html`<a href="${links.supportUrl}">${texts.brand.support()}</a>`}
<a href="/#developers">${texts.layout.forDevelopers()}</a>
</footer>
</body>
</html>`
}

function navigation(
  { focused, returnTo = '/' }: Page,
  session: Session,
  { texts: { layout: texts }, path, canSignUp }: Viewing,
): Html {
  if (session.user === undefined) {
    return html`<nav class="who" aria-label="${texts.accountMenu()}">${menuLink(withReturn('/sign-in', returnTo), texts.signIn(), path)}${canSignUp ? menuLink(withReturn('/sign-up', returnTo), texts.signUp(), path) : ''}</nav>`
  }
  const kept = returnTo === '/' ? '' : returnField(returnTo)
  const menu = html`<nav class="menu" aria-label="${texts.mainMenu()}">${menuLink('/', texts.home(), path)}${menuLink('/authorizations', texts.connectedApps(), path)}${menuLink('/clients', texts.clients(), path)}${session.user.isAdmin ? menuLink('/admin', texts.administration(), path) : ''}</nav>`
  return html`${focused ? '' : menu}
<details class="who" name="who"><summary><span class="user">${named(session.user.name)}</span></summary>
<div class="panel">
<a href="/account"${path === '/account' ? html` aria-current="page"` : ''}>${texts.account()}</a>
<form method="post" action="/sign-out/switch">${formToken(session)}${kept}<button class="link">${texts.switchAccount()}</button></form>
<form method="post" action="/sign-out">${formToken(session)}${kept}<button class="link">${texts.signOut()}</button></form>
</div></details>`
}

/** The current page, or the part of the site that it belongs to, is marked. */
function menuLink(href: string, text: string, path: string): Html {
  const own = href.split('?', 1)[0] as string
  const current = path === own ? 'page' : own !== '/' && path.startsWith(`${own}/`) ? 'true' : undefined
  return html`<a href="${href}"${current ? html` aria-current="${current}"` : ''}>${text}</a>`
}

/** The message about what was just done. A new secret is shown on its own page instead. */
function notice(flash: Flash, { texts, session }: Viewing): Html | '' {
  if (isSecret(flash)) return ''
  return html`<p class="note flash" role="status">${noticeText(flash, texts, session)}</p>`
}

type SecretFlash = Extract<Flash, { kind: 'registered' | 'secret' | 'token' | 'invited' }>

function isSecret(flash: Flash): flash is SecretFlash {
  return ['registered', 'secret', 'token', 'invited'].includes(flash.kind)
}

function noticeText(
  flash: Exclude<Flash, SecretFlash>,
  { flashes, admin }: Texts,
  session: Session | undefined,
): Html | string {
  switch (flash.kind) {
    case 'signed-up':
      return flashes.signedUp({ user: named(session?.user?.name ?? '') })
    case 'revoked':
      return flashes.revoked({ client: named(flash.clientName) })
    case 'revoked-all':
      return flashes.revokedAll()
    case 'changed':
      return flashes.changed()
    case 'deleted':
      return flashes.deleted({ client: named(flash.clientName) })
    case 'password-changed':
      return flashes.passwordChanged()
    case 'session-ended':
      return flashes.sessionEnded()
    case 'signed-out-everywhere':
      return flashes.signedOutEverywhere()
    case 'account-deleted':
      return flashes.accountDeleted()
    case 'linked':
      return flashes.linked()
    case 'unlinked':
      return flashes.unlinked()
    case 'mode':
      return flashes[flash.mode]()
    case 'administered':
      return admin.done[flash.done]({ name: named(flash.name) })
  }
}

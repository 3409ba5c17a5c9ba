import type { Context, Hono, MiddlewareHandler } from 'hono'
import { originOf, type Site } from './client-app.ts'
import { type ClientForm, clientResponse } from './client-response.ts'
import { directions, unknownAddress } from './directions.ts'
import { isRead } from './method.ts'
import type { WebEnv } from './session.ts'

/** OAuth clients read forms; at any other path, someone is experimenting, and reads the terminal. */
function usualForm(path: string): ClientForm {
  return /^\/+oauth/i.test(path) ? 'application/x-www-form-urlencoded' : 'text/plain'
}

/**
 * Whether the sender is a program rather than a person with a browser: it signs, sends protocol parameters, or has
 * neither a cookie nor an `Accept` header for pages.
 */
function isProgram(c: Context): boolean {
  if (/^\s*OAuth(?:\s|$)/i.test(c.req.header('authorization') ?? '')) return true
  if (/[?&]oauth_[a-z]/.test(c.req.url) && c.req.path !== '/oauth/authorize') return true
  return c.req.header('cookie') === undefined && !/\btext\/html\b/i.test(c.req.header('accept') ?? '')
}

/** Anything posted here that is not for a page was meant for an endpoint; people only get here by a bad link. */
const clientsOnly = /^\/+(?:oauth|api)(?:\/|$)/i

/** The pages of an app. */
export interface Pages {
  /** Whether this path has a page, to read or to post a form to. */
  has(path: string): boolean
  takes(method: string, path: string): boolean
}

export function pagesOf(app: Hono<WebEnv>): Pages {
  // Middleware matches all methods; only pages are registered for one.
  const exists = (method: string, path: string) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method !== 'ALL')
  return {
    has: (path) => exists('GET', path) || exists('POST', path),
    takes: (method, path) => exists(isRead(method) ? 'GET' : method, path),
  }
}

/** Tells a program that requests a page which URL it may have meant, in a format that it can read. */
export function strayClients(pages: Pages, site: Site): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const { method, path } = c.req
    if (pages.takes(method, path)) return next()
    const isPage = pages.has(path)
    if (!isProgram(c) && (isPage || isRead(method) || !clientsOnly.test(path))) return next()
    const base = originOf(c, site)
    if (isPage) {
      c.header('allow', 'GET, HEAD, POST')
      const description = `This is a page for people. ${directions(path, base)}`
      return clientResponse(c, { status: 405, code: 'method_not_allowed', description }, usualForm(path))
    }
    c.header('access-control-allow-origin', '*')
    return clientResponse(c, unknownAddress(path, base), usualForm(path))
  }
}

const formOfPage = {
  status: 403,
  code: 'form_of_a_page',
  description:
    'This address takes only the forms of its own pages. A client of OAuth sends the browser of the user to GET /oauth/authorize?oauth_token=…, and uses /oauth/initiate and /oauth/token itself.',
} as const

/** The refusal of a forged form, for a program, which has no page to reload; undefined for people. */
export function strayForm(c: Context): Response | undefined {
  return isProgram(c) ? clientResponse(c, formOfPage, usualForm(c.req.path)) : undefined
}

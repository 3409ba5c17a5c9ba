import { StoreError } from 'countersign'
import { endpoint } from 'countersign/hono'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Services } from '../services.ts'
import { accountRoutes } from './account/account-routes.ts'
import { authorizationRoutes } from './account/authorization-routes.ts'
import { homeRoutes } from './account/home-routes.ts'
import { apiRoutes } from './api/api-routes.ts'
import { clientNetwork } from './http/client-address.ts'
import { clientAnswer, isApiClient } from './http/client-answer.ts'
import { forBrowserClients } from './http/cors.ts'
import { refuseForgery } from './http/forgery.ts'
import { knownHostsOnly } from './http/host-check.ts'
import { isLocked, overloadOf } from './http/overload.ts'
import { pageHeaders } from './http/page-headers.ts'
import { unknownAddresses } from './http/unknown-address.ts'
import { visits, type WebEnv } from './http/visit.ts'
import { consentRoutes } from './oauth/consent-routes.ts'
import { clientRoutes } from './portal/client-routes.ts'
import { layout, sendPage } from './ui/layout.ts'
import { messages } from './ui/message.ts'
import { favicon, stylesheet } from './ui/stylesheet.ts'

/** The whole HTTP side: assets, token endpoints, protected resources, pages. */
export function createApp(services: Services): Hono {
  const { db, server, protector, settings, log } = services
  const app = new Hono()
  app.use(requestLog(log))
  app.onError((error, c) => failure(error, c, log))
  for (const path of ['/api/*', '/oauth/initiate', '/oauth/token']) app.use(path, forBrowserClients)
  app.use(knownHostsOnly(settings, log))
  for (const { path, type, text } of [stylesheet, favicon]) {
    app.get(path, (c) =>
      c.body(text, 200, { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }),
    )
  }
  app.get('/healthz', async (c) => {
    await sql`select 1`.execute(db)
    return c.json({ status: 'ok' }, 200, { 'cache-control': 'no-store' })
  })
  // All verbs: the server answers those it does not take with 405 and Allow.
  app.all('/oauth/initiate', endpoint(server.initiate))
  app.all('/oauth/token', endpoint(server.token))
  app.route('/', apiRoutes(db, protector))
  app.use(unknownAddresses(app, settings.origin))
  app.route('/', pages(services))
  return app
}

const maxFormLength = 64 * 1024

function pages(services: Services): Hono<WebEnv> {
  const { db, server } = services
  const { origin, clientAddressHeader } = services.settings
  const secure = origin?.startsWith('https:') ?? false
  const routes = new Hono<WebEnv>()
  routes.use(pageHeaders)
  routes.use(visits(db, secure))
  routes.use(bodyLimit({ maxSize: maxFormLength, onError: (c) => sendPage(c, messages.tooLarge) }))
  // Before the check of forms: what is neither read nor posted is no form, and nothing here takes it.
  routes.use(async (c, next) => {
    if (['GET', 'HEAD', 'POST'].includes(c.req.method)) return next()
    c.header('allow', 'GET, HEAD, POST')
    return sendPage(c, messages.methodUnknown)
  })
  routes.use(refuseForgery(origin, (c) => (isApiClient(c) ? noForm(c) : sendPage(c, messages.forged))))
  routes.route('/', homeRoutes(db, origin))
  routes.route('/', accountRoutes(db, secure, clientNetwork(origin, clientAddressHeader)))
  routes.route('/', clientRoutes(db))
  routes.route('/', authorizationRoutes(services))
  routes.route('/', consentRoutes(db, server))
  routes.all('*', (c) => sendPage(c, messages.notFound))
  return routes
}

/** One line per request: never its query, its headers or its body, which hold tokens and signatures. */
function requestLog(log: Logger) {
  return async (c: Context, next: () => Promise<void>) => {
    const start = performance.now()
    await next()
    const milliseconds = Math.round((performance.now() - start) * 10) / 10
    log.info({ method: c.req.method, path: c.req.path, status: c.res.status, milliseconds }, 'request')
  }
}

/** A program has no page to reload. */
function noForm(c: Context): Response {
  const description =
    c.req.path === '/oauth/authorize'
      ? 'This page is for the resource owner: send the browser of the user to GET /oauth/authorize?oauth_token=…'
      : 'This address takes only the forms of its own pages. A client of OAuth uses /oauth/initiate, /oauth/authorize and /oauth/token.'
  return clientAnswer(c, { status: 403, code: 'form_of_a_page', description })
}

/** What went wrong on this side: logged unless it was expected, and told without details, to clients and to people. */
function failure(error: Error, c: Context, log: Logger): Response | Promise<Response> {
  if (error instanceof HTTPException) return error.getResponse()
  // Who left in the middle of a request hears no answer, and is no fault of this side.
  if (c.req.raw.signal.aborted) return c.body(null, 400)
  const overload = overloadOf(error)
  const isUnavailable = overload !== undefined || error instanceof StoreError || isLocked(error)
  if (overload) {
    log.warn({ reason: overload.message, method: c.req.method, path: c.req.path }, 'overloaded')
    c.header('retry-after', String(overload.retryAfterSeconds))
  } else log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed')
  if (/^\/(?:api\/|oauth\/(?:initiate|token)$|healthz$)/.test(c.req.path)) {
    return clientAnswer(
      c,
      isUnavailable
        ? { status: 503, code: 'temporarily_unavailable', description: 'Not available right now: try again.' }
        : { status: 500, code: 'server_error', description: 'The fault is on this side, and it was logged.' },
    )
  }
  const page = isUnavailable ? messages.unavailable : messages.failed
  return c.html(layout(page, c.get('visit')), isUnavailable ? 503 : 500)
}

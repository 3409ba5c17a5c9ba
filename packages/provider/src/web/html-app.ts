import { Hono } from 'hono'
import type { Services } from '../services.ts'
import { accountRoutes } from './account/account-routes.ts'
import { authorizationRoutes } from './account/authorization-routes.ts'
import { deletionRoutes } from './account/deletion-routes.ts'
import { elsewhereRoutes } from './account/elsewhere-routes.ts'
import { entranceOf } from './account/entrance.ts'
import { homeRoutes } from './account/home-routes.ts'
import { ownAccountRoutes } from './account/own-account-routes.ts'
import { adminRoutes } from './admin/admin-routes.ts'
import { explainRoutes } from './explain/explain-routes.ts'
import { clientNetwork } from './http/client-address.ts'
import type { Site } from './http/client-app.ts'
import { cookieScope } from './http/cookie-scope.ts'
import { csrf } from './http/csrf.ts'
import { failures } from './http/failure.ts'
import { formLimit } from './http/form-limit.ts'
import { language } from './http/language.ts'
import { isRead } from './http/method.ts'
import { httpsAlone, securityHeaders } from './http/security-headers.ts'
import { sessions, type WebEnv } from './http/session.ts'
import { pagesOf, strayClients, strayForm } from './http/stray-client.ts'
import { consentRoutes } from './oauth/consent-routes.ts'
import { playgroundRoutes } from './playground/playground-routes.ts'
import { logoImageRoutes } from './portal/logo-image-routes.ts'
import { portalRoutes } from './portal/portal-routes.ts'
import { requestRoutes } from './portal/request-routes.ts'
import { tokenRoutes } from './portal/token-routes.ts'
import { assetRoutes } from './ui/assets.ts'
import { brandOf } from './ui/brand.ts'
import { sendPage } from './ui/layout.ts'
import { messages } from './ui/message.ts'

/** The pages, and every URL outside the other apps: errors are shown as pages. */
export function htmlApp(services: Services, site: Site): Hono<WebEnv> {
  const { db, settings } = services
  const { origin } = site
  const cookie = cookieScope(origin, settings.sessionLifetimeSeconds)
  const app = new Hono<WebEnv>()
  const pages = pagesOf(app)

  app.onError(failures(site.log, (c, failure) => sendPage(c, messages[failure])))
  const { brand, assets } = brandOf(settings.brand)
  const { canSignUp } = entranceOf(settings)
  app.use(language, (c, next) => {
    c.set('brand', brand)
    c.set('canSignUp', canSignUp)
    return next()
  })
  app.use(site.hosts('text/plain'))
  app.route('/', assetRoutes(assets))
  app.route('/', logoImageRoutes(db))
  app.use(strayClients(pages, site))
  app.use(securityHeaders)
  if (settings.tlsCertificateFile !== undefined) app.use(httpsAlone)
  app.use(sessions(db, cookie))
  app.use(formLimit((c) => sendPage(c, messages.tooLarge)))
  app.use(async (c, next) => {
    const { method, path } = c.req
    if (!isRead(method) && method !== 'POST') {
      c.header('allow', 'GET, HEAD, POST')
      return sendPage(c, messages.methodUnknown)
    }
    // Nothing here reads the body of a GET, and the client must not believe otherwise (RFC 9110 §9.3.1).
    if (isRead(method) && hasContent(c.req.header())) return sendPage(c, messages.contentUnexpected)
    return pages.has(path) ? next() : sendPage(c, messages.notFound)
  })
  app.use(csrf(origin, (c) => strayForm(c) ?? sendPage(c, messages.forged)))

  app.route('/', homeRoutes(services, origin))
  const networkOf = clientNetwork(settings)
  app.route('/', accountRoutes(services, cookie, networkOf))
  app.route('/', elsewhereRoutes(services, site, cookie, networkOf))
  app.route('/', ownAccountRoutes(services, cookie, networkOf))
  app.route('/', deletionRoutes(services, cookie, networkOf))
  app.route('/', portalRoutes(services, site))
  app.route('/', tokenRoutes(services))
  app.route('/', requestRoutes(services))
  app.route('/', explainRoutes(services, site))
  app.route('/', playgroundRoutes(services, site))
  app.route('/', authorizationRoutes(services))
  app.route('/', consentRoutes(services))
  app.route('/', adminRoutes(services))
  app.all('*', (c) => sendPage(c, messages.notFound))
  return app
}

function hasContent(headers: Readonly<Record<string, string>>): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

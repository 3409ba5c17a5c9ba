import { Hono } from 'hono'
import type { Services } from '../services.ts'
import { pathPrefixOf } from '../settings/public-origin.ts'
import { apiApp } from './api/api-app.ts'
import { htmlApp } from './html-app.ts'
import { clientNetwork, fromTrustedProxy } from './http/client-address.ts'
import { explainedAt } from './http/client-response.ts'
import { hostCheck } from './http/host-check.ts'
import { underPrefix } from './http/path-prefix.ts'
import { requestLog } from './http/request-log.ts'
import { tokenApp } from './oauth/token-app.ts'
import { opsApp } from './ops/ops-app.ts'

/**
 * The whole HTTP interface: apps for programs, each with its own error format, and the pages, which handle the rest.
 */
export function createApp(services: Services): Hono {
  const { readiness, settings, log, telemetry } = services
  const site = { hosts: hostCheck(settings, log), log, origin: settings.origin }
  const app = new Hono()
  const sender = { networkOf: clientNetwork(settings), isTrusted: fromTrustedProxy(settings) }
  app.use(requestLog({ log, ...telemetry, ...sender }))
  app.use(explainedAt(settings.options.errorPage))
  const prefix = pathPrefixOf(settings.origin)
  if (prefix !== '') app.use(underPrefix(prefix))
  app.route('/', opsApp(readiness, site))
  app.route('/', tokenApp(services, site))
  app.route('/', apiApp(services, site))
  app.route('/', htmlApp(services, site))
  return app
}

import type { AuthorizationServer, ResourceProtector } from 'countersign'
import { Hono } from 'hono'
import type { Logger } from 'pino'
import type { Database, ProviderClient, ProviderToken } from '../database/schema.ts'
import { apiApp } from './api/api-app.ts'
import { htmlApp } from './html-app.ts'
import { type HostSettings, hostCheck } from './http/host-check.ts'
import { requestLog } from './http/request-log.ts'
import { tokenApp } from './oauth/token-app.ts'
import { opsApp } from './ops/ops-app.ts'

/** What the web side is made of. */
export interface AppParts extends HostSettings {
  readonly db: Database
  readonly server: AuthorizationServer<ProviderClient, ProviderToken>
  readonly protector: ResourceProtector<ProviderClient, ProviderToken>
  /** The header in which the proxy in front writes the client's address. */
  readonly clientAddressHeader: string | undefined
  readonly log: Logger
}

/** The whole HTTP side: apps for programs, each of which tells its errors in its own form, and the pages, which have the rest. */
export function createApp(parts: AppParts): Hono {
  const { db, server, protector, origin, log } = parts
  const site = { hosts: hostCheck(parts, log), log, origin }
  const app = new Hono()
  app.use(requestLog(log))
  app.route('/', opsApp(db, site))
  app.route('/', tokenApp(server, site))
  app.route('/', apiApp(db, protector, site))
  app.route('/', htmlApp(parts, site))
  return app
}

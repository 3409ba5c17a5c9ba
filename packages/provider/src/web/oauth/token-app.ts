import type { AuthorizationServer } from 'countersign'
import { endpoint } from 'countersign/hono'
import type { Hono } from 'hono'
import type { ProviderClient, ProviderToken } from '../../database/schema.ts'
import { clientApp, type Site } from '../http/client-app.ts'
import { forBrowserClients } from '../http/cors.ts'

const paths = ['/oauth/initiate', '/oauth/token']

/** The endpoints that clients get credentials from (§2.1, §2.3). */
export function tokenApp(server: AuthorizationServer<ProviderClient, ProviderToken>, site: Site): Hono {
  const app = clientApp(paths, 'application/x-www-form-urlencoded', site, forBrowserClients)
  app.all('/oauth/initiate', endpoint(server.initiate))
  app.all('/oauth/token', endpoint(server.token))
  return app
}

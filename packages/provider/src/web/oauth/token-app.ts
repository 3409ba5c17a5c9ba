import type { AuthorizationServer } from 'countersign'
import { endpoint } from 'countersign/hono'
import type { Hono } from 'hono'
import type { ProviderClient, ProviderToken } from '../../database/schema.ts'
import { clientApp, type Site } from '../http/client-app.ts'
import { forBrowserClients } from '../http/cors.ts'

const paths = ['/oauth/initiate', '/oauth/token', '/oauth/revoke', '/oauth/renew']

/** The endpoints that clients get credentials from (§2.1, §2.3), end their tokens at, and wake them. */
export function tokenApp(server: AuthorizationServer<ProviderClient, ProviderToken>, site: Site): Hono {
  const app = clientApp(paths, 'application/x-www-form-urlencoded', site, forBrowserClients)
  app.all('/oauth/initiate', endpoint(server.initiate))
  app.all('/oauth/token', endpoint(server.token))
  app.all('/oauth/revoke', endpoint(server.revoke))
  app.all('/oauth/renew', endpoint(server.renew))
  return app
}

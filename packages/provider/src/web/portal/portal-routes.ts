import { Hono } from 'hono'
import type { Services } from '../../services.ts'
import type { Site } from '../http/client-app.ts'
import type { WebEnv } from '../http/session.ts'
import { clientRoutes } from './client-routes.ts'
import { keyRoutes } from './key-routes.ts'
import { logoRoutes } from './logo-routes.ts'
import { policyRoutes } from './policy-routes.ts'
import { secretRoutes } from './secret-routes.ts'

/** Everything that users do with their own clients, except tokens and requests. */
export function portalRoutes(services: Services, site: Site): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  // First, because it requires signing in.
  routes.route('/', clientRoutes(services, site))
  routes.route('/', secretRoutes(services))
  routes.route('/', keyRoutes(services))
  routes.route('/', policyRoutes(services))
  routes.route('/', logoRoutes(services))
  return routes
}

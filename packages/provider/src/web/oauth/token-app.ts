import type { Endpoint } from 'countersign'
import { endpoint } from 'countersign/hono'
import type { Hono } from 'hono'
import type { Services } from '../../services.ts'
import { clientApp, type Site } from '../http/client-app.ts'
import { forBrowserClients } from '../http/cors.ts'
import { retirementNotice } from '../http/retirement-notice.ts'
import { tokenLimits } from './token-limits.ts'

const paths = ['/oauth/initiate', '/oauth/token', '/oauth/revoke', '/oauth/renew']

/** The endpoints at which clients get credentials (§2.1, §2.3), and revoke and renew tokens. */
export function tokenApp(
  services: Pick<Services, 'server' | 'protector' | 'retirement' | 'settings' | 'sharedLimits'>,
  site: Site,
): Hono {
  const { server } = services
  const limits = tokenLimits(services)
  const app = clientApp(
    paths,
    'application/x-www-form-urlencoded',
    site,
    forBrowserClients,
    retirementNotice(services),
    limits.perAddress,
  )
  const limited = (at: Endpoint) => endpoint(limits.perClient(at), { server: at })
  app.all('/oauth/initiate', limited(server.initiate))
  app.all('/oauth/token', limited(server.token))
  app.all('/oauth/revoke', limited(server.revoke))
  app.all('/oauth/renew', limited(server.renew))
  return app
}

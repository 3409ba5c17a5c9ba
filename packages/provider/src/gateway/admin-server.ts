import { createServer, type RequestListener, type Server } from 'node:http'
import { metricsPage } from '../telemetry/metrics-page.ts'
import { type PlainPage, pageListener } from '../telemetry/page-server.ts'
import type { AssertionKeys } from './assertion-keys.ts'
import type { GatewayServices } from './gateway-services.ts'
import { verifyPath } from './original-request.ts'

/** The path of the assertion keys, for upstreams. */
const keysPath = '/.well-known/jwks.json'

/** Longer than proxies keep connections, so that they never send a check on one that is being closed. */
const keepAliveMilliseconds = 120_000

/** What the server for operators, upstreams and proxies consists of. */
export interface AdminParts {
  readonly services: Pick<GatewayServices, 'telemetry' | 'readiness' | 'log' | 'settings'>
  readonly keys: AssertionKeys
  /** Tells proxies whether a request may pass. */
  readonly verify: RequestListener
}

/** A server for operators, upstreams and proxies: metrics, health, keys, and the check of requests for proxies. */
export function adminServer({ services, keys, verify }: AdminParts): Server {
  const { telemetry, readiness, log, settings } = services
  const pages = pageListener(
    {
      '/healthz': () => json({ status: 'ok' }),
      async '/readyz'() {
        const { ready, parts } = await readiness.report()
        return json({ status: ready ? 'ready' : 'not_ready', parts }, ready ? 200 : 503)
      },
      [keysPath]: async () => json(await keys.published()),
      ...metricsPage(telemetry.metrics),
    },
    log,
  )
  const isCheck = new RegExp(`^${verifyPath}(?:[/?]|$)`)
  const server = createServer({ keepAliveTimeout: keepAliveMilliseconds }, (req, res) =>
    isCheck.test(req.url ?? '') ? verify(req, res) : pages(req, res),
  )
  server.requestTimeout = settings.requestTimeoutSeconds * 1000
  server.maxConnections = settings.maxConnections
  return server
}

function json(value: unknown, status = 200): PlainPage {
  return { status, type: 'application/json', text: JSON.stringify(value) }
}

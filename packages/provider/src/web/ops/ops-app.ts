import type { Hono } from 'hono'
import type { Services } from '../../services.ts'
import { clientApp, type Site } from '../http/client-app.ts'
import { onlyGet } from '../http/client-response.ts'

const json = 'application/json'
const noStore = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/**
 * Health checks for operators. `/healthz`: does the process respond? If not, restart it. `/readyz`: can it serve
 * requests now? If not, send them elsewhere; a new process would find the same database.
 */
export function opsApp(readiness: Services['readiness'], site: Site): Hono {
  const app = clientApp(['/healthz', '/readyz'], json, site)
  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200, noStore))
  app.get('/readyz', async (c) => {
    const { ready, parts } = await readiness.report()
    return c.json({ status: ready ? 'ready' : 'not_ready', parts }, ready ? 200 : 503, noStore)
  })
  for (const path of ['/healthz', '/readyz']) app.all(path, (c) => onlyGet(c, json))
  return app
}

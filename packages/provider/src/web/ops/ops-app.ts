import type { Hono } from 'hono'
import { ping } from '../../database/ping.ts'
import type { Database } from '../../database/schema.ts'
import { onlyGet } from '../http/client-answer.ts'
import { clientApp, type Site } from '../http/client-app.ts'

const json = 'application/json'

/** What those who run the provider ask: whether it is well. */
export function opsApp(db: Database, site: Site): Hono {
  const app = clientApp(['/healthz'], json, site)
  app.get('/healthz', async (c) => {
    await ping(db)
    return c.json({ status: 'ok' }, 200, { 'cache-control': 'no-store' })
  })
  app.all('/healthz', (c) => onlyGet(c, json))
  return app
}

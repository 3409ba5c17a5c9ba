import type { MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'

/** One line per request: never its query, its headers or its body, which hold tokens and signatures. */
export function requestLog(log: Logger): MiddlewareHandler {
  return async (c, next) => {
    const start = performance.now()
    await next()
    const milliseconds = Math.round((performance.now() - start) * 10) / 10
    log.info({ method: c.req.method, path: c.req.path, status: c.res.status, milliseconds }, 'request')
  }
}

import type { MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import { randomText } from '../../random.ts'
import { withRequest } from '../../requests/request-context.ts'
import type { NetworkOf } from './client-address.ts'

/**
 * One line per request: never its query, its headers or its body, which hold tokens and signatures. The response carries the
 * line's identifier, which is made here: anyone could choose one that came with the request.
 */
export function requestLog(log: Logger, networkOf: NetworkOf): MiddlewareHandler {
  return async (c, next) => {
    const start = performance.now()
    const { method, path } = c.req
    const requestId = randomText(16)
    const context = {
      requestId,
      method,
      path,
      get network() {
        return networkOf(c)
      },
    }
    await withRequest(context, next)
    c.res.headers.set(requestIdHeader, requestId)
    const milliseconds = Math.round((performance.now() - start) * 10) / 10
    log.info({ requestId, method, path, status: c.res.status, milliseconds }, 'request')
  }
}

const requestIdHeader = 'x-request-id'

import { StoreError } from 'countersign'
import type { Context, Env, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Logger } from 'pino'
import { isLocked, overloadOf } from '../../limits/overload.ts'

/** The kind of a server-side failure: temporary, or a fault of ours. */
export type Failure = 'unavailable' | 'failed'

/**
 * Handles errors of an app's routes: logs unexpected ones, and lets the app respond without details.
 *
 * @param tell - Writes the app's own response.
 */
export function failures<E extends Env>(
  log: Logger,
  tell: (c: Context<E>, failure: Failure) => Response | Promise<Response>,
): ErrorHandler<E> {
  return (error, c) => {
    if (error instanceof HTTPException) return error.getResponse()
    // A visitor who left in the middle of a request reads no response, and that is not a failure on this side.
    if (c.req.raw.signal.aborted) return c.body(null, 400)
    const request = { method: c.req.method, path: c.req.path }
    const overload = overloadOf(error)
    if (overload) {
      log.warn({ reason: overload.message, ...request }, 'overloaded')
      c.header('retry-after', String(overload.retryAfterSeconds))
      return tell(c, 'unavailable')
    }
    log.error({ err: error, ...request }, 'request failed')
    if (!(error instanceof StoreError || isLocked(error))) return tell(c, 'failed')
    c.header('retry-after', String(retrySeconds))
    return tell(c, 'unavailable')
  }
}

/** A database that restarts is back within seconds. */
const retrySeconds = 2

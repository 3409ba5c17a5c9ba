import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Logger } from 'pino'
import { randomText } from '../../random.ts'
import { type RequestContext, withRequest } from '../../requests/request-context.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { NetworkOf } from './client-address.ts'

/** The listeners for each request. */
export interface RequestObservers extends Telemetry {
  readonly log: Logger
  readonly networkOf: NetworkOf
  /** Whether the sender's statements about the request are believed. */
  readonly isTrusted: (c: Context) => boolean
}

/**
 * One line per request: never its query, its headers or its body, which hold tokens and signatures. The response
 * carries the line's identifier, which is generated here: a sender could choose any identifier.
 */
export function requestLog({
  log,
  networkOf,
  isTrusted,
  metrics,
  tracing,
}: RequestObservers): MiddlewareHandler {
  const serve = async (c: Context, next: () => Promise<void>, trace?: unknown) => {
    const start = performance.now()
    const { method, path } = c.req
    const context: RequestContext = {
      requestId: randomText(16),
      method,
      path,
      get network() {
        return networkOf(c)
      },
      callerRequestId: callerRequestId(c, isTrusted),
      trace,
    }
    await withRequest(context, next)
    const { requestId, callerRequestId: caller, network, userId, clientId } = context
    c.res.headers.set(requestIdHeader, requestId)
    const { status } = c.res
    const passed = performance.now() - start
    metrics?.request({ method, route: routeOf(c), status, seconds: passed / 1000 })
    const milliseconds = Math.round(passed * 10) / 10
    const parties = { requestId, callerRequestId: caller, userId, clientId }
    log.info({ ...parties, method, path, status, milliseconds, network }, 'request')
    return context
  }
  if (tracing === undefined) return async (c, next) => void (await serve(c, next))
  return (c, next) => {
    const { method, path, url } = c.req
    const scheme = new URL(url).protocol.slice(0, -1)
    // Otherwise, anyone could pollute others' traces, or have all their requests recorded.
    const headers = isTrusted(c) ? c.req.header() : {}
    return tracing.request({ method, path, scheme, headers }, async (trace) => {
      const { clientId } = await serve(c, next, trace)
      return { route: routeOf(c), status: c.res.status, clientId }
    })
  }
}

const requestIdHeader = 'x-request-id'

/** A trusted proxy's identifier of the request, if it is safe for a log. */
function callerRequestId(c: Context, isTrusted: (c: Context) => boolean): string | undefined {
  const given = c.req.header(requestIdHeader)
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) && isTrusted(c) ? given : undefined
}

/** The most specific route pattern, so that the values are bounded by the routes, whatever the request. */
function routeOf(c: Context): string {
  const paths = new Set(matchedRoutes(c).map(({ path }) => path))
  paths.delete('/*')
  const closest = [...paths].reduce((best, path) => (path.length > best.length ? path : best), '')
  // A file's name changes with its content.
  return closest === '' ? 'other' : closest.replace(/^\/assets\/.*/, '/assets/*')
}

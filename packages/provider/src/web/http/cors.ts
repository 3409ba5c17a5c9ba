import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/**
 * Lets clients that run in browsers call the token endpoints and the API, and read refusals too. It is safe because no
 * cookie counts there. Pages never get these headers.
 */
export const forBrowserClients: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'OPTIONS' || isPreflight(c.req.header())) return allow(c, next)
  c.res.headers.set('access-control-allow-origin', '*')
  c.res.headers.set('access-control-expose-headers', exposed)
  return next()
}

/**
 * `Date` tells a client by how much its clock is wrong, `X-Request-Id` which of its recent requests this is, and the rest
 * when what it uses ends.
 */
const exposed = 'WWW-Authenticate, Date, X-Request-Id, Deprecation, Sunset, Link, Retry-After'

const allow = cors({
  origin: '*',
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  exposeHeaders: [exposed],
  maxAge: 3600,
})

/** A signed OPTIONS is an ordinary request: a browser's preflight carries no credentials. */
function isPreflight(headers: Readonly<Record<string, string>>): boolean {
  return headers['origin'] !== undefined && headers['authorization'] === undefined
}

import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/**
 * Lets clients in browsers call the token endpoints and the API, and read refusals. This is safe because cookies have
 * no effect there. Pages never get these headers.
 */
export const forBrowserClients: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'OPTIONS' || isPreflight(c.req.header())) return allow(c, next)
  c.res.headers.set('access-control-allow-origin', '*')
  c.res.headers.set('access-control-expose-headers', exposed)
  return next()
}

/**
 * `Date` tells a client how wrong its clock is, `X-Request-Id` identifies its request, and the others announce the end
 * of features that it uses.
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

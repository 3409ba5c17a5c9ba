import type { MiddlewareHandler } from 'hono'
import type { WebEnv } from './session.ts'

/**
 * Every page and redirect: no script but ours, nothing from elsewhere, not framed (§4.14), not cached, its URL not
 * passed on.
 */
export const securityHeaders: MiddlewareHandler<WebEnv> = async (c, next) => {
  await next()
  const formAction = ["'self'", c.get('formAction')].filter(Boolean).join(' ')
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${formAction}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  const { headers } = c.res
  headers.set('content-security-policy', policy.join('; '))
  headers.set('x-frame-options', 'DENY')
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'no-referrer')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('cache-control', 'no-store')
}

/** For a process that speaks https itself; otherwise the proxy in front sends it (RFC 6797). */
export const httpsAlone: MiddlewareHandler<WebEnv> = async (c, next) => {
  await next()
  c.res.headers.set('strict-transport-security', 'max-age=31536000')
}

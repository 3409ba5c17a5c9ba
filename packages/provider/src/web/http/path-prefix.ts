import type { MiddlewareHandler } from 'hono'

/** URLs of this site in a page. User-supplied text contains no quotation mark: in HTML it is `&quot;`. */
const ownAddress = /(\s(?:href|src|action)=")(?=\/)/g

/**
 * Pages and redirects use paths as if the site were at the root of its host. This adds the prefix for browsers, in one
 * place.
 */
export function underPrefix(prefix: string): MiddlewareHandler {
  return async (c, next) => {
    await next()
    const location = c.res.headers.get('location')
    if (location?.startsWith('/')) c.res.headers.set('location', prefix + location)
    if (!/^text\/html\b/i.test(c.res.headers.get('content-type') ?? '')) return
    const { status, headers } = c.res
    const page = (await c.res.text()).replace(ownAddress, `$1${prefix}`)
    c.res = undefined
    c.res = new Response(page, { status, headers })
  }
}

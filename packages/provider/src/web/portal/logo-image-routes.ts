import { Hono } from 'hono'
import { findLogo } from '../../clients/logos.ts'
import type { Database } from '../../database/schema.ts'

/** Serves logos, which were re-encoded here, to anyone: users see them on the consent page. */
export function logoImageRoutes(db: Database): Hono {
  const routes = new Hono()
  routes.get('/logos/:id/:file{[\\w-]{43}\\.png}', async (c) => {
    const png = await findLogo(db, c.req.param('id'), c.req.param('file').slice(0, -'.png'.length))
    if (png === undefined) return c.text('Not found', 404, { 'cache-control': 'no-store' })
    return c.body(new Uint8Array(png), 200, {
      'content-type': 'image/png',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
  })
  return routes
}

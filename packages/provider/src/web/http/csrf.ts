import { timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { isRead } from './method.ts'
import type { WebEnv } from './session.ts'

/**
 * Accepts a form only if it comes from one of our pages, shown to this same visitor (CSRF): the browser states its
 * origin, and the form contains the visitor's token.
 *
 * @param refuse - Creates the page for a refusal.
 */
export function csrf(
  origin: string | undefined,
  refuse: (c: Context<WebEnv>) => Response | Promise<Response>,
): MiddlewareHandler<WebEnv> {
  const site = origin === undefined ? undefined : new URL(origin).origin
  return async (c, next) => {
    if (isRead(c.req.method)) return next()
    // A body that is not a readable form was not sent by our pages either.
    const form = await c.req.parseBody().catch(() => undefined)
    if (!fromOurPage(c, site) || !isEqual(form?.['form_token'], c.get('session').formToken)) return refuse(c)
    return next()
  }
}

/** Our pages send no referrer, so browsers may send `Origin: null`; then Sec-Fetch-Site and the token decide. */
function fromOurPage(c: Context, origin: string | undefined): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin') return false
  const sender = c.req.header('origin')
  return sender === undefined || sender === 'null' || sender === (origin ?? new URL(c.req.url).origin)
}

function isEqual(given: unknown, wanted: string): boolean {
  if (typeof given !== 'string') return false
  const left = Buffer.from(given)
  const right = Buffer.from(wanted)
  return left.length === right.length && timingSafeEqual(left, right)
}

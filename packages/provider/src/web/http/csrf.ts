import { timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { isRead } from './method.ts'
import type { WebEnv } from './session.ts'

/**
 * Lets a form through only when it came from a page of ours, shown to this very visitor (CSRF): the browser says
 * where it came from, and the form carries the visitor's token.
 *
 * @param refuse - Makes the page that says so.
 */
export function csrf(
  origin: string | undefined,
  refuse: (c: Context<WebEnv>) => Response | Promise<Response>,
): MiddlewareHandler<WebEnv> {
  const site = origin === undefined ? undefined : new URL(origin).origin
  return async (c, next) => {
    if (isRead(c.req.method)) return next()
    // What cannot be read as a form was not sent by a page of ours either.
    const form = await c.req.parseBody().catch(() => undefined)
    if (!fromOurPage(c, site) || !isEqual(form?.['form_token'], c.get('session').formToken)) return refuse(c)
    return next()
  }
}

/** Our pages send no referrer, and so browsers may say `Origin: null`; then Sec-Fetch-Site and the token decide. */
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

import type { Context, MiddlewareHandler } from 'hono'
import { accepts } from 'hono/accepts'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { errorLink } from '../../requests/error-link.ts'

/** An error, for a client. */
export interface ClientError {
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly description: string
}

/** The format of an app's errors, unless the client only accepts another. */
export type ClientForm = 'application/json' | 'application/x-www-form-urlencoded' | 'text/plain'

/** A client that accepts HTML gets plain text: a sentence is not a page. */
const all = ['application/x-www-form-urlencoded', 'application/json', 'text/html', 'text/plain']

/** Sets the page that errors link to. */
export function explainedAt(
  errorPage: string | false,
): MiddlewareHandler<{ Variables: { errorPage: string | false } }> {
  return (c, next) => {
    c.set('errorPage', errorPage)
    return next()
  }
}

/** An error in a format that the client accepts; the usual one is preferred. */
export function clientResponse(
  c: Context,
  { status, code, description }: ClientError,
  usual: ClientForm,
): Response {
  const others = all.filter((type) => type !== usual)
  const type = accepts(c, { header: 'Accept', supports: [usual, ...others], default: usual })
  const link = errorLink(c.get('errorPage'), code)
  const body = { error: code, error_description: description, ...link }
  c.header('cache-control', 'no-store')
  c.header('x-content-type-options', 'nosniff')
  if (type === 'application/json') return c.json(body, status)
  if (type === 'application/x-www-form-urlencoded') {
    return c.body(new URLSearchParams(body).toString().replaceAll('+', '%20'), status, {
      'content-type': type,
    })
  }
  return c.text(`${description} (${code})\n${link.error_uri ? `${link.error_uri}\n` : ''}`, status)
}

/** Refuses all methods but GET at a read-only path. */
export function onlyGet(c: Context, usual: ClientForm): Response {
  c.header('allow', 'GET, HEAD')
  return clientResponse(c, { status: 405, code: 'method_not_allowed', description: 'Use GET.' }, usual)
}

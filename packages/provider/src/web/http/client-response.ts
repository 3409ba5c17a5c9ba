import type { Context, MiddlewareHandler } from 'hono'
import { accepts } from 'hono/accepts'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An error as a client reads it. */
export interface ClientError {
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly description: string
}

/** The form that an app writes its errors in, unless the client accepts only another. */
export type ClientForm = 'application/json' | 'application/x-www-form-urlencoded' | 'text/plain'

/** A client that asks for HTML gets text: a sentence is not a page. */
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

/** An error in the form that the client accepts, of which the usual one comes first. */
export function clientResponse(
  c: Context,
  { status, code, description }: ClientError,
  usual: ClientForm,
): Response {
  const others = all.filter((type) => type !== usual)
  const type = accepts(c, { header: 'Accept', supports: [usual, ...others], default: usual })
  const page: unknown = c.get('errorPage')
  const link = page ? { error_uri: `${page}#${code}` } : {}
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

/** The refusal of all verbs but GET at an address for reading. */
export function onlyGet(c: Context, usual: ClientForm): Response {
  c.header('allow', 'GET, HEAD')
  return clientResponse(c, { status: 405, code: 'method_not_allowed', description: 'Use GET.' }, usual)
}

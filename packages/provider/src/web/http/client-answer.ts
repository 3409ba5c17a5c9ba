import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An error for whoever asked, told as a client reads it. */
export interface ClientError {
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly description: string
}

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'
const text = ['text/html', 'text/plain']

/**
 * Whether a program asks, and not a person with a browser: it signs, sends protocol parameters, or says neither by a
 * cookie nor by `Accept` that it shows pages.
 */
export function isApiClient(c: Context): boolean {
  if (/^\s*OAuth(?:\s|$)/i.test(c.req.header('authorization') ?? '')) return true
  if (/[?&]oauth_[a-z]/.test(c.req.url) && c.req.path !== '/oauth/authorize') return true
  return c.req.header('cookie') === undefined && !/\btext\/html\b/i.test(c.req.header('accept') ?? '')
}

/** The answer in the form that the client accepts: by default JSON from the API, else a form as from the token endpoints. */
export function clientAnswer(c: Context, { status, code, description }: ClientError): Response {
  const usual = /^\/+(?:api(?:\/|$)|healthz$)/i.test(c.req.path) ? json : form
  const others = [json, form, ...text].filter((type) => type !== usual)
  const type = accepts(c, { header: 'Accept', supports: [usual, ...others], default: usual })
  const body = { error: code, error_description: description }
  c.header('cache-control', 'no-store')
  c.header('x-content-type-options', 'nosniff')
  if (type === json) return c.json(body, status)
  if (type === form) {
    return c.body(new URLSearchParams(body).toString().replaceAll('+', '%20'), status, {
      'content-type': form,
    })
  }
  return c.text(`${description} (${code})\n`, status)
}

import type { OAuth1Error } from '../errors.ts'
import { quoteRealm } from '../protocol/authorization-header.ts'
import { percentEncode, wellFormed } from '../protocol/encoding.ts'
import type { HttpResponse } from '../protocol/http.ts'
import { problemReport } from '../protocol/problem-report.ts'

const form = 'application/x-www-form-urlencoded'

/** Credentials in a response must stay out of every cache (§4.4). */
const notCacheable = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** Pages and redirects of the authorization step: not cached, not framed (§4.14), no referrer. */
const pageHeaders = {
  ...notCacheable,
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}

/** 200 with the pairs as a form, as §2.1 and §2.3 prescribe. */
export function credentialsResponse(pairs: Readonly<Record<string, string>>): HttpResponse {
  return { status: 200, headers: { 'content-type': form, ...notCacheable }, body: formBody(pairs) }
}

/** 302 to the client's callback (§2.2). */
export function redirectResponse(location: string): HttpResponse {
  return { status: 302, headers: { location, ...pageHeaders }, body: '' }
}

/** 200 with a page for the resource owner. */
export function pageResponse(html: string): HttpResponse {
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', ...pageHeaders }, body: html }
}

/** How to write an error. */
export interface ErrorForm {
  /** For the challenge. */
  readonly realm: string
  /** The request's `Accept` header. */
  readonly accept?: string | undefined
  /**
   * For protected resources: send a challenge with 400 too (every 401 carries one anyway), and JSON unless `accept`
   * asks otherwise.
   */
  readonly challenge?: boolean | undefined
  /** Also report the problem in the terms of the Problem Reporting extension. */
  readonly problems?: boolean | undefined
  /** The page that explains each code, for `error_uri`. */
  readonly errorPage?: string | false | undefined
  /** The verbs of a 405's `Allow`. */
  readonly allow?: string | undefined
}

/**
 * The response to a client at fault: `error` and `error_description`, never cached. The token endpoints respond with
 * forms (§2), resources with JSON, and each with the other format if `Accept` names it; a browser gets text, not a file
 * to download.
 */
export function errorResponse(error: OAuth1Error, to: ErrorForm): HttpResponse {
  const kind = preferredKind(to.accept, to.challenge ? ['json', 'form', 'text'] : ['form', 'json', 'text'])
  const { code } = error
  // Both may quote the request, cut in the middle of a character.
  const [description, advice] = [wellFormed(error.description), error.advice && wellFormed(error.advice)]
  const { type, body } = kinds[kind]
  const report = to.problems ? problemReport(error) : {}
  const headers: Record<string, string> = { 'content-type': type, ...notCacheable }
  // A description may quote the request, which must not be taken for HTML.
  if (kind === 'text') headers['x-content-type-options'] = 'nosniff'
  if (error.status === 401 || to.challenge || to.problems) {
    const problems = Object.entries(report).map(([name, value]) => `, ${name}="${percentEncode(value)}"`)
    headers['www-authenticate'] = `OAuth realm="${quoteRealm(to.realm)}"${problems.join('')}`
  }
  if (to.allow !== undefined) headers['allow'] = to.allow
  // A refused body may not have been read to its end: the rest on this connection could be taken for a request.
  if (code === 'request_too_large' || code === 'request_timeout') headers['connection'] = 'close'
  return {
    status: error.status,
    headers,
    body: body(
      { error: code, error_description: description, ...errorUri(to.errorPage, code) },
      report,
      advice,
    ),
  }
}

interface ErrorBody {
  readonly error: string
  readonly error_description: string
  readonly error_uri?: string
}

/**
 * Where a code is explained, as a member of a refusal (RFC 6749 §5.2); nothing where there is no such page.
 *
 * @example
 * ```ts
 * errorUri('https://example.com/errors', 'invalid_nonce') // { error_uri: 'https://example.com/errors#invalid_nonce' }
 * ```
 */
export function errorUri(page: string | false | undefined, code: string): { readonly error_uri?: string } {
  return page ? { error_uri: `${page}#${code}` } : {}
}

type Report = Readonly<Record<string, string>>

const kinds = {
  form: {
    type: form,
    range: /^application\/x-www-form-urlencoded$/i,
    body: (body: ErrorBody, report: Report, advice?: string) =>
      formBody({ ...body, ...(advice && { oauth_problem_advice: advice }), ...report }),
  },
  json: {
    type: 'application/json',
    range: /^application\/(?:[\w.-]+\+)?json$/i,
    body: (body: ErrorBody, report: Report, advice?: string) =>
      JSON.stringify({ ...body, advice, ...report }),
  },
  text: {
    type: 'text/plain; charset=utf-8',
    range: /^text\/(?:html|plain|\*)$/i,
    body: ({ error, error_description, error_uri }: ErrorBody, _: Report, advice?: string) =>
      `${error_description} (${error})\n${advice ? `${advice}\n` : ''}${error_uri ? `${error_uri}\n` : ''}`,
  },
} as const

type Kind = keyof typeof kinds

/**
 * The type that `Accept` names with the greatest weight; among equals, or if it names none, the first that it does not
 * decline.
 */
function preferredKind(accept: string | undefined, order: readonly [Kind, ...Kind[]]): Kind {
  const weights = order.map((kind) => weightOf(accept, kinds[kind].range))
  const greatest = Math.max(...weights.map((weight) => weight ?? 0))
  const wanted = greatest > 0 ? weights.indexOf(greatest) : weights.findIndex((weight) => weight !== 0)
  return order[wanted] ?? order[0]
}

/**
 * The application's additions may be cut in the middle of a character: by now a token has been issued, and must be
 * sent.
 */
function formBody(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map((pair) => pair.map((text) => percentEncode(wellFormed(text))).join('='))
    .join('&')
}

/**
 * The weight that an `Accept` header gives to a named media type (RFC 9110 §12.5.1); undefined if it does not name it.
 */
function weightOf(accept: string | undefined, type: RegExp): number | undefined {
  let greatest: number | undefined
  for (const range of (accept ?? '').split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim())
    if (!type.test(name)) continue
    const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2) ?? '1'
    greatest = Math.max(greatest ?? 0, Number(weight) || 0)
  }
  return greatest
}

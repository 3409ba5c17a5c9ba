import { type Exchange, headerOf, type WireResponse } from './http/message.ts'
import type { Keys } from './target.ts'
import { Failure } from './verdict.ts'

/** The response of an exchange; fails without one. */
export function responseOf(exchange: Exchange): WireResponse {
  if (exchange.response === undefined) throw new Failure('a response', 'none', exchange)
  return exchange.response
}

/** 2xx. */
export function expectAccepted(exchange: Exchange, what: string): WireResponse {
  const response = responseOf(exchange)
  if (!isAccepted(exchange)) throw new Failure(`2xx for ${what}`, statusText(response), exchange)
  return response
}

/** A proper refusal: 4xx. */
export function expectRefused(exchange: Exchange, what: string): WireResponse {
  const response = responseOf(exchange)
  const { status } = response
  if (status < 400 || status > 499) throw new Failure(`4xx for ${what}`, statusText(response), exchange)
  return response
}

/** No server error, whatever was sent. */
export function expectNoServerError(exchange: Exchange, what: string): WireResponse {
  const response = responseOf(exchange)
  if (response.status >= 500) throw new Failure(`no 5xx for ${what}`, statusText(response), exchange)
  return response
}

export function expectStatus(exchange: Exchange, status: number, what: string): WireResponse {
  const response = responseOf(exchange)
  if (response.status !== status) throw new Failure(`${status} for ${what}`, statusText(response), exchange)
  return response
}

/** Exactly one of many. */
export function expectOneAccepted(exchanges: readonly Exchange[], what: string): Exchange {
  const accepted = exchanges.filter(isAccepted)
  for (const exchange of exchanges) expectNoServerError(exchange, what)
  const [one, another] = accepted
  if (one === undefined)
    throw new Failure(`one of ${exchanges.length} accepted: ${what}`, 'none', exchanges[0])
  if (another === undefined) return one
  throw new Failure(`one of ${exchanges.length} accepted: ${what}`, `${accepted.length}`, another)
}

/** The credential in a response (§2.1, §2.3). */
export function expectCredential(exchange: Exchange, what: string): Keys {
  const { body } = expectAccepted(exchange, what)
  const fields = new URLSearchParams(body)
  const [key, secret] = [fields.get('oauth_token'), fields.get('oauth_token_secret')]
  if (key && secret) return { key, secret }
  throw new Failure('a form with oauth_token and oauth_token_secret', 'a body without them', exchange)
}

export function expectHeader(exchange: Exchange, name: string, pattern: RegExp, what: string): void {
  const value = headerOf(responseOf(exchange), name)
  if (value === undefined || !pattern.test(value))
    throw new Failure(what, value === undefined ? `no ${name} header` : `${name}: ${value}`, exchange)
}

export function isAccepted({ response }: Exchange): boolean {
  return response !== undefined && response.status >= 200 && response.status < 300
}

export function statusText({ status, reason }: WireResponse): string {
  return `${status} ${reason}`.trimEnd()
}

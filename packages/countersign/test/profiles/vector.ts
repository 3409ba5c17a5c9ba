import { createHmac } from 'node:crypto'
import type { HttpRequest, OAuth1ErrorCode, Tolerance } from 'countersign'
import type * as profiles from 'countersign/profiles'
import { arriving, sentBy } from '../departing-client.ts'
import { type Pair, signed, type Unsigned } from '../independent-signer.ts'
import { privatePem } from '../protocol/keys.ts'

export type ProfileName = keyof typeof profiles

/** Who signs: with a client's secret (`client` / `secret`), or with its key; with the token `token` / `token-secret`, or alone. */
export interface Vector {
  readonly what: string
  /** What the tests' own signer signs, or a request that is signed another way. */
  readonly request: Partial<Unsigned> | ((now: number) => HttpRequest)
  /** Default: a protected resource. */
  readonly endpoint?: 'initiate'
  readonly verdict: 'accepted' | OAuth1ErrorCode
}

export const store = 'https://api.example.com'
const token = { oauthToken: 'token', oauthTokenSecret: 'token-secret' }
export const alone: Partial<Unsigned> = {}
export const withToken: Partial<Unsigned> = { token }
export const post = { method: 'POST', form: [['q', 'a b']] } satisfies Partial<Unsigned>
export const method = (name: string): Partial<Unsigned> => ({
  oauth: { oauth_signature_method: name },
  privateKey: privatePem,
})
/** `seconds` before now. */
export const old = (seconds: number, rest: Partial<Unsigned>, now = 1_700_000_000): Partial<Unsigned> => ({
  ...rest,
  oauth: { ...rest.oauth, oauth_timestamp: String(now - seconds) },
})
export const initiate: Partial<Unsigned> = {
  method: 'POST',
  url: `${store}/initiate`,
  oauth: { oauth_callback: 'oob' },
}
export const initiateByGet: Partial<Unsigned> = { ...initiate, method: 'GET' }

export const accepted = (what: string, request: Vector['request']): Vector => ({
  what,
  request,
  verdict: 'accepted',
})
export const refused = (verdict: OAuth1ErrorCode, what: string, request: Vector['request']): Vector => ({
  what,
  request,
  verdict,
})
export const issued = (
  what: string,
  request: Partial<Unsigned>,
  verdict: Vector['verdict'] = 'accepted',
): Vector => ({
  what,
  request,
  endpoint: 'initiate',
  verdict,
})

/** A request of a client that departs from the RFC. */
export function departing(quirks: readonly Tolerance[], more: Departing = {}): (now: number) => HttpRequest {
  const { name = 'HMAC-SHA256', content, withToken: hasToken = true, bodyHash = content !== undefined } = more
  return (now) => {
    const draft = {
      method: more.method ?? 'POST',
      host: 'api.example.com',
      path: '/photos',
      query: [...new URLSearchParams(more.query)],
      form: content === undefined ? [...new URLSearchParams(more.form)] : undefined,
      oauth: [
        ['oauth_consumer_key', 'client'],
        ...(hasToken ? [['oauth_token', 'token'] as const] : []),
        ['oauth_signature_method', name],
        ['oauth_timestamp', String(now)],
        ['oauth_nonce', `n${Math.random()}`],
      ] satisfies Pair[],
      tokenSecret: hasToken ? 'token-secret' : '',
      ...(more.sign ? { sign: more.sign } : {}),
      ...(content === undefined ? {} : { content }),
    }
    const sent = sentBy(draft, quirks, { bodyHash })
    return arriving(more.altered === undefined ? sent : { ...sent, content: more.altered })
  }
}

interface Departing {
  readonly name?: string
  readonly method?: string
  readonly query?: string
  readonly form?: string
  /** A body that is no form. */
  readonly content?: string
  /** The body that arrives in its place. */
  readonly altered?: string
  readonly bodyHash?: boolean
  readonly withToken?: boolean
  readonly sign?: (baseString: string, key: string) => string
}

const json = '{"amount":1}'
export const card = { withToken: false, content: json } as const
export const outcome = { withToken: false, content: '<replaceResultRequest/>' } as const

export function hmacSha1(text: string, key: string): string {
  return createHmac('sha1', key).update(text).digest('base64')
}

/** As WooCommerce's JavaScript library sends a request with a parameter. */
export function twice(now: number): HttpRequest {
  const http = signed({ url: `${store}/orders?page=2`, place: 'query' }, now)
  return { ...http, url: http.url.replace('?', '?page=2&') }
}

import { createHmac } from 'node:crypto'
import type { HttpRequest } from 'countersign'

/** What a test wants signed. The signer shares no code with the library: it is the other side. */
export interface Unsigned {
  readonly method?: string
  /** Absolute, with its query. */
  readonly url: string
  /** Sent as a form body. */
  readonly form?: readonly (readonly [name: string, value: string])[]
  readonly client?: { readonly clientId: string; readonly clientSecret?: string | null | undefined }
  readonly token?: { readonly oauthToken: string; readonly oauthTokenSecret: string }
  /** Protocol parameters to add or to change; undefined leaves one out. */
  readonly oauth?: Readonly<Record<string, string | undefined>>
  readonly transport?: 'header' | 'body' | 'query'
  readonly headers?: HttpRequest['headers']
  /** Overrides how the signature is made. */
  readonly sign?: (baseString: string, key: string) => string
  readonly realm?: string
}

let count = 0

/** A request as an honest client sends it. Seconds since 1970 come from `now`. */
export function signed(unsigned: Unsigned, now = 1_700_000_000): HttpRequest {
  const { method = 'GET', url, form = [], client, token, transport = 'header' } = unsigned
  const name = unsigned.oauth?.['oauth_signature_method'] ?? 'HMAC-SHA1'
  const oauth = Object.entries({
    oauth_consumer_key: client?.clientId ?? 'client',
    oauth_token: token?.oauthToken,
    oauth_signature_method: name,
    oauth_timestamp: String(now),
    oauth_nonce: `nonce${++count}`,
    ...unsigned.oauth,
  }).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[0] !== 'oauth_signature')
  const key = `${encode(client?.clientSecret ?? 'secret')}&${encode(token?.oauthTokenSecret ?? '')}`
  const { origin, pathname, searchParams } = new URL(url)
  const pairs = [...searchParams, ...form, ...oauth].map(([n, v]) => [encode(n), encode(v)] as const)
  const order = pairs.sort((a, b) => (a[0] === b[0] ? compare(a[1], b[1]) : compare(a[0], b[0])))
  const normalized = order.map((pair) => pair.join('=')).join('&')
  const baseString = [method, origin + pathname, normalized].map(encode).join('&')
  const oauth_signature =
    unsigned.oauth?.['oauth_signature'] ?? (unsigned.sign ?? builtIn(name))(baseString, key)
  return send(unsigned, transport, [...oauth, ['oauth_signature', oauth_signature]])
}

function send(
  { method = 'GET', url, form = [], headers, realm = 'r' }: Unsigned,
  transport: 'header' | 'body' | 'query',
  oauth: readonly (readonly [string, string])[],
): HttpRequest {
  const formText = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map((pair) => pair.map(encode).join('=')).join('&')
  const authorization = `OAuth realm="${realm}", ${oauth.map(([n, v]) => `${n}="${encode(v)}"`).join(', ')}`
  const body = transport === 'body' ? [...form, ...oauth] : form
  return {
    method,
    url: transport === 'query' ? `${url}${url.includes('?') ? '&' : '?'}${formText(oauth)}` : url,
    headers: { ...headers, ...(transport === 'header' ? { authorization } : {}) },
    ...(body.length > 0 ? { body: formText(body) } : {}),
  }
}

function builtIn(name: string): (baseString: string, key: string) => string {
  if (name === 'PLAINTEXT') return (_, key) => key
  const hash = name.replace('HMAC-', '').toLowerCase()
  return (baseString, key) => createHmac(hash, key).update(baseString).digest('base64')
}

/** §3.6, by way of the URL standard's encoder. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

import { createHmac, type KeyLike, sign as signRsa } from 'node:crypto'

export type Pair = readonly [name: string, value: string]

/** The request to sign, and what is odd about it. */
export interface Unsigned {
  readonly method?: string
  /** Absolute, with its query. */
  readonly url: string
  /** Sent as a form body. */
  readonly form?: readonly Pair[]
  /** Where the protocol parameters stand: in the header unless told otherwise. */
  readonly place?: 'header' | 'body' | 'query'
  readonly realm?: string
  readonly client?: { readonly clientId: string; readonly clientSecret: string }
  readonly token?: { readonly oauthToken: string; readonly oauthTokenSecret: string }
  /** Protocol parameters to add or to change. */
  readonly oauth?: Readonly<Record<string, string>>
  /** Overrides how the signature is made. */
  readonly sign?: (baseString: string, key: string) => string
  /** For the RSA methods. */
  readonly privateKey?: KeyLike
}

export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

let count = 0

/** RFC 5849 §3.4 to §3.6 over node:crypto alone: it shares no code with the library, because it is the other side. */
export function signed(unsigned: Unsigned, now: number): SignedRequest {
  const { method = 'GET', url, form = [], place = 'header', realm = 'r', client, token } = unsigned
  const { origin, pathname, searchParams } = new URL(url)
  const name = unsigned.oauth?.['oauth_signature_method'] ?? 'HMAC-SHA1'
  const oauth: Pair[] = Object.entries({
    oauth_consumer_key: client?.clientId ?? 'client',
    ...(token ? { oauth_token: token.oauthToken } : {}),
    oauth_signature_method: name,
    oauth_timestamp: String(now),
    oauth_nonce: `nonce${count++}`,
    ...unsigned.oauth,
  })
  const normalized = [...searchParams, ...form, ...oauth]
    .map((pair) => pair.map(encode))
    .sort(([a = '', b = ''], [c = '', d = '']) => compare(a, c) || compare(b, d))
    .map((pair) => pair.join('='))
    .join('&')
  const baseString = [method, origin + pathname, normalized].map(encode).join('&')
  const key = `${encode(client?.clientSecret ?? 'secret')}&${encode(token?.oauthTokenSecret ?? '')}`
  const sign = unsigned.sign ?? builtIn(name, unsigned.privateKey)
  const all: Pair[] = [...oauth, ['oauth_signature', sign(baseString, key)]]
  const list = all.map(([name, value]) => `${encode(name)}="${encode(value)}"`)
  const body = place === 'body' ? [...form, ...all] : form
  return {
    method,
    url: place === 'query' ? `${url}${url.includes('?') ? '&' : '?'}${formText(all)}` : url,
    headers: place === 'header' ? { authorization: `OAuth realm="${realm}", ${list.join(', ')}` } : {},
    ...(body.length > 0 ? { body: formText(body) } : {}),
  }
}

/** §3.6, by way of the URL standard's encoder. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

export function formText(pairs: readonly Pair[]): string {
  return pairs.map((pair) => pair.map(encode).join('=')).join('&')
}

function builtIn(name: string, privateKey: KeyLike = ''): (baseString: string, key: string) => string {
  if (name === 'PLAINTEXT') return (_, key) => key
  const hash = name.replace(/^(?:HMAC|RSA)-/, '').toLowerCase()
  return name.startsWith('RSA')
    ? (baseString) => signRsa(hash, Buffer.from(baseString), privateKey).toString('base64')
    : (baseString, key) => createHmac(hash, key).update(baseString).digest('base64')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

import { createHash, createHmac } from 'node:crypto'
import type { HttpRequest, Tolerance } from 'countersign'
import { encode, type Pair } from '../../../test/support/signer.mjs'

/** What a client is to send, before it signs. */
export interface Draft {
  readonly method: string
  /** With a port, or without one. */
  readonly host: string
  readonly path: string
  readonly query: readonly Pair[]
  /** Undefined where the body is no form. */
  readonly form: readonly Pair[] | undefined
  /** A body that is no form. */
  readonly content?: string
  readonly oauth: readonly Pair[]
  readonly clientSecret?: string
  readonly tokenSecret?: string
  /** Instead of HMAC-SHA256. */
  readonly sign?: (baseString: string, key: string) => string
}

/** A request as it is sent, in parts that a test can change one by one. */
export interface Sent extends Draft {
  readonly scheme: 'http' | 'https'
  /** All that stands in the header, the signature included. */
  readonly header: readonly Pair[]
  /** All that the client signed, once. */
  readonly signed: readonly Pair[]
}

const apart = new Set(['oauth_callback', 'oauth_verifier'])

/**
 * A client that departs from the RFC in these ways, and in no other: RFC 5849 §3.4.1 a third time, from the descriptions of
 * the clients that do so. It shares no code with the library.
 */
export function sentBy(draft: Draft, quirks: readonly Tolerance[], { bodyHash: hasHash = true } = {}): Sent {
  const has = (quirk: Tolerance) => quirks.includes(quirk)
  const { form = [], content = '' } = draft
  const hash = has('sha1-body-hash') ? 'sha1' : 'sha256'
  const bodyHash = createHash(hash).update(content).digest('base64')
  const oauth: Pair[] = draft.oauth.filter(([name]) => name !== 'oauth_token' || !has('empty-token'))
  if (draft.form === undefined && hasHash) oauth.push(['oauth_body_hash', bodyHash])
  const extra: Pair[] = has('empty-token') ? [['oauth_token', '']] : []
  const usual = draft.host.replace(/:443$/, '')
  const host = has('default-port') && !usual.includes(':') ? `${usual}:443` : draft.host
  const signed = [...oauth, ...extra, ...draft.query, ...form]
  const list = signed.map(([name, value]): Pair => {
    const isRaw = has('raw-oauth-values') && name.startsWith('oauth_')
    return [name, isRaw ? value : encode(value)]
  })
  const sortedBy = has('joined-order')
    ? ([name, value]: Pair) => `${encode(name)}=${value}`
    : has('raw-order')
      ? ([name, value]: Pair) => `${name}\0${decodeURIComponent(value)}`
      : ([name, value]: Pair) => `${encode(name)}\0${value}`
  const sorted = list.map((pair) => ({ key: sortedBy(pair), pair })).sort((a, b) => (a.key < b.key ? -1 : 1))
  const normalized = sorted.map(({ pair: [name, value] }) => `${encode(name)}=${value}`).join('&')
  const base = [draft.method, `https://${has('default-port') ? host : usual}${draft.path}`, normalized]
    .map(encode)
    .join('&')
  const secrets = [
    draft.clientSecret ?? 'secret',
    draft.tokenSecret ?? (has('empty-token') ? '' : 'token-secret'),
  ]
  const sign = draft.sign ?? ((text, key) => createHmac('sha256', key).update(text).digest('base64'))
  const signature = sign(base, secrets.map(encode).join('&'))
  const isApart = ([name]: Pair) => has('split-parameters') && apart.has(name)
  return {
    ...draft,
    scheme: 'https',
    host,
    signed,
    query: [
      ...draft.query,
      ...(has('repeated-in-query') ? form : []),
      ...oauth.filter((pair) => isApart(pair) || (has('repeated-in-header') && apart.has(pair[0]))),
    ],
    header: [
      ...oauth.filter((pair) => !isApart(pair)),
      ['oauth_signature', signature],
      ...(has('repeated-in-header') ? [...draft.query, ...form] : []),
    ],
  }
}

/** What arrives at the server. */
export function arriving({
  method,
  scheme,
  host,
  path,
  query,
  header,
  form,
  content = '',
}: Sent): HttpRequest {
  const text = (pairs: readonly Pair[]) => pairs.map((pair) => pair.map(encode).join('=')).join('&')
  const list = header.map(([name, value]) => `${encode(name)}="${encode(value)}"`)
  return {
    method,
    url: `${scheme}://${host}${path}${query.length > 0 ? `?${text(query)}` : ''}`,
    headers: { authorization: `OAuth ${list.join(', ')}` },
    ...(form === undefined ? { bytes: async () => Buffer.from(content) } : { body: text(form) }),
  }
}

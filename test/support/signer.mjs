// The tests' own signer: RFC 5849 §3.4 to §3.6 a second time. It shares no code with the library, because it is the other
// side. Plain JavaScript over node:crypto alone, so that every runtime loads it as it is.
import { createHmac, sign as signRsa } from 'node:crypto'

let count = 0

/** A request as an honest client sends it, unless the options say otherwise. */
export function signed(unsigned, now) {
  const { method = 'GET', url, form = [], place = 'header', realm = 'r', headers } = unsigned
  const { origin, pathname, searchParams } = new URL(url)
  const pairs = [...searchParams, ...form].map((pair) => pair.map(encode))
  const oauth = protocolParameters({ ...unsigned, uri: origin + pathname, pairs }, now)
  const authorization = authorizationHeader(oauth, realm)
  const body = place === 'body' ? [...form, ...oauth] : form
  return {
    method,
    url: place === 'query' ? `${url}${url.includes('?') ? '&' : '?'}${formText(oauth)}` : url,
    headers: { ...headers, ...(place === 'header' ? { authorization } : {}) },
    ...(body.length > 0 ? { body: formText(body) } : {}),
  }
}

/** The protocol parameters of a request, the signature last. `pairs` come from query and form, encoded as §3.6 has it. */
export function protocolParameters({ method = 'GET', uri, pairs = [], ...signing }, now = seconds()) {
  const { client, token, oauth = {} } = signing
  const name = oauth.oauth_signature_method ?? 'HMAC-SHA1'
  count += 1
  const unsigned = Object.entries({
    oauth_consumer_key: client?.clientId ?? 'client',
    oauth_token: token?.oauthToken,
    oauth_signature_method: name,
    oauth_timestamp: String(now),
    // Several processes sign for one store.
    oauth_nonce: `nonce${globalThis.process?.pid ?? ''}x${count}`,
    ...oauth,
  }).filter(([name, value]) => value !== undefined && name !== 'oauth_signature')
  const normalized = [...pairs, ...unsigned.map((pair) => pair.map(encode))]
    .sort(([a, b], [c, d]) => compare(a, c) || compare(b, d))
    .map((pair) => pair.join('='))
    .join('&')
  const baseString = [method, uri, normalized].map(encode).join('&')
  const key = `${encode(client?.clientSecret ?? 'secret')}&${encode(token?.oauthTokenSecret ?? '')}`
  const sign = signing.sign ?? builtIn(name, signing.privateKey)
  return [...unsigned, ['oauth_signature', oauth.oauth_signature ?? sign(baseString, key)]]
}

export function authorizationHeader(oauth, realm) {
  const list = oauth.map(([name, value]) => `${encode(name)}="${encode(value)}"`)
  return `OAuth ${realm === undefined ? '' : `realm="${realm}", `}${list.join(', ')}`
}

/** The pairs of a query or a form, as they are written. */
export function writtenPairs(text) {
  if (text === '') return []
  return text.split('&').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return [name, value.join('=')]
  })
}

/** §3.6, by way of the URL standard's encoder. */
export function encode(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

function builtIn(name, privateKey) {
  if (name === 'PLAINTEXT') return (_, key) => key
  const hash = name.replace(/^(?:HMAC|RSA)-/, '').toLowerCase()
  return name.startsWith('RSA')
    ? (baseString) => signRsa(hash, Buffer.from(baseString), privateKey).toString('base64')
    : (baseString, key) => createHmac(hash, key).update(baseString).digest('base64')
}

function formText(pairs) {
  return pairs.map((pair) => pair.map(encode).join('=')).join('&')
}

function seconds() {
  return Math.floor(Date.now() / 1000)
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

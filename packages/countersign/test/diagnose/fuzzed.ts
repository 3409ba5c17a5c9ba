import type { Call, Credentials, Pair } from './mistaken-client.ts'
import { percentEncode } from './mistaken-client.ts'
import type { Random } from './random.ts'

const text = [...'abcABC019-._~!*\'()%+&=;:@$,/?[]"<> ', 'é', 'e\u0301', 'ß', '名', '😀', '%2F', '\n']
const letters = [...'abcdefghijklmnopqrstuvwxyzABCXYZ0123456789']
const names = ['a', 'b', 'a-b', 'A', 'tag', 'f[id]', 'f[]', 'a.b', 'a/b', 'naïve', 'q', 'page', '']
const hosts = [
  'api.example.com',
  'API.example.com',
  'www.example.org',
  '127.0.0.1:3000',
  'example.net:8443',
  '[::1]',
]
const paths = ['', '/', '/v1/items', '/My%20Files/a%2Fb', "/it's(1)", '/caf%C3%A9/', '/v1//x/']
const methodNames = ['HMAC-SHA1', 'HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'PLAINTEXT']

/** Any request that a client may send, with any secrets. */
export function fuzzedCall(draw: Random, credentials: Credentials = fuzzedCredentials(draw)): Call {
  const hasForm = draw.number(3) === 0
  const hasContent = !hasForm && draw.number(4) === 0
  const query = written(draw, fuzzedPairs(draw))
  return {
    method: draw.one(hasForm || hasContent ? ['POST', 'PUT', 'PATCH'] : ['GET', 'DELETE', 'POST', 'HEAD']),
    url: `${draw.one(['http', 'https'])}://${draw.one(hosts)}${draw.one(paths)}${query && `?${query}`}`,
    ...(hasForm ? { form: written(draw, fuzzedPairs(draw)) || 'a=1' } : {}),
    ...(hasContent
      ? { content: { type: 'application/json', text: JSON.stringify({ a: draw.text(text, 9) }) } }
      : {}),
    place: draw.one(['header', 'header', 'query', ...(hasForm ? (['body'] as const) : [])]),
    methodName: draw.one(methodNames),
    ...(draw.number(4) === 0 ? { realm: 'Photos' } : {}),
    oauth: [
      ...(draw.number(3) === 0 ? [['oauth_version', '1.0'] as const] : []),
      ...(draw.number(5) === 0 ? [['oauth_verifier', draw.text(letters, 12)] as const] : []),
    ],
    credentials,
  }
}

export function fuzzedCredentials(draw: Random): Credentials {
  // Long enough that two of them are never alike.
  const secret = () => draw.text(text, 8) + draw.text(letters, 12) + draw.number(2 ** 32).toString(36)
  const hasToken = draw.number(4) > 0
  return {
    clientId: `c${draw.text(letters, 12)}`,
    clientSecret: secret(),
    ...(hasToken ? { token: `t${draw.text(letters, 12)}`, tokenSecret: secret() } : {}),
  }
}

function fuzzedPairs(draw: Random): Pair[] {
  return Array.from({ length: draw.number(6) }, () => [draw.one(names), draw.text(text, 12)] as const)
}

/** As one of several clients would write it. */
function written(draw: Random, pairs: readonly Pair[]): string {
  const encode = draw.one([
    percentEncode,
    encodeURIComponent,
    (raw: string) => encodeURIComponent(raw).replaceAll('%20', '+'),
    (raw: string) => percentEncode(raw).replace(/%[\dA-F]{2}/g, (hex) => hex.toLowerCase()),
    (raw: string) => encodeURIComponent(raw).replaceAll('%5B', '[').replaceAll('%5D', ']'),
  ])
  return pairs.map((pair) => pair.map(encode).join('=')).join('&')
}

import { request as requestPlain } from 'node:http'
import https from 'node:https'
import axios from 'axios'
import addOAuthInterceptor from 'axios-oauth-1.0a'
import mastercard from 'mastercard-oauth1-signer'
import TypedOAuth from 'node-oauth-1.0a-ts'
import { OAuth } from 'oauth'
import { Generator } from 'oauth-header'
import compose from 'request-compose'
import requestOauth from 'request-oauth'
import tumblr from 'tumblr.js'
import { TwitterApi } from 'twitter-api-v2'
import twitterV1 from 'twitter-v1-oauth'
import { formOf, ThirdParty } from '../../support/third-party.ts'
import type { Capture, Sent } from './capture.ts'
import { type Client, credentials, rsaKeys } from './mistake.ts'

const { key, secret, token, tokenSecret } = credentials
const api = 'http://api.example.com'
const defaultPort = `${api}:80/echo`

/** A signature that went no further: these packages only sign, and their users send. */
function signed(method: string, url: string, authorization: string, form?: string): Sent {
  const request = { method, url, headers: { authorization, host: new URL(url).host } }
  return { request: form === undefined ? request : { ...request, body: form } }
}

/** The one request that `call` has sent under the name. */
async function sentBy(capture: Capture, name: string, call: () => unknown): Promise<Sent> {
  await call()
  const [sent, ...others] = capture.sent(name)
  if (sent === undefined || others.length > 0)
    throw new Error(`${name} sent ${others.length === 0 ? 'nothing' : 'more than one request'}.`)
  return sent
}

/** Clients of one site that only speak HTTPS: what they sent, without the TLS around it. */
async function sentOverTls(capture: Capture, name: string, call: () => unknown): Promise<Sent> {
  const { request } = https
  let host = ''
  https.request = ((...args: readonly [URL | object, object?]) => {
    const [target, more] = args
    const options = target instanceof URL ? { ...urlParts(target), ...more } : { ...target, ...more }
    host = String('host' in options ? options.host : '')
    const plain = { ...options, protocol: 'http:', host: '127.0.0.1', port: capture.port }
    return requestPlain(plain)
  }) as typeof https.request
  try {
    const sent = await sentBy(capture, name, call)
    const url = sent.request.url.replace(capture.origin, `https://${host}`)
    return { ...sent, request: { ...sent.request, url } }
  } finally {
    https.request = request
  }
}

function urlParts({ hostname, pathname, search }: URL): object {
  return { host: hostname, path: pathname + search }
}

/** What each of these packages signs wrongly, and something that it signs rightly. */
export function npmClients(capture: Capture): Client[] {
  const at = (name: string, rest = '') => `${capture.origin}/${name}/echo${rest}`
  return [
    oauth1a(),
    typedOauth1a(),
    nodeOauth(capture, at),
    requestOauthClient(capture, at),
    twitterV1Oauth(),
    twitterApiV2(capture),
    mastercardSigner(),
    axiosOauth(capture, at),
    oauthHeader(),
    tumblrJs(capture),
  ]
}

function oauth1a(): Client {
  const client = new ThirdParty({ key, secret })
  const own = { key: token, secret: tokenSecret }
  const get = (url: string) => signed('GET', url, client.authorization('GET', url, { token: own }))
  const post = (url: string, data: Record<string, string>) =>
    signed('POST', url, client.authorization('POST', url, { data, token: own }), String(formOf(data)))
  return {
    name: 'oauth-1.0a (npm)',
    trials: [
      { what: 'an escaped name', causes: ['names-not-decoded'], send: () => get(`${api}/echo?f%5Bid%5D=1`) },
      { what: 'the default port', causes: ['default-port-kept'], send: () => get(defaultPort) },
      {
        what: 'both of these',
        causes: ['default-port-kept', 'names-not-decoded'],
        send: () => get(`${defaultPort}?f%5Bid%5D=1`),
      },
      {
        what: 'a name in query and form',
        causes: ['repeat-dropped'],
        send: () => post(`${api}/echo?a=1&b=2`, { a: '2', c: '3' }),
      },
      { what: 'an & at the end', causes: ['empty-name-signed'], send: () => get(`${api}/echo?a=1&`) },
      {
        // As in cursors in base64.
        what: 'a raw = in a value',
        causes: ['value-cut-at-equals-sign'],
        send: () => get(`${api}/echo?cursor=YQ==&b=1`),
      },
      { what: 'a raw plus', causes: ['plus-sent-raw'], send: () => get(`${api}/echo?q=a+b`) },
      {
        what: 'a JSON body as data',
        causes: ['body-signed'],
        send() {
          const data = { name: 'x', size: '1' }
          const { request } = signed(
            'POST',
            `${api}/echo`,
            client.authorization('POST', `${api}/echo`, { data, token: own }),
          )
          const headers = { ...request.headers, 'content-type': 'application/json' }
          return { request: { ...request, headers }, content: JSON.stringify(data) }
        },
      },
      {
        what: 'brackets as they are',
        causes: [],
        send: () => get(`${api}/echo?f[id]=1&tag=b&tag=a&q=%C3%BC`),
      },
      { what: 'a form', causes: [], send: () => post(`${api}/echo?b=1`, { 'f[id]': '1', q: 'a b!' }) },
    ],
  }
}

function typedOauth1a(): Client {
  const client = new TypedOAuth({ consumer: { public: key, secret } })
  const header = (method: string, url: string, data?: object) =>
    client.getHeader({ method, url, data }, { public: token, secret: tokenSecret })
  const get = (url: string) => signed('GET', url, header('GET', url))
  const post = (url: string, data: Record<string, string>) =>
    signed('POST', url, header('POST', url, data), String(formOf(data)))
  return {
    name: 'node-oauth-1.0a-ts (npm)',
    trials: [
      {
        what: 'names alike up to an escape',
        causes: ['sorted-before-encoding'],
        send: () => get(`${api}/echo?a.b=1&a%2Fb=2&a:b=3`),
      },
      { what: 'the default port', causes: ['default-port-kept'], send: () => get(defaultPort) },
      {
        what: 'a name in query and form',
        causes: ['repeat-dropped'],
        send: () => post(`${api}/echo?a=1&b=2`, { a: '2', c: '3' }),
      },
      { what: 'repeats', causes: [], send: () => get(`${api}/echo?f%5Bid%5D=1&tag=b&tag=a&q=a+b`) },
      { what: 'a form', causes: [], send: () => post(`${api}/echo?b=1`, { q: 'a b!' }) },
    ],
  }
}

function nodeOauth(capture: Capture, at: (name: string, rest?: string) => string): Client {
  const client = new OAuth('', '', key, secret, '1.0', 'oob', 'HMAC-SHA1')
  const get = (name: string, rest: string) =>
    sentBy(capture, name, () => new Promise((done) => client.get(at(name, rest), token, tokenSecret, done)))
  const post = (name: string, rest: string, body: object) =>
    sentBy(
      capture,
      name,
      () => new Promise((done) => client.post(at(name, rest), token, tokenSecret, body, undefined, done)),
    )
  return {
    name: 'node-oauth (npm)',
    trials: [
      {
        what: 'repeats in the query',
        causes: ['repeats-indexed'],
        send: () => get('node-oauth-1', '?a=1&a=2'),
      },
      {
        what: 'a name in query and form',
        causes: ['repeat-dropped'],
        send: () => post('node-oauth-3', '?a=1&b=2', { a: '2', c: '3' }),
      },
      { what: 'a query', causes: [], send: () => get('node-oauth-4', "?f%5Bid%5D=1&q=a%20b'&a-b=1&a=2") },
      { what: 'repeats in the form', causes: [], send: () => post('node-oauth-2', '', { a: ['2', '1'] }) },
      { what: 'a form', causes: [], send: () => post('node-oauth-5', '?b=1', { q: 'a b!', 日本: '語' }) },
    ],
  }
}

function requestOauthClient(capture: Capture, at: (name: string, rest?: string) => string): Client {
  const oauth = { consumer_key: key, consumer_secret: secret, token, token_secret: tokenSecret }
  const { client } = compose.extend({ Request: { oauth: requestOauth } })
  /** On a default port, where the port is right: through the middleware alone. */
  const get = (path: string) => {
    const options = { method: 'GET', protocol: 'http:', hostname: 'api.example.com', path, headers: {} }
    const { Authorization = '' } = requestOauth(oauth)({ options }).options.headers
    return signed('GET', api + path, Authorization)
  }
  return {
    name: 'request-oauth (npm), of grant and purest',
    trials: [
      {
        what: 'a port',
        causes: ['port-after-path'],
        send: () =>
          sentBy(capture, 'request-oauth-1', () =>
            client({ method: 'GET', url: at('request-oauth-1'), oauth }),
          ),
      },
      {
        what: 'a port, and a form',
        causes: ['port-after-path'],
        send: () =>
          sentBy(capture, 'request-oauth-2', () =>
            client({ method: 'POST', url: at('request-oauth-2'), form: { q: 'a b' }, oauth }),
          ),
      },
      {
        // The port goes to the end of the query, and is signed as a part of its last value.
        what: 'a port, and a query',
        causes: ['port-after-path'],
        send: () =>
          sentBy(capture, 'request-oauth-3', () =>
            client({ method: 'GET', url: at('request-oauth-3', '?q=1'), oauth }),
          ),
      },
      { what: 'a list of one', causes: ['brackets-rewritten'], send: () => get('/echo?f%5Bt%5D%5B%5D=x') },
      { what: 'a list', causes: ['brackets-rewritten'], send: () => get('/echo?f%5B%5D=x&f%5B%5D=y') },
      { what: 'a list with numbers', causes: ['brackets-rewritten'], send: () => get('/echo?f[0]=x&f[1]=y') },
      { what: 'a query', causes: [], send: () => get('/echo?f%5Bid%5D=1&q=a%20b&tag=b&tag=a') },
    ],
  }
}

function twitterV1Oauth(): Client {
  const keys = { api_key: key, api_secret_key: secret, access_token: token, access_token_secret: tokenSecret }
  type Values = Record<string, string>
  const get = (params: Record<string, string | string[]>, url = `${api}/echo`) =>
    signed('GET', `${url}?${formOf(params)}`, twitterV1({ method: 'GET', url, params }, keys))
  const post = (params: Values, data: Values) => {
    const url = `${api}/echo`
    const authorization = twitterV1({ method: 'POST', url, params, data }, keys)
    return signed('POST', `${url}?${formOf(params)}`, authorization, String(formOf(data)))
  }
  return {
    name: 'twitter-v1-oauth (npm)',
    trials: [
      { what: 'a list', causes: ['repeats-joined'], send: () => get({ tag: ['b', 'a'] }) },
      { what: 'capitals', causes: ['sorted-by-locale'], send: () => get({ a: '1', B: '2', c: '3' }) },
      { what: 'brackets', causes: ['names-not-encoded'], send: () => get({ 'f[id]': '1' }) },
      { what: 'a name outside ASCII', causes: ['names-not-encoded'], send: () => get({ naïve: '1' }) },
      { what: 'the default port', causes: ['default-port-kept'], send: () => get({}, defaultPort) },
      {
        what: 'a name in query and form',
        causes: ['repeat-dropped'],
        send: () => post({ a: '1', b: '2' }, { a: '2', c: '3' }),
      },
      { what: 'a query', causes: [], send: () => get({ count: '2', q: 'a b!' }) },
      { what: 'a form', causes: [], send: () => post({ b: '1' }, { status: 'Grüße' }) },
    ],
  }
}

function twitterApiV2(capture: Capture): Client {
  const { readWrite: client } = new TwitterApi({
    ...{ appKey: key, appSecret: secret },
    ...{ accessToken: token, accessSecret: tokenSecret },
  })
  const url = (name: string) => `https://api.example.com/${name}/echo`
  const get = (name: string, query: Record<string, string>) =>
    sentOverTls(capture, name, () => client.get(url(name), query))
  const post = (name: string, query: Record<string, string>, body: Record<string, string>) =>
    sentOverTls(capture, name, () => client.post(url(name), body, { query, forceBodyMode: 'url' }))
  return {
    name: 'twitter-api-v2 (npm)',
    trials: [
      {
        what: 'a name in query and form',
        causes: ['repeat-dropped'],
        send: () => post('twitter-api-v2-1', { a: '1', b: '2' }, { a: '2', c: '3' }),
      },
      {
        what: 'a form',
        causes: [],
        send: () => post('twitter-api-v2-2', { a: '1' }, { status: 'Grüße & küsse!' }),
      },
      { what: 'a query', causes: [], send: () => get('twitter-api-v2-3', { 'f.id': 'x y', q: 'a+b' }) },
    ],
  }
}

function mastercardSigner(): Client {
  const send = (method: string, url: string, content: string | null) => {
    const authorization = mastercard.getAuthorizationHeader(url, method, content, key, rsaKeys.privateKey)
    const { request } = signed(method, url, authorization)
    if (content === null) return { request }
    return {
      request: { ...request, headers: { ...request.headers, 'content-type': 'application/json' } },
      content,
    }
  }
  return {
    name: 'mastercard-oauth1-signer (npm)',
    trials: [
      { what: 'any request', causes: ['values-not-encoded'], send: () => send('GET', `${api}/echo`, null) },
      {
        what: 'a JSON body',
        causes: ['values-not-encoded'],
        send: () => send('POST', `${api}/echo?f%5Bid%5D=1`, '{"a":1}'),
      },
    ],
  }
}

function axiosOauth(capture: Capture, at: (name: string, rest?: string) => string): Client {
  const client = axios.create()
  addOAuthInterceptor(client, { ...{ key, secret, token, tokenSecret }, algorithm: 'HMAC-SHA1' })
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  return {
    name: 'axios-oauth-1.0a (npm)',
    trials: [
      {
        what: 'a form',
        causes: ['form-left-out'],
        send: () =>
          sentBy(capture, 'axios-1', () =>
            client.post(at('axios-1'), 'q=a%20b&f%5Bid%5D=1', { headers: form }),
          ),
      },
      {
        what: 'a form of an object',
        causes: ['form-left-out'],
        send: () =>
          sentBy(capture, 'axios-2', () =>
            client.post(at('axios-2'), new URLSearchParams({ a: '1', b: 'x y' })),
          ),
      },
      {
        what: 'a form by PATCH',
        causes: ['form-left-out'],
        send: () => sentBy(capture, 'axios-3', () => client.patch(at('axios-3'), 'a=1', { headers: form })),
      },
      {
        what: 'a query',
        causes: [],
        send: () =>
          sentBy(capture, 'axios-4', () =>
            client.get(at('axios-4', '?f%5Bid%5D=1'), { params: { q: 'a b', 'a-b': '1' } }),
          ),
      },
      {
        what: 'a JSON body',
        causes: [],
        send: () => sentBy(capture, 'axios-5', () => client.post(at('axios-5'), { a: 1 })),
      },
    ],
  }
}

function oauthHeader(): Client {
  const client = new Generator(key, secret, token, tokenSecret)
  const get = (url: string) => signed('GET', url, client.generateHeaderValue('GET', url))
  return {
    name: 'oauth-header (npm)',
    trials: [
      {
        what: 'repeats',
        causes: ['repeat-dropped'],
        send: () => get(`${api}/echo?tag=b&tag=a`),
      },
      { what: 'equal pairs', causes: ['repeat-dropped'], send: () => get(`${api}/echo?tag=a&tag=a`) },
      { what: 'a query', causes: [], send: () => get(`${api}:80/echo?f%5Bid%5D=1&q=a+b!&a=1&a-b=2`) },
    ],
  }
}

function tumblrJs(capture: Capture): Client {
  const client = tumblr.createClient({
    ...{ consumer_key: key, consumer_secret: secret, token, token_secret: tokenSecret },
    baseUrl: 'https://api.example.com',
  })
  const get = (name: string, rest: string) =>
    sentOverTls(capture, name, () => client.getRequest(`/${name}${rest}`))
  return {
    name: 'tumblr.js (npm)',
    trials: [
      { what: 'a quote in the path', causes: ['path-escaped-anew'], send: () => get('tumblr-1', "/it's") },
      {
        what: 'an escape and a quote',
        causes: ['path-escaped-anew'],
        send: () => get('tumblr-2', "/a%20b/'x'"),
      },
      { what: 'a query', causes: [], send: () => get('tumblr-3', '/a%20b?q=x%20y&tag[]=1') },
    ],
  }
}

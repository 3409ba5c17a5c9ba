import type { HttpRequest } from 'countersign/protocol'
import { percentEncode } from 'countersign/protocol'
import { expect, it } from 'vitest'
import { signed } from '../../../test/support/signer.ts'
import { explainRequest } from '../src/clients/explain-request.ts'
import { readPasted } from '../src/web/explain/pasted.ts'
import { openSite } from './site.ts'
import { unescapeHtml, Visitor } from './visitor.ts'

const site = openSite({ LOG_LEVEL: 'info' })

const curl = ({ method, url, headers, body }: HttpRequest) =>
  [
    `curl -X ${method} '${url}'`,
    ...Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`),
    ...(body === undefined ? [] : [`-d '${body}'`]),
  ].join(' \\\n  ')

const rawHttp = ({ method, url, headers, body = '' }: HttpRequest) => {
  const { host, pathname, search } = new URL(url)
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${pathname}${search} HTTP/1.1`, ...lines, '', body].join('\n')
}

const headerOf = ({ headers }: HttpRequest) => String(headers['authorization'])

const textOf = (visitor: Visitor) =>
  unescapeHtml((visitor.page?.text ?? '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')
const codesOf = (visitor: Visitor) =>
  Array.from(
    (visitor.page?.text ?? '').matchAll(/<p class="quiet"><code>([a-z\d-]+)<\/code><\/p>/g),
    ([, code]) => code,
  )

async function developer() {
  const visitor = await site.member()
  const { key, secret } = await site.register(visitor, { name: 'Album' })
  return { visitor, key, secret, client: { clientId: key, clientSecret: secret } }
}

async function explain(visitor: Visitor, request: string, fields: Record<string, string> = {}) {
  await visitor.open('/explain')
  return visitor.submit('/explain', { request, base_string: '', client: '', ...fields })
}

const url = () => `${site.provider.url}/api/echo?b=2&a=1%20x`
const baseStringOf = ({ key }: { key: string }) =>
  `GET&${percentEncode(`${site.provider.url}/api/echo`)}&${percentEncode(`a=1%20x&b=2&oauth_consumer_key=${key}`)}%26`

it.each([
  ['a curl command', curl],
  ['raw HTTP', rawHttp],
])('says that a right request is right, pasted as %s', async (_, text) => {
  const { visitor, client, secret } = await developer()
  const { status } = await explain(visitor, text(signed({ url: url(), client })))
  expect(status).toBe(200)
  expect(textOf(visitor)).toContain('The signature is right.')
  expect(textOf(visitor)).toContain('If it was refused, check the timestamp')
  expect(codesOf(visitor)).toEqual([])
  expect(visitor.page?.text).not.toContain(secret)
})

it('names the mistake, shows both base strings, and no secret and no right signature', async () => {
  const { visitor, client, secret } = await developer()
  const wrong = signed({ url: url(), client })
  const right = /oauth_signature="([^"]*)"/.exec(headerOf(wrong))?.[1] ?? ''
  const http = { ...wrong, url: wrong.url.replace('127.0.0.1', 'localhost') }
  await explain(visitor, curl(http))
  expect(codesOf(visitor)).toEqual(['wrong-host'])
  expect(textOf(visitor)).toContain('First difference')
  const explanation = (visitor.page?.text ?? '').split('<form method="post" action="/explain">')[0]
  expect(explanation).not.toContain(secret)
  expect(explanation).not.toContain(right)
})

it('keeps a name of the request from turning the text around it', async () => {
  const { visitor, client } = await developer()
  const name = '\u202ecod.exe'
  const { url: sent, ...request } = signed({ url: url(), client })
  await explain(visitor, curl({ ...request, url: `${sent}&${percentEncode(name)}=1` }))
  expect(codesOf(visitor)).toEqual(['parameter-left-out'])
  expect(visitor.page?.text).toContain(`<code><bdi>${name}</bdi></code>`)
})

it('never shows the signature that would have been right', async () => {
  const { visitor, client } = await developer()
  const request = signed({ url: url(), client })
  const right = decodeURIComponent(/oauth_signature="([^"]*)"/.exec(headerOf(request))?.[1] ?? '')
  const wrong = headerOf(request).replace(
    /oauth_signature="[^"]*"/,
    `oauth_signature="${percentEncode('A'.repeat(27))}%3D"`,
  )
  await explain(visitor, curl({ ...request, headers: { authorization: wrong } }))
  expect(textOf(visitor)).toContain('no known mistake explains it')
  expect(textOf(visitor)).toContain('Known facts')
  for (const text of [right, percentEncode(right)])
    expect(unescapeHtml(visitor.page?.text ?? '')).not.toContain(text)
})

it('takes the secret of the token from the store, temporary or not, and says where a token is at fault', async () => {
  const { visitor, client, key, secret } = await developer()
  const temporary = await site.temporaryCredential({ key, secret }, 'oob')
  const token = { oauthToken: temporary.key, oauthTokenSecret: temporary.secret }
  await explain(
    visitor,
    curl(signed({ url: `${site.provider.url}/oauth/token`, method: 'POST', client, token })),
  )
  expect(textOf(visitor)).toContain('The signature is right.')
  await explain(visitor, curl(signed({ url: url(), client, token })))
  expect(codesOf(visitor)).toEqual(['temporary-credential-as-token'])
  await explain(visitor, curl(signed({ url: url(), client, token: { ...token, oauthTokenSecret: '' } })))
  expect(codesOf(visitor)).toEqual(['temporary-credential-as-token', 'token-secret-missing'])
  await explain(
    visitor,
    curl(signed({ url: url(), client, token: { oauthToken: 'x', oauthTokenSecret: 'y' } })),
  )
  expect(codesOf(visitor)).toEqual(['unknown-token'])
  expect(visitor.page?.text).not.toContain(temporary.secret)
})

it('compares a pasted base string with the expected one', async () => {
  const own = await developer()
  const { visitor, client } = own
  const request = signed({ url: url(), client })
  await explain(visitor, curl(request), { base_string: `${baseStringOf(own)}x%3D1` })
  expect(textOf(visitor)).toContain('It is not what the server expects for this request.')
  expect(textOf(visitor)).toContain('oauth_nonce is missing.')
  expect(textOf(visitor)).toContain('First difference')
})

it.each([
  ['a method in lower case', (base: string) => base.replace(/^GET/, 'get'), 'The method is "get"'],
  [
    'a default port',
    (base: string) => base.replace(/127\.0\.0\.1%3A\d+/, 'a.example%3A80'),
    'no default port',
  ],
  [
    'parameters that are not sorted',
    (base: string) => base.replace('a%3D1%2520x%26b%3D2', 'b%3D2%26a%3D1%2520x'),
    'not sorted',
  ],
  ['parameters encoded once', (base: string) => base.replace('1%2520x', '1%20x'), 'not encoded'],
  ['its signature', (base: string) => `${base}oauth_signature%3Dx`, 'oauth_signature, which is never signed'],
  ['no parameters', (base: string) => base.split('&').slice(0, 2).join('&'), 'the parameters are missing'],
])('says what is wrong with a base string alone: %s', async (_, change, problem) => {
  const own = await developer()
  const { status } = await explain(own.visitor, change(baseStringOf(own)))
  expect(status).toBe(200)
  expect(textOf(own.visitor)).toContain(problem)
  expect(textOf(own.visitor)).toContain('Paste the request as well')
})

it('explains requests of one’s own clients alone: others are as unknown as none', async () => {
  const own = await developer()
  const other = await developer()
  const ofOther = curl(signed({ url: url(), client: other.client }))
  const unknown = curl(signed({ url: url(), client: { clientId: 'nobody', clientSecret: 'x' } }))
  const responses = []
  for (const [request, client] of [
    [ofOther, ''],
    [unknown, ''],
    [ofOther, other.key],
    [unknown, 'nobody'],
  ] as const) {
    const { status, text } = await explain(own.visitor, request, { client })
    responses.push([status, /<p class="fault"[^>]*>([^<]*)</.exec(text)?.[1]])
  }
  expect(new Set(responses.map(String)).size).toBe(1)
  expect(responses[0]).toEqual([422, 'You have no client with the consumer key that the request names.'])
  expect((await own.visitor.open('/explain')).text).not.toContain(other.key)
  // With a client of one's own chosen, the key that the request names is at fault.
  await explain(own.visitor, ofOther, { client: own.key })
  expect(codesOf(own.visitor)).toContain('unknown-client')
})

it.each([
  ['nothing', '', 'Paste a request'],
  ['a sentence', 'Why does it not work?', ''],
  ['a request without a key', 'GET /api/me HTTP/1.1\nHost: 127.0.0.1\n\n', 'choose the client'],
  ['too much', `GET /api/me?${'a'.repeat(9_000)} HTTP/1.1\n\n`, 'over the limit'],
  ['a host that is none', 'GET / HTTP/1.1\nHost: a b:99999999\n\n', 'choose the client'],
])('says what to paste in the place of %s', async (_, text, why) => {
  const { visitor } = await developer()
  const { status } = await explain(visitor, text)
  expect(status).toBe(422)
  expect(textOf(visitor)).toContain(why)
  expect(visitor.page?.text).toContain('aria-invalid="true"')
})

it('says what breaks the protocol where a request cannot be read, and lists the headers to look at', async () => {
  const { visitor, client, key } = await developer()
  const request = signed({ url: url(), client })
  const twice = `${curl(request)} -H 'Authorization: Basic eDp5'`
  await explain(visitor, twice, { client: key })
  expect(codesOf(visitor)).toEqual(['two-authorization-headers'])
  await explain(visitor, curl({ ...request, headers: {} }), { client: key })
  expect(codesOf(visitor)).toEqual(['authorization-header-missing'])
})

it('is for those who are signed in, by its own form, thirty times a minute; nothing of it is logged', async () => {
  const { visitor, client, secret } = await developer()
  const request = curl(signed({ url: `${url()}&pasted=marker`, client }))
  expect((await new Visitor(site.provider.url).open('/explain')).path).toBe('/sign-in?return=%2Fexplain')
  const stranger = { form_token: 'x', request, base_string: '', client: '' }
  expect((await visitor.post('/explain', stranger)).status).toBe(403)
  const statuses = []
  for (let i = 0; i < 31; i++) statuses.push((await explain(visitor, request)).status)
  expect(statuses).toEqual([...Array(30).fill(200), 429])
  expect(Number(visitor.page?.headers.get('retry-after'))).toBeGreaterThan(0)
  for (const text of [secret, 'marker', 'oauth_']) expect(site.provider.output.stderr).not.toContain(text)
})

it('reads the address as clients reach this provider, and knows the one that was pasted', () => {
  const origin = 'https://oauth.example.com'
  const { request } = readPasted(
    { request: 'GET http://127.0.0.1:5849/api/me?a=1', baseString: '' },
    origin,
    origin,
  )
  expect([request?.request.url, request?.otherUrls]).toEqual([
    'https://oauth.example.com/api/me?a=1',
    ['http://127.0.0.1:5849/api/me?a=1'],
  ])
})

it.each([
  ['oob', 'ABCD-1234', []],
  ['oob', 'abcd 1234', []],
  ['oob', 'abcd1235', ['wrong-verifier']],
  ['https://client.example/', 'ABCD1234', []],
  ['https://client.example/', 'ABCD1234\n', ['verifier-with-white-space']],
  ['https://client.example/', 'abcd1234', ['wrong-verifier']],
])('reads a verifier as the token endpoint does: of %s, %j', async (oauthCallback, oauth_verifier, codes) => {
  const client = { clientId: 'client', clientSecret: 'secret', callbacks: [] }
  const token = { clientId: 'client', oauthToken: 'temporary', oauthTokenSecret: 'its-secret' }
  const credential = { ...token, oauthVerifier: 'ABCD1234', oauthCallback, expiresAt: 2 ** 40, userId: 1 }
  const hooks = { queryToken: async () => undefined, getTemporaryCredential: async () => credential }
  const oauth = { oauth_verifier }
  const request = signed({ method: 'POST', url: 'https://api.example.com/oauth/token', client, token, oauth })
  const { outcome, causes } = await explainRequest(hooks as never, client as never, request)
  expect([outcome, causes.map(({ code }) => code)]).toEqual(['valid', codes])
})

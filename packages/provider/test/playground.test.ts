import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { english } from '../src/texts/texts.ts'
import { sendToThisProvider, targetFault } from '../src/web/playground/send.ts'
import { openSite } from './site.ts'
import { unescapeHtml, type Visitor } from './visitor.ts'

const site = openSite({
  LOG_LEVEL: 'info',
  OAUTH1_SUPPORTED_SIGNATURE_METHODS: 'HMAC-SHA1,HMAC-SHA256,PLAINTEXT',
})
const behindProxy = openSite({ ORIGIN: 'https://oauth.example.com' })
const origin = () => site.provider.url
const htmlOf = (visitor: Visitor) => visitor.page?.text ?? ''

/** The fields of the request's form, as a browser would post them. */
function fieldsOf(html: string): { action: string; fields: URLSearchParams } {
  const [, action = '', form = ''] =
    /<form class="request" method="post" action="([^"]*)">(.*?)<\/form>/s.exec(html) ?? []
  const fields = new URLSearchParams()
  const controls = form.matchAll(
    /<input([^>]*)>|<textarea([^>]*)>([^<]*)<\/textarea>|<select([^>]*)>(.*?)<\/select>/gs,
  )
  for (const [, input, textarea, content, select, options] of controls) {
    const attributes = input ?? textarea ?? select ?? ''
    const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1]
    if (attribute('type') === 'checkbox' && !/ checked/.test(attributes)) continue
    const chosen = /value="([^"]*)" selected/.exec(options ?? '')?.[1]
    fields.append(attribute('name') ?? '', unescapeHtml(content ?? chosen ?? attribute('value') ?? ''))
  }
  return { action, fields }
}

const fieldOf = (visitor: Visitor, name: string) => fieldsOf(htmlOf(visitor)).fields.get(name) ?? ''

type Changes = Readonly<Record<string, string | readonly string[]>>

/** Changes fields of the open form and presses one of its buttons. */
async function press(visitor: Visitor, button: 'send' | 'sign' | 'again', changes: Changes = {}) {
  const { action, fields } = fieldsOf(htmlOf(visitor))
  for (const [name, values] of Object.entries(changes)) {
    fields.delete(name)
    for (const value of [values].flat()) fields.append(name, value)
  }
  fields.append('action', button)
  return visitor.post(action, fields)
}

const statusOf = (visitor: Visitor) => /role="status"><strong>(\d+)/.exec(htmlOf(visitor))?.[1]
const textOf = (visitor: Visitor) =>
  unescapeHtml(htmlOf(visitor).replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')
const codesOf = (visitor: Visitor) =>
  Array.from(htmlOf(visitor).matchAll(/<p class="quiet"><code>([a-z\d-]+)<\/code><\/p>/g), ([, code]) => code)
const linkTo = (visitor: Visitor, path: RegExp) =>
  unescapeHtml(new RegExp(`href="(${path.source})"`).exec(htmlOf(visitor))?.[1] ?? '')

async function developer(callbacks = '') {
  const visitor = await site.member()
  return { visitor, ...(await site.register(visitor, { name: 'Album', callbacks })) }
}

/** Goes through the first three steps with the right requests; returns the token. */
async function dance(visitor: Visitor, key: string): Promise<string> {
  await visitor.open(`/playground/${key}/initiate`)
  await press(visitor, 'send')
  expect(statusOf(visitor)).toBe('200')
  const approve = linkTo(visitor, /\/playground\/\w+\/approve\?oauth_token=[^"]+/)
  await visitor.open(approve)
  await visitor.open(linkTo(visitor, /\/oauth\/authorize\?oauth_token=[^"]+/))
  await visitor.submit('/oauth/authorize', { decision: 'allow' })
  await visitor.open(approve)
  expect(textOf(visitor)).toContain('Approved.')
  await visitor.open(linkTo(visitor, /\/playground\/\w+\/token\?oauth_token=[^"]+/))
  await press(visitor, 'send')
  expect(statusOf(visitor)).toBe('200')
  return /oauth_token=([^&\s]+)/.exec(textOf(visitor))?.[1] ?? ''
}

/** A developer with a token, at the last step. */
async function withToken() {
  const own = await developer()
  const token = await dance(own.visitor, own.key)
  await own.visitor.open(`/playground/${own.key}/request?to=echo`)
  return { ...own, token }
}

it('walks the whole dance, and its token is one of the account', async () => {
  const { visitor, key, secret } = await developer()
  expect((await visitor.open('/playground')).text).toContain(`/playground/${key}/initiate`)
  await dance(visitor, key)
  await visitor.submit(`/playground/${key}/request`, { action: 'open' })
  await press(visitor, 'send')
  expect(statusOf(visitor)).toBe('200')
  expect(textOf(visitor)).toMatch(/"name":"member\d+"/)
  await visitor.open(`/playground/${key}/request?to=echo`)
  await press(visitor, 'send')
  expect(statusOf(visitor)).toBe('200')
  expect(textOf(visitor)).toContain('["city","Zürich"]')
  expect(htmlOf(visitor)).not.toContain(secret)
  expect((await visitor.open('/authorizations')).text).toContain('Album')
})

it('comes back from the consent page where the client registered that', async () => {
  const { visitor, key } = await developer(`${origin()}/playground/callback`)
  await visitor.open(`/playground/${key}/initiate`)
  await press(visitor, 'send')
  await visitor.open(linkTo(visitor, /\/playground\/\w+\/approve\?oauth_token=[^"]+/))
  await visitor.open(linkTo(visitor, /\/oauth\/authorize\?oauth_token=[^"]+/))
  const { leftFor = '' } = await visitor.submit('/oauth/authorize', { decision: 'allow' })
  expect(leftFor).toContain(`${origin()}/playground/callback?`)
  await visitor.open(leftFor.slice(origin().length))
  await press(visitor, 'send')
  expect(statusOf(visitor)).toBe('200')
})

it('signs the public address, and reaches its own process, behind a proxy', async () => {
  const visitor = await behindProxy.member()
  const { key } = await behindProxy.register(visitor, { name: 'Album' })
  await visitor.open(`/playground/${key}/initiate`)
  expect(fieldOf(visitor, 'url')).toBe('https://oauth.example.com/oauth/initiate')
  await press(visitor, 'send')
  expect(statusOf(visitor)).toBe('200')
  await visitor.open(`/playground/${key}/request`)
  await press(visitor, 'send', { url: `${behindProxy.provider.url}/api/me` })
  expect(visitor.page?.status).toBe(422)
})

it.each<[string, Changes, string]>([
  ['the secret of the token forgotten', { key_shape: 'client' }, 'token-secret-missing'],
  ['a key without its &', { key_shape: 'bare' }, 'token-secret-missing'],
  ['both secrets swapped', { key_shape: 'swapped' }, 'secrets-swapped'],
  ['another hash than the named one', { sign_with: 'HMAC-SHA256' }, 'wrong-hash'],
  ['an old timestamp', { oauth_timestamp: '1500000000' }, 'wrong-clock'],
  ['a token that does not exist', { oauth_token: 'nothing' }, 'unknown-token'],
  ['the key of another client', { oauth_consumer_key: 'another' }, 'unknown-client'],
])('says what broke: %s', async (_, changes, code) => {
  const { visitor, secret } = await withToken()
  await press(visitor, 'send', changes)
  expect(statusOf(visitor)).toMatch(/^40[01]$/)
  expect(codesOf(visitor)).toContain(code)
  expect(htmlOf(visitor)).not.toContain(secret)
})

it('leaves parameters out, and shows what the response says of it', async () => {
  const { visitor } = await withToken()
  await press(visitor, 'send', { leave_out: ['oauth_nonce', 'oauth_version'] })
  expect(statusOf(visitor)).toBe('400')
  expect(textOf(visitor)).toContain('400 Bad Request oauth_nonce is missing or empty.')
  expect(fieldOf(visitor, 'base_string')).not.toMatch(/oauth_nonce|oauth_version/)
  await press(visitor, 'send', { leave_out: 'oauth_version' })
  expect(statusOf(visitor)).toBe('200')
})

it('signs a typed base string until it is emptied, and says where it differs', async () => {
  const { visitor } = await withToken()
  const timestamp = fieldOf(visitor, 'oauth_timestamp')
  const typed = fieldOf(visitor, 'base_string').replace('http%3A', 'https%3A')
  await press(visitor, 'send', { base_string: typed })
  expect(statusOf(visitor)).toBe('401')
  expect(codesOf(visitor)).toEqual([expect.stringContaining('scheme')])
  expect(textOf(visitor)).toContain('First difference')
  await press(visitor, 'send')
  expect(fieldOf(visitor, 'base_string')).toBe(typed)
  expect(fieldOf(visitor, 'oauth_timestamp')).toBe(timestamp)
  await press(visitor, 'send', { base_string: '' })
  expect(statusOf(visitor)).toBe('200')
})

it('makes a nonce for each request, keeps a typed one, and sends a replay when asked to', async () => {
  const { visitor } = await withToken()
  await press(visitor, 'send')
  const first = fieldOf(visitor, 'oauth_nonce')
  await press(visitor, 'send')
  expect(statusOf(visitor)).toBe('200')
  expect(fieldOf(visitor, 'oauth_nonce')).not.toBe(first)
  await press(visitor, 'again')
  expect(statusOf(visitor)).toBe('401')
  expect(codesOf(visitor)).toEqual(['nonce-reused'])
  await press(visitor, 'sign', { oauth_nonce: 'typed' })
  await press(visitor, 'sign')
  expect(fieldOf(visitor, 'oauth_nonce')).toBe('typed')
})

it.each(['header', 'query', 'body'])('sends the protocol parameters in the %s', async (place) => {
  const { visitor } = await withToken()
  await press(visitor, 'send', { place, name: ['a', ''], value: ['1 + 1', 'dropped'] })
  expect(statusOf(visitor)).toBe('200')
  expect(textOf(visitor)).toContain(`"place":"${place}"`)
  expect(textOf(visitor)).toContain('"parameters":[["a","1 + 1"]]')
})

it('signs only, without a request', async () => {
  const { visitor } = await withToken()
  await press(visitor, 'sign', { verb: 'PUT' })
  expect(statusOf(visitor)).toBeUndefined()
  expect(fieldOf(visitor, 'base_string')).toMatch(/^PUT&/)
  expect(fieldOf(visitor, 'signature')).toMatch(/^[A-Za-z\d+/]{27}=$/)
})

it('sends the signature of PLAINTEXT, which is the secrets, and does not show it', async () => {
  const { visitor, secret } = await withToken()
  await press(visitor, 'send', { oauth_signature_method: 'PLAINTEXT' })
  expect(statusOf(visitor)).toBe('200')
  expect(htmlOf(visitor)).toContain('oauth_signature=&quot;HIDDEN&quot;')
  expect(htmlOf(visitor)).not.toContain(secret)
  await press(visitor, 'send')
  expect(statusOf(visitor)).toBe('200')
})

it.each([
  ['another site', () => 'https://elsewhere.example/api/me', 'sends requests only to this provider'],
  ['another page', () => `${origin()}/sign-in`, 'below'],
  ['a way round to it', () => `${origin()}/api/../sign-in`, 'below'],
  ['an escaped way round', () => `${origin()}/api/%2e%2e/sign-in`, 'below'],
  ['a fragment', () => `${origin()}/api/me#x`, 'Percent-encode'],
  ['no address', () => 'nowhere', 'absolute'],
])('sends nothing to %s', async (_, url, why) => {
  const { visitor, key } = await developer()
  await visitor.open(`/playground/${key}/request`)
  const { status } = await press(visitor, 'send', { url: url() })
  expect([status, statusOf(visitor)]).toEqual([422, undefined])
  expect(textOf(visitor)).toContain(why)
})

it.each([
  ['https://oauth.example.com/api/me?a=1', true],
  ['https://oauth.example.com/oauth/token', true],
  ['https://oauth.example.com.evil.example/api/me', false],
  ['https://oauth.example.com:444/api/me', false],
  ['https://oauth.example.com@evil.example/api/me', false],
  ['https://oauth.example.com/apiary', false],
  ['https://oauth.example.com/oauth/authorize', false],
])('may send to %s: %s', (url, isAllowed) => {
  expect(targetFault(english, url, 'https://oauth.example.com') === undefined).toBe(isAllowed)
})

it('sends nothing where the request of the developer came in by no address', async () => {
  const incoming = { socket: {} } as IncomingMessage
  const request = { method: 'GET', url: 'http://provider.example/api/me', headers: {} }
  await expect(sendToThisProvider(incoming, request)).rejects.toThrow(/only works over TCP/)
})

it('knows no client of another user, and signs with no token of another user', async () => {
  const one = await withToken()
  const other = await developer()
  for (const step of ['initiate', 'approve', 'token', 'request', 'nowhere']) {
    expect((await other.visitor.open(`/playground/${one.key}/${step}`)).status).toBe(404)
    expect((await other.visitor.open(`/playground/unknown/${step}`)).status).toBe(404)
  }
  // A token of the first user for the client of the second one.
  const temporary = await site.temporaryCredential({ key: other.key, secret: other.secret }, 'oob')
  await one.visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`)
  await one.visitor.submit('/oauth/authorize', { decision: 'allow' })
  await other.visitor.open(`/playground/${other.key}/approve?oauth_token=${temporary.key}`)
  expect(textOf(other.visitor)).toContain('Another user approved it')
  await other.visitor.open(`/playground/${other.key}/token?oauth_token=${temporary.key}`)
  expect(fieldOf(other.visitor, 'oauth_verifier')).toBe('')
  await press(other.visitor, 'send', { oauth_verifier: 'guessed' })
  expect(statusOf(other.visitor)).toBe('401')
  expect(codesOf(other.visitor)).toEqual(['token-secret-missing'])
})

it('says that the code is another', async () => {
  const { visitor, key } = await developer()
  await visitor.open(`/playground/${key}/initiate`)
  await press(visitor, 'send')
  const approve = linkTo(visitor, /\/playground\/\w+\/approve\?oauth_token=[^"]+/)
  await visitor.open(approve)
  await visitor.open(linkTo(visitor, /\/oauth\/authorize\?oauth_token=[^"]+/))
  await visitor.submit('/oauth/authorize', { decision: 'allow' })
  await visitor.open(approve.replace('/approve', '/token'))
  const code = fieldOf(visitor, 'oauth_verifier')
  await press(visitor, 'send', { oauth_verifier: 'another' })
  expect(codesOf(visitor)).toEqual(['wrong-verifier'])
  await press(visitor, 'send', { oauth_verifier: code })
  expect(statusOf(visitor)).toBe('200')
})

it('tells what became of a request that was denied', async () => {
  const { visitor, key } = await developer()
  await visitor.open(`/playground/${key}/approve`)
  expect(textOf(visitor)).toContain('request one first')
  await visitor.open(`/playground/${key}/initiate`)
  await press(visitor, 'send')
  const approve = linkTo(visitor, /\/playground\/\w+\/approve\?oauth_token=[^"]+/)
  await visitor.open(approve)
  await visitor.open(linkTo(visitor, /\/oauth\/authorize\?oauth_token=[^"]+/))
  await visitor.submit('/oauth/authorize', { decision: 'deny' })
  await visitor.open(approve)
  expect(textOf(visitor)).toContain('This temporary credential no longer exists')
})

it('takes forms of its own pages alone, from those who are signed in', async () => {
  const { visitor, key } = await developer()
  await visitor.open(`/playground/${key}/request`)
  const { action, fields } = fieldsOf(htmlOf(visitor))
  fields.append('action', 'send')
  expect((await visitor.post(action, fields, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  fields.set('form_token', 'x')
  expect((await visitor.post(action, fields)).status).toBe(403)
  visitor.cookies.clear()
  expect((await visitor.open(`/playground/${key}/request`)).path).toBe(
    `/sign-in?return=${encodeURIComponent(`/playground/${key}/request`)}`,
  )
})

it('sends sixty requests of a developer in a minute, and logs nothing of them but their paths', async () => {
  const { visitor, secret, token } = await withToken()
  const { action, fields } = fieldsOf(htmlOf(visitor))
  fields.append('action', 'send')
  const responses = []
  for (let i = 0; i < 60; i++) responses.push((await visitor.post(action, fields)).status)
  expect(new Set(responses.slice(0, 50))).toEqual(new Set([200]))
  expect(responses.at(-1)).toBe(429)
  expect(Number(visitor.page?.headers.get('retry-after'))).toBeGreaterThan(0)
  const { stderr } = site.provider.output
  expect(stderr).toContain('/api/echo')
  for (const text of [secret, token, 'oauth_', 'city']) expect(stderr).not.toContain(text)
})

it('sends no passwords: nothing would tell the limits of sign-in who tries them', async () => {
  const { visitor, key } = await developer()
  await visitor.open(`/playground/${key}/token`)
  const parameters = { name: ['x_auth_mode', 'x_auth_username'], value: ['client_auth', 'anna'] }
  for (const parameters_in of ['query', 'body']) {
    await press(visitor, 'send', { ...parameters, parameters_in })
    expect(textOf(visitor)).toContain('The playground sends no passwords')
    expect(statusOf(visitor)).toBeUndefined()
  }
})

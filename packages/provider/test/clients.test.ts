import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { openSite, password } from './site.ts'
import { Visitor } from './visitor.ts'

const site = openSite()

const callbacksOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `https://a.example/${index}`).join('\n')

it('shows the secret once, lists the client, and deletes it', async () => {
  const visitor = await site.member('gerd')
  const { key, secret } = await site.register(visitor, {
    name: 'Photo <b>printer</b>',
    callbacks: 'https://a.example/cb\r\n',
  })
  const page = await visitor.open(`/clients/${key}`)
  expect(page.text).toContain('Photo &lt;b&gt;printer&lt;/b&gt;')
  expect(page.text).toContain('https://a.example/cb')
  expect(page.text).not.toContain(secret)
  expect((await new Visitor(site.provider.url).open(`/clients/${key}`)).path).toContain('/sign-in')
  const stranger = await site.member('gerda')
  expect((await stranger.open(`/clients/${key}`)).status).toBe(404)
  const confirm = await visitor.open(`/clients/${key}/delete`)
  expect(confirm.text).toContain('No user has given it access.')
  const list = await visitor.submit(`/clients/${key}/delete`)
  expect(list.text).not.toContain(key)
  expect(list.text).toContain('was deleted.')
  expect((await visitor.open('/clients')).text).not.toContain('was deleted.')
})

it('shows the secret on the page of the client alone, and to the visitor alone who registered it', async () => {
  const visitor = await site.member('greta')
  await visitor.open('/clients/new')
  const { path, text } = await visitor.submit('/clients', { name: 'One\nline' })
  expect(path).toMatch(/^\/clients\/\w{20}$/)
  expect(text).toContain('>One line</bdi> is registered')
  expect(text).toContain('Copy the secret now')
  expect((await visitor.open('/clients')).text.match(/<li>/g)).toHaveLength(1)
  const again = await visitor.open(path)
  expect(again.text).not.toContain('Copy the secret now')
  expect(again.text).not.toContain('Client secret')
})

it('comes back to a client after signing in again, and to the page with the form after a form', async () => {
  const visitor = await site.member('gesa')
  const { key } = await site.register(visitor, { name: 'Album' })
  for (const [path, back] of [
    [`/clients/${key}`, `/clients/${key}`],
    ['/clients/new', '/clients/new'],
    ['/authorizations', '/authorizations'],
  ] as const) {
    visitor.cookies.clear()
    await visitor.open(path)
    expect((await visitor.submit('/sign-in', { name: 'gesa', password })).path).toBe(back)
  }
})

it.each([
  ['a script as callback', { name: 'x', callbacks: 'javascript:alert(1)' }, 'must not use the'],
  [
    'a callback of a path alone',
    { name: 'x', callbacks: '/cb' },
    '/cb: begin it with https:// and your host',
  ],
  [
    'a callback without a scheme',
    { name: 'x', callbacks: 'a.example/cb' },
    'a.example/cb: begin it with https://',
  ],
  ['a callback of a host and a port', { name: 'x', callbacks: 'a.example:80/cb' }, 'begin it with https://'],
  ['a callback of a local port', { name: 'x', callbacks: 'localhost:3000' }, 'begin it with http://'],
  [
    'a callback without its scheme alone',
    { name: 'x', callbacks: '//a.example/cb' },
    'begin it with https://',
  ],
  ['a callback with a fragment', { name: 'x', callbacks: 'https://a.example/#x' }, 'remove the fragment'],
  [
    'every callback at fault by its name',
    { name: 'x', callbacks: 'https://fine.example/\r\none.example\r\n\r\ntwo.example' },
    'one.example: begin it with https://\ntwo.example: begin it with https://</p>',
  ],
  ['21 callbacks', { name: 'x', callbacks: callbacksOf(21) }, 'Enter at most 20 callbacks; there are 21.'],
  ['no name', { name: ' ' }, 'Enter a visible name.'],
  ['a name of line ends', { name: '\r\n\t' }, 'Enter a visible name.'],
  ['a name of 101 letters', { name: 'W'.repeat(101) }, 'Use at most 100 characters; this name has 101.'],
  ['a name that turns the text around', { name: 'a\u202eb' }, 'Remove the invisible character U+202E'],
  ['a name with an isolate', { name: 'a\u2067b' }, 'U+2067'],
  ['a name with a mark of direction', { name: 'a\u200fb' }, 'U+200F'],
  ['a name with a space of no width', { name: 'a\u200bb' }, 'U+200B'],
  ['a name with a soft hyphen', { name: 'a\u00adb' }, 'U+00AD'],
  ['a name with a joiner between Latin letters', { name: 'Goo\u200dgle' }, 'U+200D'],
  ['a name with a selector after a Latin letter', { name: 'Google\ufe0f' }, 'U+FE0F'],
  ['a name with a control character', { name: 'a\u0007b' }, 'U+0007'],
  ['a name of Hangul fillers', { name: '\u115f\u1160\u3164\uffa0' }, 'Enter a visible name.'],
  ['a name of blank Braille patterns', { name: '\u2800 \u2800' }, 'Enter a visible name.'],
  ['a name of marks on nothing', { name: '\ufe0f\u034f\u0301' }, 'Enter a visible name.'],
  ['no key at all', { name: 'x', rsa_public_key: 'hello' }, 'cannot be read'],
  ['half a JWK', { name: 'x', rsa_public_key: '{"kty":' }, 'not JSON'],
])('refuses %s and keeps what was typed', async (_, fields, why) => {
  const visitor = await site.member()
  await visitor.open('/clients/new')
  const { status, text } = await visitor.submit('/clients', fields)
  expect(status).toBe(422)
  expect(text).toContain(why)
  expect(text).toContain('aria-invalid="true"')
})

it.each([
  ['写真'],
  ['❤️'],
  ['Ägypten'],
  ['한국'],
  ['C++'],
  ['👩‍👩‍👧‍👦 👩🏽‍💻 1️⃣'],
  ['می‌خواهم'],
  ['क्‍ष'],
  ['استوديو الصور — تطبيق (v2)'],
  ['“Söhne”'],
  ['W'.repeat(100)],
  ['Z\u0338\u0322\u031b\u0326'],
])('takes the name %s', async (name) => {
  const visitor = await site.member()
  const { key } = await site.register(visitor, { name })
  expect((await visitor.open(`/clients/${key}`)).text).toContain(
    `<h1><bdi class="name full">${name}</bdi></h1>`,
  )
})

it('takes an RSA public key in each form, and refuses a private key in clear words', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const visitor = await site.member('ida')
  const forms = [
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    JSON.stringify(publicKey.export({ format: 'jwk' })),
  ]
  for (const rsa_public_key of forms) {
    const { key } = await site.register(visitor, { name: 'RSA', rsa_public_key })
    expect((await visitor.open(`/clients/${key}`)).text).toContain('<dd>1 key</dd>')
  }
  await visitor.open('/clients/new')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const { status, text } = await visitor.submit('/clients', { name: 'RSA', rsa_public_key: pem })
  expect(status).toBe(422)
  expect(text).toContain('This is a private RSA key')
})

import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { openSite } from './site.ts'
import { Visitor } from './visitor.ts'

const site = openSite()

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
  await visitor.open(`/clients/${key}`)
  expect((await visitor.submit(`/clients/${key}/delete`)).text).not.toContain(key)
})

it.each([
  ['a script as callback', { name: 'x', callbacks: 'javascript:alert(1)' }, 'javascript scheme'],
  ['a relative callback', { name: 'x', callbacks: '/cb' }, 'absolute URI'],
  ['no name', { name: ' ', callbacks: '' }, 'visible characters'],
  ['a name that turns the text around', { name: 'a\u202eb', callbacks: '' }, 'visible characters'],
  ['a name of Hangul fillers', { name: '\u115f\u1160\u3164\uffa0', callbacks: '' }, 'visible characters'],
  ['a name of blank Braille patterns', { name: '\u2800 \u2800', callbacks: '' }, 'visible characters'],
  ['a name of marks on nothing', { name: '\ufe0f\u034f\u0301', callbacks: '' }, 'visible characters'],
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

it.each(['写真', '❤️', 'Ägypten', '한국', 'C++'])('takes the name %s', async (name) => {
  const visitor = await site.member()
  const { key } = await site.register(visitor, { name })
  expect((await visitor.open(`/clients/${key}`)).text).toContain(`<h1>${name}</h1>`)
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
    expect((await visitor.open(`/clients/${key}`)).text).toContain('Registered')
  }
  await visitor.open('/clients/new')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const { status, text } = await visitor.submit('/clients', { name: 'RSA', rsa_public_key: pem })
  expect(status).toBe(422)
  expect(text).toContain('This is a private RSA key')
})

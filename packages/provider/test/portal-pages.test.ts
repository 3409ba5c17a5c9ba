import { generateKeyPairSync } from 'node:crypto'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { signer } from './signer.ts'
import { openSite } from './site.ts'
import { Visitor } from './visitor.ts'

const site = openSite()

const pem = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString()
const picture = (width = 300) =>
  sharp({ create: { width, height: 200, channels: 3, background: '#336699' } })
    .png()
    .toBuffer()
const fileOf = (octets: Uint8Array | string, name = 'file.png') =>
  new File([typeof octets === 'string' ? octets : new Uint8Array(octets)], name)

it('the page after a registration says what to do next', async () => {
  const visitor = await site.member()
  await visitor.open('/clients/new')
  const { text, path } = await visitor.submit('/clients', {
    name: 'Album',
    callback_rule: 'prefix',
    callbacks: 'https://a.example/cb',
    description: 'Prints',
    homepage: 'https://a.example',
  })
  const key = path.split('/').at(-1)
  for (const part of [
    `<code>${site.provider.url}/oauth/initiate</code>`,
    `countersign try --key ${key} --url ${site.provider.url}`,
    'Prefix: any path below as well',
    'Prints',
    'href="https://a.example/"',
  ])
    expect(text).toContain(part)
  expect((await visitor.open(path)).text).not.toContain('npx @countersign/cli')
})

it('RSA keys are added by paste and by file, told by fingerprint, and removed', async () => {
  const visitor = await site.member()
  const { key } = await site.register(visitor, { name: 'RSA' })
  const path = `/clients/${key}/keys`
  expect((await visitor.open(path)).text).toContain('No key yet.')
  const first = await visitor.upload(path, { rsa_public_key: pem() })
  expect(first.text).toContain('The changes were saved.')
  const second = await visitor.upload(path, { rsa_public_key: '', file: fileOf(pem(), 'key.pem') })
  expect(second.text.match(/SHA-256 (?:[0-9a-f]{8} ?){8}</g)).toHaveLength(2)
  expect(second.text).toContain('2,048 bits')
  const deep = `{"keys":[${'['.repeat(20_000)}${']'.repeat(20_000)}]}`
  for (const wrong of ['hello', '-----BEGIN PRIVATE KEY-----', deep])
    expect((await visitor.upload(path, { rsa_public_key: wrong })).status).toBe(422)
  await visitor.open(path)
  const left = await visitor.submit(`${path}/remove`)
  expect(left.text.match(/SHA-256 /g)).toHaveLength(1)
  expect((await visitor.open(`/clients/${key}`)).text).toContain('<dd>1 key</dd>')
})

it('a logo is taken, shown, served as a picture and nothing else, and removed', async () => {
  const visitor = await site.member()
  const { key } = await site.register(visitor, { name: 'Logo' })
  const path = `/clients/${key}/logo`
  await visitor.open(path)
  const shown = await visitor.upload(path, { logo: fileOf(await picture()) })
  const src = /<img class="logo large" src="([^"]+)"/.exec(shown.text)?.[1] ?? ''
  expect(src).toMatch(new RegExp(`^/logos/${key}/[\\w-]{43}\\.png$`))
  const image = await fetch(site.provider.url + src)
  expect(image.status).toBe(200)
  expect(Object.fromEntries(image.headers)).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  })
  expect((await sharp(Buffer.from(await image.arrayBuffer())).metadata()).width).toBe(256)
  expect((await visitor.open('/clients')).text).toContain(src)
  for (const [file, why] of [
    [fileOf(''), 'this file is empty'],
    [fileOf('<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.svg'), 'Use a PNG, JPEG or WebP picture.'],
    [fileOf(Buffer.alloc(512 * 1024 + 1)), 'at most 512 kB'],
    [fileOf(Buffer.alloc(1900 * 1024)), 'at most 512 kB'],
    [fileOf((await picture()).subarray(0, 60)), 'damaged'],
  ] as const) {
    await visitor.open(path)
    const refused = await visitor.upload(path, { logo: file })
    expect([refused.status, refused.text.includes(why)]).toEqual([422, true])
  }
  await visitor.open(path)
  await visitor.submit(`${path}/remove`)
  expect((await fetch(site.provider.url + src)).status).toBe(404)
  expect((await fetch(`${site.provider.url}/logos/${key}/..%2f..%2fx.png`)).status).toBe(404)
})

it('only who is signed in may send as much as a picture', async () => {
  const body = new FormData()
  body.append('logo', fileOf(Buffer.alloc(200 * 1024)))
  const headers = { accept: 'text/html', cookie: 'a=b' }
  const response = await fetch(`${site.provider.url}/clients/x/logo`, { method: 'POST', body, headers })
  expect(response.status).toBe(413)
})

it('an owner narrows how a client may sign', async () => {
  const visitor = await site.member()
  const keys = await site.register(visitor, { name: 'Narrow' })
  const path = `/clients/${keys.key}/policy`
  await visitor.open(path)
  const saved = await visitor.submit(path, { methods: 'HMAC-SHA256', places: 'header' })
  expect(saved.text).toContain('<dd>HMAC-SHA256</dd>')
  const send = signer(site.provider.url, keys)
  expect((await send('POST', '/oauth/initiate', { oauth_callback: 'oob' })).status).toBe(400)
  await visitor.open(path)
  const refused = await visitor.submit(path, { places: 'header' })
  expect([refused.status, refused.text.includes('Choose at least one signature method.')]).toEqual([
    422,
    true,
  ])
})

it('the page tells how much a client is used, in words, a picture and a table', async () => {
  const visitor = await site.member()
  const keys = await site.register(visitor, { name: 'Used' })
  const page = `/clients/${keys.key}`
  expect((await visitor.open(page)).text).toContain('No requests yet.')
  const wrong = signer(site.provider.url, { ...keys, secret: 'wrong' })
  await wrong('POST', '/oauth/initiate', { oauth_callback: 'oob' })
  // A refusal is told once it was looked into.
  await expect
    .poll(async () => (await visitor.open(page)).text)
    .toContain('0 requests were accepted, 1 was refused.')
  const { text } = visitor.page ?? { text: '' }
  expect(text).toMatch(
    /<svg class="chart"[^>]* role="img" aria-label="0 requests were accepted, 1 was refused\."/,
  )
  expect(text).toMatch(/<th scope="row">HMAC-SHA1<\/th><td>0<\/td><td>1<\/td>/)
  expect(text).not.toContain('style=')
  expect((await visitor.open('/clients')).text).toMatch(/no callbacks · no users · last used <time/)
})

it('the list says what to do first', async () => {
  const visitor = await site.member()
  expect((await visitor.open('/clients')).text).toContain('You have no clients yet. Register one')
})

it('nothing of it is open to others', async () => {
  const owner = await site.member()
  const { key } = await site.register(owner, { name: 'Mine' })
  const stranger = await site.member()
  await stranger.open('/clients/new')
  const form_token = /name="form_token" value="([^"]*)"/.exec(stranger.page?.text ?? '')?.[1] ?? ''
  const pages = ['', '/edit', '/secret', '/keys', '/policy', '/logo', '/delete']
  const actions = ['/secret/end', '/keys/remove', '/logo/remove', '/mode', ...pages.slice(1)]
  for (const page of pages)
    expect([page, (await stranger.open(`/clients/${key}${page}`)).status]).toEqual([page, 404])
  for (const action of actions)
    expect([action, (await stranger.post(`/clients/${key}${action}`, { form_token })).status]).toEqual([
      action,
      404,
    ])
  const nobody = new Visitor(site.provider.url)
  for (const page of pages) expect((await nobody.open(`/clients/${key}${page}`)).path).toContain('/sign-in')
  expect((await owner.open(`/clients/${key}`)).status).toBe(200)
})

it('every page is there in German', async () => {
  const visitor = new Visitor(site.provider.url, { 'accept-language': 'de' })
  await visitor.signUp('deutsch', 'correct horse battery')
  const { key } = await site.register(visitor, { name: 'Album' })
  for (const [page, words] of [
    ['', 'Geheimnis ersetzen'],
    ['/edit', 'Album</bdi> bearbeiten'],
    ['/secret', 'Wie lange soll das alte Geheimnis noch gelten?'],
    ['/keys', 'Noch kein Schlüssel.'],
    ['/policy', 'Signaturregeln von'],
    ['/logo', 'höchstens 512 kB'],
    ['/delete', 'Kein Benutzer hat ihm Zugriff gegeben.'],
  ] as const)
    expect((await visitor.open(`/clients/${key}${page}`)).text).toContain(words)
})

import { expect, it } from 'vitest'
import { signer } from './signer.ts'
import { openSite, password } from './site.ts'

const site = openSite()

it('a developer changes the name, the callbacks and what a client is for', async () => {
  const visitor = await site.member()
  const { key } = await site.register(visitor, { name: 'Before', callbacks: 'https://a.example/cb' })
  const edit = async (fields: Record<string, string>) => {
    await visitor.open(`/clients/${key}/edit`)
    return visitor.submit(`/clients/${key}/edit`, fields)
  }
  const form = await visitor.open(`/clients/${key}/edit`)
  expect(form.text).toContain('value="Before"')
  expect(form.text).toContain('>https://a.example/cb</textarea>')
  const changed = await edit({
    name: 'After',
    callbacks: 'https://b.example/cb',
    description: 'Prints <b>photos</b>.\r\nFast.',
    homepage: 'https://b.example',
    callback_rule: 'prefix',
  })
  expect(changed.path).toBe(`/clients/${key}`)
  for (const text of [
    'The changes were saved.',
    'After',
    'https://b.example/cb',
    'Prints &lt;b&gt;photos&lt;/b&gt;.\nFast.',
    '<a href="https://b.example/" rel="nofollow noreferrer">',
    'Prefix: any path below as well',
  ])
    expect(changed.text).toContain(text)
  for (const [fields, why] of [
    [{ homepage: 'javascript:alert(1)' }, 'Begin the address with https://'],
    [{ homepage: 'https:\n//b.example' }, 'Begin the address with https://'],
    [{ homepage: 'b.example' }, 'Begin the address with https://'],
    [{ homepage: 'https://user:word@b.example' }, 'Remove the user name'],
    [{ description: 'x'.repeat(501) }, 'this description has 501'],
  ] as const) {
    const refused = await edit({ name: 'After', callbacks: '', ...fields })
    expect([refused.status, refused.text.includes(why)]).toEqual([422, true])
  }
  const refused = await edit({ name: ' ', callbacks: 'b.example' })
  expect(refused.status).toBe(422)
  expect(refused.text).toContain('Enter a visible name.')
  expect((await visitor.open(`/clients/${key}`)).text).toContain('After')
})

it('a developer replaces the secret, which is shown once; the old one works for the time that was chosen', async () => {
  const visitor = await site.member()
  const before = await site.register(visitor, { name: 'Album' })
  const status = async (secret: string) => {
    const send = signer(site.provider.url, { key: before.key, secret })
    return (await send('POST', '/oauth/initiate', { oauth_callback: 'oob' })).status
  }
  const replace = async (fields: Record<string, string>) => {
    await visitor.open(`/clients/${before.key}/secret`)
    return visitor.submit(`/clients/${before.key}/secret`, fields)
  }
  const replaced = await replace({ overlap: '86400' })
  expect(replaced.text).toContain('has a new secret')
  const [, secret = ''] = [...replaced.text.matchAll(/<dd class="secret"><code>([^<]+)</g)].map(
    ([, one]) => one,
  )
  expect([await status(before.secret), await status(secret)]).toEqual([200, 200])
  expect(replaced.text).toContain('The previous secret still works until')
  const ended = await visitor.submit(`/clients/${before.key}/secret/end`)
  expect(ended.text).not.toContain('The previous secret still works')
  expect([await status(before.secret), await status(secret)]).toEqual([401, 200])
  expect((await visitor.open(`/clients/${before.key}`)).text).not.toContain(secret)
  const refused = await replace({ secret: 'short' })
  expect([refused.status, refused.text.includes('8 to 1000')]).toEqual([422, true])
  await replace({ overlap: '0', secret: 'one-from-elsewhere' })
  expect([await status(secret), await status('one-from-elsewhere')]).toEqual([401, 200])
})

it('a developer brings a key and a secret along', async () => {
  const visitor = await site.member()
  const own = { key: 'Own_key.7~x', secret: 'own-secret' }
  expect(await site.register(visitor, { name: 'Own', ...own })).toEqual(own)
  const send = signer(site.provider.url, own)
  expect((await send('POST', '/oauth/initiate', { oauth_callback: 'oob' })).status).toBe(200)
  await visitor.open(`/clients/${own.key}`)
  const flow = await visitor.open(`/playground/${own.key}/initiate`)
  expect(flow.status).toBe(200)
  const other = await site.member()
  for (const [key, secret, why] of [
    [own.key, 'own-secret', 'Another client has this key.'],
    ['new', '', 'Use a key of'],
    ['..', '', 'Use a key of'],
    ['a/b', '', 'Use a key of'],
    ['mine', 'short', 'Use a secret of'],
  ] as const) {
    await other.open('/clients/new')
    const refused = await other.submit('/clients', { name: 'Own', key, secret })
    expect([key, refused.status, refused.text.includes(why)]).toEqual([key, 422, true])
  }
})

it('a developer cannot try out at will which keys there are', async () => {
  const visitor = await site.member()
  await visitor.open('/clients/new')
  const form_token = /name="form_token" value="([^"]*)"/.exec(visitor.page?.text ?? '')?.[1] ?? ''
  const statuses: number[] = []
  for (let i = 0; i < 21; i++) {
    const { status } = await visitor.post('/clients', { form_token, name: ' ', key: `guess${i}` })
    statuses.push(status)
  }
  expect(statuses.slice(0, 20)).toEqual(Array(20).fill(422))
  expect(statuses[20]).toBe(429)
})

it.each(['edit', 'tokens', 'keys', 'logo', 'policy'])(
  'comes back to the page %s after signing in',
  async (page) => {
    const name = `back${page}`
    const visitor = await site.member(name)
    const { key } = await site.register(visitor, { name: 'Album' })
    visitor.cookies.clear()
    await visitor.open(`/clients/${key}/${page}`)
    expect((await visitor.submit('/sign-in', { name, password })).path).toBe(`/clients/${key}/${page}`)
  },
)

import { expect, it } from 'vitest'
import { sendSigned, signer, wronglySigned } from './signer.ts'
import { openSite, password } from './site.ts'
import { Visitor } from './visitor.ts'

const site = openSite({ LOG_LEVEL: 'info' })

const idOf = (response: Response) => response.headers.get('x-request-id') ?? ''

/** A client of a new member, and how it sends to the echo, signed as it is told. */
async function developer() {
  const visitor = await site.member()
  const { key, secret } = await site.register(visitor, { name: 'Album' })
  const send = (more: Partial<Parameters<typeof sendSigned>[0]> = {}) =>
    sendSigned({
      url: `${site.provider.url}/api/echo?title=a%20day`,
      client: { clientId: key, clientSecret: secret },
      ...more,
    })
  return { visitor, keys: { key, secret }, page: `/clients/${key}`, send }
}

type Developer = Awaited<ReturnType<typeof developer>>

/** The page of a refusal, which the provider may still be explaining. */
async function refusalPage({ visitor, page }: Developer, requestId: string) {
  await expect.poll(async () => (await visitor.open(`${page}/requests/${requestId}`)).status).toBe(200)
  return (visitor.page as NonNullable<typeof visitor.page>).text
}

const asPlus = wronglySigned((baseString) => baseString.replace('%2520', '%2B'))

it('shows the owner why a request was refused, by the id that the response carried', async () => {
  const one = await developer()
  const response = await one.send({ sign: asPlus })
  expect(response.status).toBe(401)
  const text = await refusalPage(one, idOf(response))
  expect(text).toContain('The client wrote a space as + in the base string.')
  expect(text).toContain('title%3Da<mark>%2520</mark>day')
  expect(text).toContain('title%3Da<mark>%2B</mark>day')
  expect(text).toContain(idOf(response))
  expect(text).not.toContain('Nothing proves')
  const list = await one.visitor.open(one.page)
  expect(list.text).toContain(`href="${one.page}/requests/${idOf(response)}"`)
  expect(list.text).toContain('<code>GET <bdi>/api/echo</bdi></code>')
})

it('says of a request with another secret that nothing proves whose it is', async () => {
  const one = await developer()
  const response = await one.send({ client: { clientId: one.keys.key, clientSecret: 'another' } })
  const text = await refusalPage(one, idOf(response))
  expect(text).toContain('Nothing proves that this request came from your client')
  expect(text).toContain('no known mistake explains it')
  expect((await one.visitor.open(one.page)).text).toContain('Unproven')
})

it('says what was wrong where the signature is right', async () => {
  const one = await developer()
  const oauth = { oauth_callback: 'https://elsewhere.example/' }
  const response = await one.send({ url: `${site.provider.url}/oauth/initiate`, method: 'POST', oauth })
  expect(response.status).toBe(400)
  const text = await refusalPage(one, idOf(response))
  expect(text).toMatch(/class="alert"><strong>oauth_callback/)
  expect(text).not.toContain('Nothing proves')
  expect(text).toContain('Temporary credentials')
})

it('names a nonce that was sent twice', async () => {
  const one = await developer()
  const oauth = {
    oauth_nonce: 'the-same',
    oauth_callback: 'oob',
    oauth_timestamp: String(Math.floor(Date.now() / 1000)),
  }
  const send = () => one.send({ url: `${site.provider.url}/oauth/initiate`, method: 'POST', oauth })
  expect((await send()).status).toBe(200)
  const text = await refusalPage(one, idOf(await send()))
  expect(text).toContain('nonce-reused')
  expect(text).toContain('The signature is right')
})

it('lists what was let through, too, without a page of its own', async () => {
  const one = await developer()
  const temporary = await signer(site.provider.url, one.keys)('POST', '/oauth/initiate', {
    oauth_callback: 'oob',
  })
  expect(temporary.status).toBe(200)
  const { text } = await one.visitor.open(`${one.page}/requests`)
  expect(text).toContain('>Accepted</span> <code>POST <bdi>/oauth/initiate</bdi></code>')
  expect(text).toContain(idOf(temporary))
  expect((await one.visitor.open(`${one.page}/requests/${idOf(temporary)}`)).status).toBe(404)
})

it('keeps neither tokens, verifiers nor signatures', async () => {
  const one = await developer()
  const token = { oauthToken: 'a-token-of-mine', oauthTokenSecret: 'wrong' }
  const responses = [
    await one.send({ token, oauth: { oauth_verifier: 'a-verifier-of-mine' } }),
    await one.send({ token, sign: () => 'c2lnbmF0dXJlIG9mIG1pbmU=' }),
  ]
  for (const response of responses) {
    const text = await refusalPage(one, idOf(response))
    expect(text).toContain('oauth_token%3D•••••••••••••••')
    for (const secret of ['a-token', 'a-verifier', 'c2lnbmF0', one.keys.secret])
      expect(text).not.toContain(secret)
  }
})

it('shows them to no one but the owner', async () => {
  const one = await developer()
  const response = await one.send({ sign: asPlus })
  await refusalPage(one, idOf(response))
  const other = await developer()
  for (const path of [
    `${one.page}/requests`,
    `${one.page}/requests/${idOf(response)}`,
    `${other.page}/requests/${idOf(response)}`,
  ])
    expect((await other.visitor.open(path)).status).toBe(404)
  const stranger = new Visitor(site.provider.url)
  const { path } = await stranger.open(`${one.page}/requests/${idOf(response)}`)
  expect(path).toBe(`/sign-in?return=${encodeURIComponent(`${one.page}/requests/${idOf(response)}`)}`)
})

it('comes back to a refusal after signing in again', async () => {
  const visitor = await site.member('rosa')
  const { key, secret } = await site.register(visitor, { name: 'Album' })
  const one = { visitor, keys: { key, secret }, page: `/clients/${key}` }
  const client = { clientId: key, clientSecret: secret }
  const response = await sendSigned({ url: `${site.provider.url}/api/echo?a=a%20b`, client, sign: asPlus })
  await refusalPage(one as Developer, idOf(response))
  visitor.cookies.clear()
  const page = `${one.page}/requests/${idOf(response)}`
  await visitor.open(page)
  expect((await visitor.submit('/sign-in', { name: 'rosa', password })).path).toBe(page)
})

it('explains a refused request with a body that is no form', async () => {
  const one = await developer()
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'OAuth oauth_version="1.0"' },
  }
  const response = await fetch(`${site.provider.url}/api/echo`, { ...init, body: '{"a":1}' })
  expect(response.status).toBe(400)
  expect((await one.send({ method: 'POST', sign: asPlus })).status).toBe(401)
})

it('advises a client in development in the response, and one that is live on the page alone', async () => {
  const one = await developer()
  const json = async () => (await one.send({ sign: asPlus })).json()
  expect(await json()).toMatchObject({
    error: 'invalid_signature',
    advice: expect.stringContaining('space as +'),
  })
  const wrong = await one.send({ client: { clientId: one.keys.key, clientSecret: 'another' } })
  expect(await wrong.json()).not.toHaveProperty('advice')
  expect((await one.visitor.open(one.page)).text).toContain('Mode: development')
  const { text } = await one.visitor.submit(`${one.page}/mode`)
  expect(text).toContain('Mode: live')
  expect(text).toContain('The client is now live.')
  expect(await json()).not.toHaveProperty('advice')
  expect((await one.visitor.submit(`${one.page}/mode`)).text).toContain('Mode: development')
  expect(await json()).toHaveProperty('advice')
})

it('lets only the owner switch the mode, to one that there is', async () => {
  const [one, other] = [await developer(), await developer()]
  await one.visitor.open(one.page)
  await other.visitor.open(other.page)
  const form_token = /name="form_token" value="([^"]+)"/.exec(other.visitor.page?.text ?? '')?.[1] ?? ''
  expect((await other.visitor.post(`${one.page}/mode`, { form_token, mode: 'live' })).status).toBe(404)
  expect((await other.visitor.post(`${other.page}/mode`, { form_token, mode: 'sleeping' })).status).toBe(404)
  expect((await one.visitor.open(one.page)).text).toContain('Mode: development')
})

it('logs the causes of a refusal under the id of its request, and no base string', async () => {
  const one = await developer()
  const response = await one.send({ sign: asPlus })
  await refusalPage(one, idOf(response))
  const lines = site.provider.output.stderr.split('\n').filter((line) => line.includes(idOf(response)))
  const refused = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'refused')
  expect(refused).toMatchObject({
    endpoint: 'resource',
    code: 'invalid_signature',
    clientId: one.keys.key,
    outcome: 'explained',
    causes: ['blank-as-plus'],
    proven: true,
  })
  expect(lines.some((line) => line.includes('"msg":"request"'))).toBe(true)
  expect(site.provider.output.stderr).not.toContain('title')
})

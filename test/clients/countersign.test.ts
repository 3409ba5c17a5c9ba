import { createServer, type RequestListener, type Server } from 'node:http'
import { type ClientOptions, OAuth1Client } from 'countersign/client'
import { OAuth } from 'oauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hardPairs, openSetting, type Setting, sorted } from './setting.ts'

const methods = [
  'HMAC-SHA1',
  'HMAC-SHA256',
  'HMAC-SHA512',
  'RSA-SHA1',
  'RSA-SHA256',
  'RSA-SHA512',
  'PLAINTEXT',
] as const
const cases = methods.flatMap((method) =>
  (['header', 'query', 'body'] as const).map((place) => [method, place] as const),
)

describe('countersign/client', () => {
  let setting: Setting
  beforeAll(async () => {
    setting = await openSetting()
  })
  afterAll(() => setting?.close())

  function clientWith(signatureMethod: (typeof methods)[number], more: Partial<ClientOptions> = {}) {
    const { site, client, rsaClient } = setting
    const keys = signatureMethod.startsWith('RSA')
      ? { clientId: rsaClient.key, privateKey: rsaClient.privateKey }
      : { clientId: client.key, clientSecret: client.secret }
    const endpoints = {
      initiate: `${site}/oauth/initiate`,
      authorize: `${site}/oauth/authorize`,
      token: `${site}/oauth/token`,
    }
    return new OAuth1Client({ ...keys, endpoints, signatureMethod, ...more })
  }

  it.each(cases)('goes through the flow and calls the API with %s, %s', async (method, place) => {
    const client = clientWith(method, { place })
    const temporary = await client.requestTemporaryCredential()
    const { pathname, search } = new URL(client.authorizationUrl(temporary))
    const token = await client.requestToken(temporary, await setting.allow(pathname + search))
    const { fetch } = client.withToken(token)

    const body = new URLSearchParams(hardPairs.map(([name, value]): [string, string] => [name, value]))
    for (const verb of ['POST', 'PUT', 'PATCH']) {
      const echoed = await echo(await fetch(`${setting.site}/api/echo`, { method: verb, body }))
      expect(echoed).toMatchObject({ method: verb, signatureMethod: method, place, user: { name: 'rosa' } })
      expect(sorted(echoed.parameters)).toEqual(sorted(hardPairs))
    }
    if (place === 'body') return
    const { parameters } = await echo(await fetch(`${setting.site}/api/echo?${body}`))
    expect(sorted(parameters)).toEqual(sorted(hardPairs))
  })

  it('comes back to a callback with the verifier, or with the refusal', async () => {
    const client = clientWith('HMAC-SHA256')
    const decide = async (decision: 'allow' | 'deny') => {
      const temporary = await client.requestTemporaryCredential('http://127.0.0.1:1/callback')
      const { pathname, search } = new URL(client.authorizationUrl(temporary))
      await setting.visitor.open(pathname + search)
      const { headers } = await setting.visitor.submit('/oauth/authorize', { decision })
      return { temporary, returned: headers.get('location') ?? '' }
    }
    const { temporary, returned } = await decide('allow')
    const token = await client.requestToken(temporary, client.readCallback(returned, temporary))
    expect((await client.withToken(token).fetch(`${setting.site}/api/me`)).status).toBe(200)
    const denied = await decide('deny')
    expect(() => client.readCallback(denied.returned, denied.temporary)).toThrow(/Access was not granted/)
  })

  it('shows what the provider said', async () => {
    const stranger = clientWith('HMAC-SHA1', { clientId: 'nobody' })
    await expect(stranger.requestTemporaryCredential()).rejects.toMatchObject({
      code: 'refused',
      response: { status: 401, error: 'invalid_signature' },
    })
  })

  it('corrects a clock that is an hour slow by the Date of the provider', async () => {
    const now = () => Date.now() / 1000 - 3600
    await expect(clientWith('HMAC-SHA1', { now }).requestTemporaryCredential()).rejects.toThrow(/401/)
    const client = clientWith('HMAC-SHA1', { now, clockCorrection: true })
    await expect(client.requestTemporaryCredential()).resolves.toHaveProperty('oauthToken')
  })
})

describe('over the network of this runtime', () => {
  const seen: {
    url: string | undefined
    authorization: string | undefined
    cookie: string | undefined
    body: string
  }[] = []
  const servers: Server[] = []
  let here = ''
  let there = ''
  beforeAll(async () => {
    const record =
      (response: RequestListener): RequestListener =>
      async (req, res) => {
        let body = ''
        for await (const chunk of req) body += chunk
        const { authorization, cookie } = req.headers
        seen.push({ url: req.url, authorization, cookie, body })
        response(req, res)
      }
    there = await listen(record((_, res) => res.end('there')))
    here = await listen(
      record((req, res) => {
        const to = new URL(req.url ?? '', 'http://host').searchParams.get('to')
        if (to === null) return res.end('here')
        return res.writeHead(307, { location: to }).end('moved')
      }),
    )
  })
  afterAll(() => servers.map((server) => server.close()))

  async function listen(handler: RequestListener): Promise<string> {
    const server = createServer(handler)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  const client = new OAuth1Client({ clientId: 'client', clientSecret: 'secret' })
  const init = { method: 'PUT', headers: { cookie: 'a=1' }, body: new URLSearchParams({ a: '1' }) }

  it('signs a redirect within the origin again', async () => {
    seen.length = 0
    const response = await client.fetch(`${here}/?to=/next`, init)
    expect(await response.text()).toBe('here')
    expect(response).toMatchObject({ url: `${here}/next`, redirected: true })
    expect(seen.map(({ url, body, cookie }) => [url, body, cookie])).toEqual([
      ['/?to=/next', 'a=1', 'a=1'],
      ['/next', 'a=1', 'a=1'],
    ])
    const [first, second] = seen.map(({ authorization }) => authorization)
    expect(second).toMatch(/^OAuth oauth_consumer_key="client", .*oauth_signature="/)
    expect(second).not.toBe(first)
  })

  it('follows a redirect to another port without credentials', async () => {
    seen.length = 0
    const response = await client.fetch(`${here}/?to=${there}/next`, init)
    expect(await response.text()).toBe('there')
    expect(seen[1]).toEqual({ url: '/next', body: 'a=1', authorization: undefined, cookie: undefined })
  })

  it('sends a stream in pieces, and ends with the signal', async () => {
    seen.length = 0
    const body = new ReadableStream({
      start(controller) {
        for (const piece of ['one ', 'two']) controller.enqueue(new TextEncoder().encode(piece))
        controller.close()
      },
    })
    expect((await client.fetch(`${here}/`, { method: 'POST', body })).status).toBe(200)
    expect(seen[0]?.body).toBe('one two')
    const aborted = client.fetch(`${here}/`, { signal: AbortSignal.abort(new Error('enough')) })
    await expect(aborted).rejects.toThrow('enough')
  })
})

describe('oauth (npm)', () => {
  const url = 'https://photos.example.net/a%20b?q=Gr%C3%BC%C3%9Fe%20%26%20k%C3%BCsse&size=large&empty='

  it.each(['HMAC-SHA1', 'HMAC-SHA256', 'PLAINTEXT'] as const)(
    'has the same signature by %s',
    (signatureMethod) => {
      for (const method of ['GET', 'DELETE', 'POST']) {
        const peer = new OAuth('', '', 'client', 'secret & %', '1.0', 'oob', signatureMethod)
        const theirs = parameters(peer.authHeader(url, 'token', 'token-secret', method))
        const client = new OAuth1Client({
          clientId: 'client',
          clientSecret: 'secret & %',
          token: { oauthToken: 'token', oauthTokenSecret: 'token-secret' },
          signatureMethod,
          now: () => Number(theirs['oauth_timestamp']),
          nonce: () => theirs['oauth_nonce'] ?? '',
        })
        expect(parameters(client.sign({ method, url }).authorization ?? '')).toEqual(theirs)
      }
    },
  )
})

async function echo(response: Response): Promise<{ readonly parameters: [string, string][] }> {
  return (await response.json()) as { parameters: [string, string][] }
}

function parameters(authorization: string): Record<string, string> {
  const pairs = [...authorization.matchAll(/(oauth_\w+)="([^"]*)"/g)]
  return Object.fromEntries(pairs.map(([, name, value = '']) => [name, decodeURIComponent(value)]))
}

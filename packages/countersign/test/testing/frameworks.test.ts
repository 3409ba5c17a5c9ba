import { countersign, currentCredential, requireOAuth } from 'countersign/fastify'
import { type Approve, approvedBy, TestClient } from 'countersign/testing'
import fastify from 'fastify'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { App, token } from '../adapters/app.ts'
import { harnesses } from '../adapters/bodies.ts'
import { fetchApp } from '../adapters/fetch-app.ts'
import { honoApp } from '../adapters/hono-app.ts'
import type { Served } from '../adapters/suite.ts'

const known = { clientId: 'client', clientSecret: 'secret' }
const form = { 'a b': 'ü & =', empty: '' }
const fields = [
  ['a b', 'ü & ='],
  ['empty', ''],
]

/** Presses the only button: the test application's authorization endpoint approves as user 7, whoever opens it. */
const overHttp: Approve = async (url) => {
  const response = await fetch(url, { redirect: 'manual' })
  const code = /<code>([^<]+)<\/code>/.exec(await response.text())?.[1]
  return code ?? response.headers.get('location') ?? ''
}

describe.each(harnesses.map((harness) => [harness.name, harness] as const))('over HTTP, %s', (_, harness) => {
  const app = new App()
  let served: Served
  let client: TestClient
  beforeAll(async () => {
    served = await harness.serve(app, { parser: 'none', trust: false })
    client = new TestClient({ ...known, origin: served.base })
  })
  afterAll(() => served?.close())

  it('accepts what fetch sends, relative to the origin', async () => {
    const response = await client.withToken(token(3)).fetch('/api/echo?q=a%20b&q=%C3%BC')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ inContext: 'token3', method: 'GET' })
  })

  it('accepts a signed form, and its handler reads it', async () => {
    const response = await fetch(
      client.request('/api/echo', { method: 'POST', form, token: token(), headers: { 'x-own': '1' } }),
    )
    expect(await response.json()).toMatchObject({ signed: fields, inContext: 'token0' })
  })

  it('refuses what is made to be refused', async () => {
    const ada = client.withToken(token())
    const refused = async (made: Parameters<typeof ada.fetch>[1]) => {
      const response = await ada.fetch('/api/echo', { headers: { accept: 'application/json' }, ...made })
      return [response.status, ((await response.json()) as { error?: string }).error]
    }
    expect(await refused({ timestamp: 1 })).toEqual([401, 'invalid_nonce'])
    expect(await refused({ clientSecret: 'wrong' })).toEqual([401, 'invalid_signature'])
    expect(await refused({ token: { ...token(), oauthTokenSecret: 'wrong' } })).toEqual([
      401,
      'invalid_signature',
    ])
    expect(await refused({ token: null })).toEqual([400, 'missing_required_parameter'])
    const once = { timestamp: Math.floor(Date.now() / 1000), nonce: 'twice' }
    expect((await ada.fetch('/api/echo', once)).status).toBe(200)
    expect(await refused(once)).toEqual([401, 'invalid_nonce'])
  })

  it.each([undefined, 'http://127.0.0.1:1/callback'])(
    'runs the flow, with the callback %s',
    async (callback) => {
      const user = await client.authorize(overHttp, callback === undefined ? {} : { callback })
      const response = await user.fetch('/oauth/revoke', { method: 'POST' })
      expect(response.status).toBe(200)
      expect((await user.fetch('/api/echo')).status).toBe(401)
    },
  )
})

/** In this process: one way of sending for each way of testing. */
const inProcess: [string, (app: App) => (client: TestClient, made: Made) => Promise<Sent>][] = [
  [
    'app.request of Hono',
    (app) => {
      const web = honoApp(app, 'after')
      return async (client, made) => sentOf(await web.request(client.request('/api/echo?x=1', made)))
    },
  ],
  [
    'a handler that takes a Request',
    (app) => {
      const handler = fetchApp(app)
      return async (client, made) => sentOf(await handler(client.request('/api/echo?x=1', made)))
    },
  ],
  [
    'inject of Fastify',
    (app) => {
      const web = fastify()
      web.register(countersign)
      web.all('/api/echo', { onRequest: requireOAuth(app.protector) }, (req) => {
        return { inContext: currentCredential(req).oauthToken, fields: Object.entries(req.body ?? {}) }
      })
      return async (client, made) => {
        const response = await web.inject(client.inject('/api/echo?x=1', made))
        return { status: response.statusCode, body: response.json() }
      }
    },
  ],
  ...harnesses
    .filter(({ name }) => !/workerd/i.test(name))
    .map((harness): (typeof inProcess)[number] => [
      `supertest, ${harness.name}`,
      (app) => async (client, made) => {
        const served = await harness.serve(app, { parser: 'none', trust: false })
        const asked = made.method === 'POST' ? request(served.base).post : request(served.base).get
        const response = await asked('/api/echo?x=1')
          .set(client.headers('/api/echo?x=1', made))
          .send(made.form && new URLSearchParams(made.form).toString())
        await served.close()
        return { status: response.status, body: response.body }
      },
    ]),
]

interface Made {
  readonly method?: string
  readonly form?: Record<string, string>
  readonly timestamp?: number
}

interface Sent {
  readonly status: number
  readonly body: unknown
}

async function sentOf(response: Response): Promise<Sent> {
  return { status: response.status, body: await response.json() }
}

describe.each(inProcess)('%s', (_, sending) => {
  it('accepts a signed request with a form, and one without; refuses an old one', async () => {
    const client = new TestClient({ ...known, token: token(1) })
    const send = sending(new App())
    expect(await send(client, {})).toMatchObject({ status: 200, body: { inContext: 'token1' } })
    const sent = await send(client, { method: 'POST', form })
    expect(sent).toMatchObject({ status: 200, body: { fields } })
    expect(await send(client, { timestamp: 1 })).toMatchObject({ status: 401 })
  })
})

describe('in this process, with an origin whose path prefix a proxy removes', () => {
  const origin = 'https://api.example.com/v1'
  const app = new App({ insecureTransport: false, origin })

  it.each(inProcess.slice(0, 3))('%s', async (_, sending) => {
    const send = sending(app)
    for (const place of ['header', 'query'] as const) {
      const client = new TestClient({ ...known, origin, place, token: token(1) })
      expect(await send(client, {})).toMatchObject({ status: 200, body: { inContext: 'token1' } })
      const sent = await send(client, { method: 'POST', form })
      expect(sent).toMatchObject({ status: 200, body: { fields } })
    }
  })

  it('the flow, with a fetch that removes it', async () => {
    const web = honoApp(app, 'none')
    const client = new TestClient({
      ...known,
      origin,
      fetch: async (url, init) => web.request(url.replace('/v1', ''), init),
    })
    const grace = await client.authorize(approvedBy(app.server, { id: 'grace' }))
    expect((await grace.fetch('/oauth/revoke', { method: 'POST' })).status).toBe(200)
  })
})

describe('the flow in this process', () => {
  const app = new App({ insecureTransport: false, origin: 'https://api.example.com' })
  const web = honoApp(app, 'none')
  const client = new TestClient({
    ...known,
    origin: 'https://api.example.com',
    fetch: async (url, init) => web.request(url, init),
  })

  it('is approved on the server itself, for a code or a callback', async () => {
    for (const callback of ['oob', 'http://127.0.0.1:1/callback']) {
      const grace = await client.authorize(approvedBy(app.server, { id: 'grace' }, { scope: 'read' }), {
        callback,
        parameters: { scope: 'read write' },
      })
      const sent = await grace.fetch('/oauth/revoke', { method: 'POST' })
      expect(sent.status).toBe(200)
    }
  })

  it('is denied', async () => {
    for (const callback of ['oob', 'http://127.0.0.1:1/callback'])
      await expect(client.authorize(approvedBy(app.server, null), { callback })).rejects.toMatchObject({
        code: 'access_denied',
      })
  })

  it('takes other addresses', async () => {
    const elsewhere = new TestClient({ ...known, endpoints: { initiate: '/request_token' } })
    await expect(elsewhere.authorize(() => '').catch((error: Error) => error.message)).resolves.toContain(
      'http://localhost/request_token',
    )
  })
})

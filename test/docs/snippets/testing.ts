import assert from 'node:assert/strict'
import { AuthorizationServer, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { currentCredential, endpoint, requireOAuth } from 'countersign/hono'
import { memoryHooks } from 'countersign/memory'
import { TestClient } from 'countersign/testing'
import { Hono } from 'hono'

const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 'demo-secret' }] })
const server = new AuthorizationServer({ hooks })
const app = new Hono()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/authorize', endpoint(devConsent(server)))
app.all('/oauth/token', endpoint(server.token))
const protector = new ResourceProtector({ hooks })
app.get('/api/me', requireOAuth(protector), (c) => c.json({ userId: currentCredential(c).userId }))

const origin = 'https://localhost'
const client = new TestClient({
  clientId: 'demo',
  clientSecret: 'demo-secret',
  origin,
  fetch: async (url, init) => app.request(url, init),
})

/** As the guide has it, where the application listens. */
const fetch = async (url: string, init: RequestInit) => app.request(url, init)

const ada = await client.authorize(async (address) => {
  const body = new URLSearchParams({ user: 'ada', decision: 'allow' })
  const page = await fetch(address, { method: 'POST', body })
  return /<code>([^<]+)/.exec(await page.text())?.[1] ?? ''
})

assert.deepEqual(await (await ada.fetch('/api/me')).json(), { userId: 'ada' })

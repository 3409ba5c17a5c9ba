import './environment.ts'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { TestClient } from 'countersign/testing'
import { start } from './start.ts'

const { origin, addClient, stop } = await start()
after(stop)

const callback = 'http://localhost:8080/callback'
const [clientId, clientSecret] = [`test-${randomUUID()}`, randomUUID()]
await addClient({ clientId, clientSecret, callbacks: [callback] })
const client = new TestClient({ clientId, clientSecret, origin })

/** Presses a button of the consent page; returns the address that the browser is sent to. */
async function decide(address: string, decision: 'allow' | 'deny'): Promise<string> {
  const page = await fetch(address)
  assert.match(await page.text(), new RegExp(`${clientId} asks for access`))
  const body = new URLSearchParams({ user: 'ada', decision })
  const response = await fetch(address, { method: 'POST', body, redirect: 'manual' })
  assert.equal(response.status, 302, await response.text())
  return response.headers.get('location') ?? ''
}

test('a client reads /api/me for the user who approved it, until its token is revoked', async () => {
  const ada = await client.authorize((address) => decide(address, 'allow'), { callback })
  const me = await ada.fetch('/api/me')
  assert.equal(me.status, 200)
  assert.deepEqual(await me.json(), { userId: 'ada' })

  const revoked = await ada.fetch('/api/token', { method: 'DELETE' })
  assert.equal(revoked.status, 204)
  const again = await ada.fetch('/api/me')
  assert.equal(again.status, 401)
})

test('a request without a signature gets 401', async () => {
  const response = await fetch(`${origin}/api/me`)
  assert.equal(response.status, 401)
  assert.match(response.headers.get('www-authenticate') ?? '', /^OAuth /)
})

test('a client whose user denied access gets no token', async () => {
  const denied = client.authorize((address) => decide(address, 'deny'), { callback })
  await assert.rejects(denied, { code: 'access_denied' })
})

import './environment.ts'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { OAuth1Client } from 'countersign/client'
import { start } from './start.ts'

const { origin, addClient, stop } = await start()
after(stop)

const callback = 'http://localhost:8080/callback'
const [clientId, clientSecret] = [`test-${randomUUID()}`, randomUUID()]
await addClient({ clientId, clientSecret, callbacks: [callback] })

const client = new OAuth1Client({
  clientId,
  clientSecret,
  endpoints: {
    initiate: `${origin}/oauth/initiate`,
    authorize: `${origin}/oauth/authorize`,
    token: `${origin}/oauth/token`,
  },
})

/** Presses a button of the consent page; returns the address that the browser is sent to. */
async function decide(oauthToken: string, decision: 'allow' | 'deny'): Promise<string> {
  const body = new URLSearchParams({ oauth_token: oauthToken, user: 'ada', decision })
  const response = await fetch(`${origin}/oauth/authorize`, { method: 'POST', body, redirect: 'manual' })
  assert.equal(response.status, 302, await response.text())
  return response.headers.get('location') ?? ''
}

test('a client reads /api/me for the user who approved it, until its token is revoked', async () => {
  const temporary = await client.requestTemporaryCredential(callback)
  const page = await fetch(client.authorizationUrl(temporary))
  assert.match(await page.text(), new RegExp(`${clientId} asks for access`))
  const location = await decide(temporary.oauthToken, 'allow')
  const token = await client.requestToken(temporary, client.readCallback(location, temporary))
  const signed = client.withToken(token)

  const me = await signed.fetch(`${origin}/api/me`)
  assert.equal(me.status, 200)
  assert.deepEqual(await me.json(), { userId: 'ada' })

  const revoked = await signed.fetch(`${origin}/api/token`, { method: 'DELETE' })
  assert.equal(revoked.status, 204)
  const again = await signed.fetch(`${origin}/api/me`)
  assert.equal(again.status, 401)
})

test('a request without a signature gets 401', async () => {
  const response = await fetch(`${origin}/api/me`)
  assert.equal(response.status, 401)
  assert.match(response.headers.get('www-authenticate') ?? '', /^OAuth /)
})

test('a client whose user denied access gets no token', async () => {
  const temporary = await client.requestTemporaryCredential(callback)
  const location = await decide(temporary.oauthToken, 'deny')
  assert.throws(() => client.readCallback(location, temporary), { code: 'access_denied' })
})

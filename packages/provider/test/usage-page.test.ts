import { afterAll, beforeAll, expect, it } from 'vitest'
import { ThirdParty } from '../../../test/support/third-party.ts'
import { createAccount } from '../src/accounts/accounts.ts'
import { setRole } from '../src/accounts/administrators.ts'
import { registerClient } from '../src/clients/registration.ts'
import { createProvider, type Provider } from '../src/provider.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { Visitor } from './visitor.ts'

const password = 'correct horse battery'
let provider: Provider
let ada: Visitor
beforeAll(async () => {
  provider = await createProvider({
    port: 0,
    database: ':memory:',
    logLevel: 'silent',
    options: {
      supportedSignatureMethods: ['HMAC-SHA1', 'HMAC-SHA256', 'PLAINTEXT'],
      insecureTransport: true,
    },
  })
  const { services } = provider
  const { id } = await createAccount(services.db, 'ada', password)
  await setRole(services.db, id, 'admin')
  ada = new Visitor(provider.address)
  await ada.signIn('ada', password)
  for (const [name, method, place] of [
    ['Album <b>', 'HMAC-SHA1', 'query'],
    ['Modern', 'HMAC-SHA256', 'header'],
    ['Plain', 'PLAINTEXT', 'header'],
  ] as const) {
    const { clientId, clientSecret } = await registerClient(services.db, { name, callbacks: [] })
    const { oauthToken, oauthTokenSecret } = await issueToken(services, clientId, id)
    const token = { key: oauthToken, secret: oauthTokenSecret }
    const client = new ThirdParty({ key: clientId, secret: clientSecret }, method)
    const { status } = await client.send('GET', `${provider.address}/api/me`, { token, place })
    expect(status).toBe(200)
  }
})
afterAll(() => provider.close())

it('shows who signs how, at once, and escapes names', async () => {
  const { text } = await ada.open('/admin/usage')
  expect(text).toContain('Album &lt;b&gt;')
  expect(text).not.toContain('<b>')
  expect(text).toMatch(/<code>HMAC-SHA1<\/code> · in the query · 1 accepted, 0 refused/)
  expect(text).toContain('<a href="/admin/usage" aria-current="page">Usage</a>')
})

it('is filtered by weakness, by client and by days', async () => {
  const names = async (query: string) =>
    [
      ...(await ada.open(`/admin/usage${query}`)).text.matchAll(
        /<p><a href="[^"]*"><bdi class="name" title="([^"]*)"/g,
      ),
    ].map(([, name]) => name)
  expect((await names('?kind=weak')).sort()).toEqual(['Album &lt;b&gt;', 'Plain'])
  expect(await names('?kind=plaintext&days=7')).toEqual(['Plain'])
  expect(await names('?kind=query')).toEqual(['Album &lt;b&gt;'])
  expect(await names('?client=mod')).toEqual(['Modern'])
  expect(await names('?kind=body')).toEqual([])
  // Anything other than a filter filters nothing.
  expect(await names('?kind=odd&days=-1')).toHaveLength(3)
})

it('can be downloaded as JSON and CSV, as it is filtered', async () => {
  const json = JSON.parse((await ada.open('/admin/export/usage.json?kind=weak&client=plain')).text)
  expect(json).toEqual([
    {
      client: expect.any(String),
      client_name: 'Plain',
      method: 'PLAINTEXT',
      hash: '',
      place: 'header',
      accepted: 1,
      refused: 0,
      first_at: expect.stringMatching(/^\d{4}-/),
      last_at: expect.stringMatching(/Z$/),
      oauth2_client_id: null,
    },
  ])
  const csv = (await ada.open('/admin/export/usage.csv?kind=query')).text.split('\r\n')
  expect(csv[0]).toBe(
    'client,client_name,method,hash,place,accepted,refused,first_at,last_at,oauth2_client_id',
  )
  expect(csv[1]).toMatch(/^[^,]+,Album <b>,HMAC-SHA1,SHA-1,query,1,0,/)
})

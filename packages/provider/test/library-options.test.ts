import type { OAuth1Event } from 'countersign'
import { expect, it } from 'vitest'
import { createProvider, registerClient, settingsFromEnv } from '../src/index.ts'
import { documentedErrors } from '../src/settings/settings.ts'
import { sendSigned, signer } from './signer.ts'

/** A provider with the settings of such an environment, and a client of it. */
async function started(env: Record<string, string>, options = {}) {
  const settings = settingsFromEnv({
    PORT: '0',
    COUNTERSIGN_DATABASE: ':memory:',
    LOG_LEVEL: 'silent',
    ...env,
  })
  const provider = await createProvider({ ...settings, options: { ...settings.options, ...options } })
  const { clientId, clientSecret } = await registerClient(provider.services.db, {
    name: 'Album',
    callbacks: [],
  })
  const send = signer(provider.address, { key: clientId, secret: clientSecret })
  return { provider, client: { clientId, clientSecret }, send }
}

type Send = ReturnType<typeof signer>
const initiate = (send: Send) => send('POST', '/oauth/initiate', { oauth_callback: 'oob' })
const echo = (send: Send) => send('POST', '/api/echo', {})

it.each<[string, Record<string, string>, (send: Send) => Promise<Response>, before: number, after: number]>([
  ['two-legged requests', { OAUTH1_TWO_LEGGED: 'true' }, echo, 400, 200],
  [
    'GET at the token endpoints',
    { OAUTH1_GET_TOKEN_ENDPOINTS: '1' },
    (send) => send('GET', '/oauth/initiate', { oauth_callback: 'oob' }),
    405,
    200,
  ],
  ['places', { OAUTH1_PLACES: 'query' }, initiate, 200, 400],
  ['signature methods', { OAUTH1_SUPPORTED_SIGNATURE_METHODS: 'RSA-SHA256' }, initiate, 200, 400],
  [
    'callbacks that were not registered',
    { OAUTH1_ALLOW_UNREGISTERED_CALLBACKS: 'true' },
    (send) => send('POST', '/oauth/initiate', { oauth_callback: 'https://a.example/cb' }),
    400,
    200,
  ],
  [
    'scopes',
    { SCOPES: 'a do a; b do b', OAUTH1_SCOPES: 'b' },
    (send) => send('POST', '/oauth/initiate', { oauth_callback: 'oob', scope: 'authorizations:read' }),
    200,
    400,
  ],
])('the environment sets %s', async (_, env, ask, before, after) => {
  for (const [given, status] of [
    [{}, before],
    [env, after],
  ] as const) {
    const { provider, send } = await started(given)
    expect((await ask(send)).status).toBe(status)
    await provider.close()
  }
})

it.each([
  [{}, `${documentedErrors}#missing_credentials`],
  [{ OAUTH1_ERROR_PAGE: 'https://example.com/errors' }, 'https://example.com/errors#missing_credentials'],
  [{ OAUTH1_ERROR_PAGE: 'false' }, undefined],
])('with %j, refusals link to %s', async (settings, link) => {
  const { provider } = await started(settings)
  const response = await fetch(`${provider.address}/api/me`)
  expect(((await response.json()) as { error_uri?: string }).error_uri).toBe(link)
  const stray = await fetch(`${provider.address}/api/nowhere`)
  const { error_uri } = (await stray.json()) as { error_uri?: string }
  expect(error_uri).toBe(link?.replace('missing_credentials', 'not_found'))
  await provider.close()
})

it('the environment sets how problems are reported', async () => {
  const { provider, client } = await started({ OAUTH1_PROBLEM_REPORTING: 'true', OAUTH1_REALM: 'Photos' })
  const wrong = { ...client, clientSecret: 'wrong' }
  const response = await sendSigned({
    method: 'POST',
    url: `${provider.address}/oauth/initiate`,
    client: wrong,
    oauth: { oauth_callback: 'oob' },
  })
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toMatch(/^OAuth realm="Photos", oauth_problem="/)
  await provider.close()
})

it('functions are passed on where the provider is made in a program', async () => {
  const events: OAuth1Event['type'][] = []
  const { provider, send } = await started({}, { on: ({ type }: OAuth1Event) => events.push(type) })
  expect((await initiate(send)).status).toBe(200)
  expect(events).toEqual(['issued'])
  await provider.close()
})

it('echoes at addresses below /api/echo too', async () => {
  const { provider, send } = await started({ OAUTH1_TWO_LEGGED: 'true' })
  const response = await send('PUT', '/api/echo/photos/7%20b', {})
  expect([response.status, await response.json()]).toMatchObject([
    200,
    { method: 'PUT', path: '/api/echo/photos/7%20b' },
  ])
  await provider.close()
})

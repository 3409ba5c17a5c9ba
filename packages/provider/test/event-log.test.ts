import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { keysFrom } from '../../../test/support/third-party.ts'
import { loggedError } from '../src/telemetry/log.ts'
import { type ProviderProcess, runCliJson, runProvider, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'
import { Visitor } from './visitor.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

function linesOf({ output }: ProviderProcess): Record<string, unknown>[] {
  return output.stderr
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

it('tells the whole flow at the finest level, each line with its request, and no secret, token or verifier', async () => {
  const cwd = directory.path
  const { clientId, clientSecret } = await runCliJson<{ clientId: string; clientSecret: string }>(cwd, [
    ...['client', 'add', '--name', 'Album', '--callback', 'https://album.example/cb'],
  ])
  const provider = await runProvider(cwd, { LOG_LEVEL: 'trace' })
  const send = signer(provider.url, { key: clientId, secret: clientSecret })
  const visitor = new Visitor(provider.url)
  await visitor.signUp('vera', 'correct horse battery')
  const signUpCookie = visitor.cookies.get('countersign') ?? ''
  const temporary = await keysFrom(
    await send('POST', '/oauth/initiate', { oauth_callback: 'https://album.example/cb' }),
  )
  await visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`)
  await visitor.submit('/sign-out')
  await visitor.signIn('vera', 'incorrect horse')
  await visitor.signIn('vera', 'correct horse battery')
  await visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`)
  const { leftFor } = await visitor.submit('/oauth/authorize', { decision: 'allow' })
  const verifier = new URL(leftFor ?? '').searchParams.get('oauth_verifier') ?? ''
  const withTemporary = signer(provider.url, { key: clientId, secret: clientSecret }, temporary)
  const token = await keysFrom(await withTemporary('POST', '/oauth/token', { oauth_verifier: verifier }))
  const withToken = signer(provider.url, { key: clientId, secret: clientSecret }, token)
  const me = await withToken('GET', '/api/me', {})
  const requestId = me.headers.get('x-request-id')
  expect(me.status).toBe(200)
  const wrong = await signer(provider.url, { key: clientId, secret: 'x' }, token)('GET', '/api/me', {})
  expect(wrong.status).toBe(401)
  expect((await withToken('POST', '/oauth/revoke', {})).status).toBe(200)
  await provider.stop()

  const lines = linesOf(provider)
  const messages = new Set(lines.map(({ msg }) => msg))
  for (const message of [
    'signed in',
    'sign-in refused',
    'temporary credential issued',
    'approved',
    'token issued',
    'accepted',
    'refused',
    'token revoked',
    'request',
  ]) {
    expect(messages).toContain(message)
  }
  // Only the start and the end have no request.
  expect(lines.filter((line) => line['requestId'] === undefined)).toMatchObject([
    { msg: 'audit', action: 'provider.started' },
    { msg: 'stopping' },
    { msg: 'stopped', milliseconds: expect.any(Number) },
  ])
  expect(lines.filter((line) => line['requestId'] === requestId)).toMatchObject([
    { msg: 'accepted', clientId, userId: expect.anything() },
    { msg: 'request', method: 'GET', path: '/api/me', status: 200, clientId, network: '127.0.0.1' },
  ])
  // A page's line names the user who is signed in.
  const consent = lines.find((line) => line['path'] === '/oauth/authorize' && line['method'] === 'POST')
  expect(consent).toMatchObject({ userId: expect.any(Number), status: 302 })
  const secrets = {
    clientSecret,
    password: 'correct horse',
    wrongPassword: 'incorrect horse',
    signUpCookie,
    cookie: visitor.cookies.get('countersign') ?? '',
    temporary: temporary.key,
    temporarySecret: temporary.secret,
    verifier,
    token: token.key,
    tokenSecret: token.secret,
    signature: 'oauth_signature',
  }
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length).toBeGreaterThan(7)
    expect([name, provider.output.stderr.includes(secret)]).toEqual([name, false])
  }
})

describe('the name that a caller gives a request', () => {
  it.each([
    ['is noted under another name from a trusted proxy', 'loopback', 'edge-42', 'edge-42'],
    ['is left out where it is long', 'loopback', 'x'.repeat(129), undefined],
    ['is left out where it holds a space', 'loopback', 'a b', undefined],
    ['is left out from anyone else', '192.0.2.1', 'edge-42', undefined],
  ])('%s', async (_, TRUSTED_PROXIES, given, noted) => {
    const provider = await runProvider(directory.path, { LOG_LEVEL: 'info', TRUSTED_PROXIES })
    const own = await new Promise((resolve, reject) => {
      const sent = request(`${provider.url}/healthz`, { headers: { 'x-request-id': given } }, (response) => {
        text(response).then(() => resolve(response.headers['x-request-id']), reject)
      })
      sent.on('error', reject).end()
    })
    await provider.stop()
    const [line] = linesOf(provider).filter(({ msg }) => msg === 'request')
    expect(line?.['requestId']).toBe(own)
    expect(own).toMatch(/^[A-Za-z0-9]{16}$/)
    expect(line?.['callerRequestId']).toBe(noted)
  })
})

it('writes of an error its kind, message, code and causes, and nothing else that a driver puts there', () => {
  const cause = Object.assign(new Error("Duplicate entry 'sesame' for key 'PRIMARY'"), {
    code: 'ER_DUP_ENTRY',
    sql: "insert into session values ('sesame')",
    detail: 'Key (token)=(sesame) already exists.',
  })
  const logged = loggedError(new Error('It failed.', { cause }))
  expect(logged).toMatchObject({
    type: 'Error',
    message: 'It failed.',
    cause: { message: "Duplicate entry '…' for key 'PRIMARY'", code: 'ER_DUP_ENTRY' },
  })
  expect(JSON.stringify(logged)).not.toContain('sesame')
})

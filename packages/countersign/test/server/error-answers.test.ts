import { OAuth1Error, type OAuth1ErrorCode } from 'countersign'
import { describe, expect, it } from 'vitest'
import { api, client, Provider } from './provider.ts'

describe('every 401 of the endpoints carries a challenge and is not cached', () => {
  it.each([
    ['form', undefined, 'application/x-www-form-urlencoded'],
    ['form for a browser', 'text/html,*/*;q=0.8', 'application/x-www-form-urlencoded'],
    ['JSON where it is asked for', 'application/json, text/plain, */*', 'application/json'],
    ['JSON of a kind', 'application/vnd.api+json;q=0.5', 'application/json'],
    ['form where JSON is declined', 'application/json;q=0', 'application/x-www-form-urlencoded'],
    [
      'form where it is preferred',
      'application/json;q=0.8, application/x-www-form-urlencoded',
      'application/x-www-form-urlencoded',
    ],
    ['form where the weight is no number', 'application/json;q=x', 'application/x-www-form-urlencoded'],
  ])('%s', async (_name, accept, type) => {
    const provider = new Provider({ server: { realm: 'My "Photos"' } })
    const answer = await provider.initiate({ oauth_signature: 'AAAA' }, { headers: { accept } })
    expect(answer.status).toBe(401)
    expect(answer.headers).toEqual({
      'content-type': type,
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'www-authenticate': 'OAuth realm="My \\"Photos\\""',
    })
    const fields =
      type === 'application/json'
        ? JSON.parse(answer.body)
        : Object.fromEntries(new URLSearchParams(answer.body))
    expect(fields).toEqual({
      error: 'invalid_signature',
      error_description: expect.stringMatching(/client or the token/),
    })
  })
})

describe('a protected resource challenges on 400 and 403, too', () => {
  it.each<[OAuth1ErrorCode, number]>([
    ['invalid_request', 400],
    ['missing_required_parameter', 400],
    ['duplicated_oauth_protocol_parameter', 400],
    ['unsupported_parameter', 400],
    ['unsupported_signature_method', 400],
    ['insecure_transport', 400],
    ['missing_credentials', 401],
    ['invalid_client', 401],
    ['invalid_token', 401],
    ['invalid_signature', 401],
    ['invalid_nonce', 401],
    ['insufficient_scope', 403],
    ['request_too_large', 413],
  ])('%s is a %i', (code, status) => {
    const answer = new Provider().protector.errorResponse(new OAuth1Error(code, 'Because.'))
    expect(answer.status).toBe(status)
    expect(answer.headers['www-authenticate']).toBe('OAuth realm="OAuth"')
    expect(answer.body).toBe(`error=${code}&error_description=Because.`)
  })
})

it('a request without any OAuth parameters is a 401 with a challenge', async () => {
  const http = { method: 'GET', url: `${api}/photos`, headers: {} }
  await expect(new Provider().protector.authenticate(http)).rejects.toMatchObject({
    code: 'missing_credentials',
    status: 401,
  })
  const bearer = { ...http, headers: { authorization: 'Bearer abc' } }
  await expect(new Provider().protector.authenticate(bearer)).rejects.toMatchObject({
    code: 'missing_credentials',
  })
})

it.each([
  ['a malformed header', { authorization: 'OAuth oauth_nonce' }],
  ['a header with a stray percent sign', { authorization: 'OAuth oauth_nonce="%"' }],
  ['values that are not UTF-8', { authorization: 'OAuth oauth_consumer_key="%FF"' }],
  ['two headers', { authorization: ['OAuth a="1"', 'OAuth a="1"'] }],
])('%s is a 400, never an exception of another kind', async (_name, headers) => {
  const provider = new Provider()
  const http = { method: 'POST', url: `${api}/initiate`, headers }
  expect((await provider.server.createTemporaryCredentialResponse(http)).status).toBe(400)
  expect((await provider.server.createTokenResponse(http)).status).toBe(400)
  await expect(provider.protector.authenticate(http)).rejects.toMatchObject({ status: 400 })
})

it('a request over the limits is a 413 that closes the connection: its rest may still be on the way', async () => {
  const provider = new Provider({ server: { limits: { maxBodyLength: 10 } } })
  const answer = await provider.initiate({}, { form: [['a', 'b'.repeat(20)]] })
  expect(answer).toMatchObject({ status: 413, headers: { connection: 'close' } })
  const short = new Provider({ clients: [client], protector: { limits: { maxValueLength: 3 } } })
  await expect(short.protector.authenticate(short.read())).rejects.toMatchObject({ status: 413 })
  expect(short.protector.limits).toMatchObject({ maxValueLength: 3, maxParameters: 1_000 })
})

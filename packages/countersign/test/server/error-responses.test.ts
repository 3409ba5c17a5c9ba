import { OAuth1Error, type OAuth1ErrorCode } from 'countersign'
import { describe, expect, it } from 'vitest'
import { api, client, Provider } from './provider.ts'

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'
const text = 'text/plain; charset=utf-8'
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

const read: Readonly<Record<string, (body: string) => object>> = {
  [form]: (body) => Object.fromEntries(new URLSearchParams(body)),
  [json]: (body) => JSON.parse(body),
  [text]: (body) => {
    const [, description, code] = /^(.*) \((\w+)\)\n$/.exec(body) ?? []
    return { error: code, error_description: description }
  },
}

describe('every 401 carries a challenge, is not cached, and is written as the request accepts it', () => {
  it.each([
    ['no word', undefined, form, json],
    ['anything', '*/*', form, json],
    ['a browser', browser, text, text],
    ['text', 'text/*', text, text],
    ['JSON among other things', 'application/json, text/plain, */*', json, json],
    ['JSON of a kind', 'application/vnd.api+json;q=0.5', json, json],
    ['JSON declined', 'application/json;q=0', form, form],
    ['a form declined', 'application/x-www-form-urlencoded;q=0', json, json],
    ['a form preferred', 'application/json;q=0.8, application/x-www-form-urlencoded', form, form],
    ['a form and JSON alike', 'application/json, application/x-www-form-urlencoded', form, json],
    ['a weight that is no number', 'application/json;q=x', form, form],
    ['a browser that would rather have JSON', 'text/html;q=0.5, application/json', json, json],
    [
      'everything declined',
      'application/json;q=0, application/x-www-form-urlencoded;q=0, text/*;q=0',
      form,
      json,
    ],
    ['something else', 'image/png', form, json],
  ])('%s', async (_name, accept, ofEndpoint, ofResource) => {
    const provider = new Provider({
      server: { realm: 'My "Photos"' },
      protector: { realm: 'My "Photos"' },
    })
    const refused = await provider.initiate({ oauth_signature: 'AAAA' }, { headers: { accept } })
    const signature = new OAuth1Error('invalid_signature', 'The client or the token is unknown.')
    for (const [response, type] of [
      [refused, ofEndpoint],
      [provider.protector.errorResponse(signature, accept), ofResource],
    ] as const) {
      expect(response.status).toBe(401)
      expect(response.headers).toEqual({
        'content-type': type,
        'cache-control': 'no-store',
        pragma: 'no-cache',
        'www-authenticate': 'OAuth realm="My \\"Photos\\""',
        ...(type === text ? { 'x-content-type-options': 'nosniff' } : {}),
      })
      expect(read[type]?.(response.body)).toEqual({
        error: 'invalid_signature',
        error_description: expect.stringMatching(/client or the token/),
      })
    }
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
    ['retired', 410],
    ['request_too_large', 413],
    ['brownout', 503],
  ])('%s is a %i', (code, status) => {
    const response = new Provider().protector.errorResponse(new OAuth1Error(code, 'Because.'))
    expect(response.status).toBe(status)
    expect(response.headers['www-authenticate']).toBe('OAuth realm="OAuth"')
    expect(JSON.parse(response.body)).toEqual({ error: code, error_description: 'Because.' })
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
  const response = await provider.initiate({}, { form: [['a', 'b'.repeat(20)]] })
  expect(response).toMatchObject({ status: 413, headers: { connection: 'close' } })
  const short = new Provider({ clients: [client], protector: { limits: { maxValueLength: 3 } } })
  await expect(short.protector.authenticate(short.read())).rejects.toMatchObject({ status: 413 })
  expect(short.protector.limits).toMatchObject({ maxValueLength: 3, maxParameters: 1_000 })
})

it.each([form, json, text])(
  'a name that is cut in the middle of a character is written as %s',
  async (accept) => {
    const provider = new Provider()
    const { headers, ...request } = provider.sign({
      method: 'POST',
      url: `${api}/initiate`,
      headers: { accept },
    })
    const name = `${'n'.repeat(99)}😀`
    const authorization = `OAuth oauth_callback="oob", ${String(headers['authorization']).slice('OAuth '.length)}, ${encodeURIComponent(name)}="1"`
    const response = await provider.server.createTemporaryCredentialResponse({
      ...request,
      headers: { ...headers, authorization },
    })
    expect(read[accept]?.(response.body)).toMatchObject({
      error: 'unsupported_parameter',
      error_description: expect.stringContaining(`${'n'.repeat(99)}\ufffd`),
    })
  },
)

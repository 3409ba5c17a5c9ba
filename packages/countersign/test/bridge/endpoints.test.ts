import { StoreError } from 'countersign'
import { type ClientCredentials, signedEndpoint, tokenEndpoint } from 'countersign/bridge'
import { describe, expect, it } from 'vitest'
import { parameters, Setting } from './setting.ts'

function endpoint(setting = new Setting()) {
  const asked: ClientCredentials[] = []
  const handle = tokenEndpoint(setting.exchange, (credentials) => {
    asked.push(credentials)
    return credentials.clientId === 'app'
  })
  const post = (body: string, authorization?: string | readonly string[]) =>
    handle({ method: 'POST', url: 'https://a.example/token', headers: { authorization }, body })
  return { handle, post, asked }
}

const body = (more: Record<string, string> = {}) => new URLSearchParams({ ...parameters, ...more }).toString()
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('the token endpoint', () => {
  it('responds as RFC 6749 says, in JSON that no cache keeps', async () => {
    const { post, asked } = endpoint()
    const { status, headers, body: text } = await post(body(), basic('app:s%C3%A9cr%2Bet'))
    expect([status, headers]).toEqual([
      200,
      { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' },
    ])
    expect(JSON.parse(text)).toMatchObject({ access_token: 'access-1', token_type: 'Bearer' })
    expect(asked).toEqual([{ clientId: 'app', clientSecret: 'sécr+et' }])
  })

  it('takes a public client by its name in the form', async () => {
    const { post, asked } = endpoint()
    expect((await post(body({ client_id: 'app' }))).status).toBe(200)
    expect(asked).toEqual([{ clientId: 'app', clientSecret: undefined }])
  })

  it.each([
    ['no client', body(), undefined],
    ['a client that is not known', body({ client_id: 'nobody' }), undefined],
    ['a header of another scheme', body({ client_id: 'app' }), 'Bearer app'],
    ['a header without a colon', body(), basic('app')],
    ['a header without a name', body(), basic(':secret')],
    ['a header that is no base64', body(), 'Basic ***'],
    ['a header that is not form-encoded', body(), basic('app:%')],
    ['two headers', body(), [basic('app:s'), basic('app:s')]],
    ['a client named twice', `${body()}&client_id=app&client_id=app`, undefined],
    ['two secrets', `${body({ client_id: 'app' })}&client_secret=a&client_secret=b`, undefined],
  ])('refuses %s with a challenge', async (_, form, authorization) => {
    const { status, headers, body: text } = await endpoint().post(form, authorization)
    expect([status, headers['www-authenticate'], JSON.parse(text).error]).toEqual([
      401,
      'Basic realm="OAuth"',
      'invalid_client',
    ])
  })

  it.each([
    ['a client in both places', body({ client_secret: 's' }), 'invalid_request'],
    ['another client in the form', body({ client_id: 'other-app' }), 'invalid_request'],
    ['a parameter that is repeated', `${body()}&subject_token=token`, 'invalid_request'],
    ['an empty form', '', 'invalid_request'],
    ['a wrong secret', body({ oauth_token_secret: 'wrong' }), 'invalid_grant'],
  ])('refuses %s', async (_, form, error) => {
    const { status, body: text } = await endpoint().post(form, basic('app:s'))
    expect([status, JSON.parse(text)]).toEqual([400, { error, error_description: expect.any(String) }])
  })

  it('takes secrets over https only, unless told otherwise', async () => {
    const request = {
      method: 'POST',
      url: 'http://a.example/token',
      headers: {},
      body: body({ client_id: 'app' }),
    }
    expect((await endpoint().handle(request)).status).toBe(400)
    expect((await endpoint(new Setting({ insecureTransport: true })).handle(request)).status).toBe(200)
  })

  it('takes POST only, and says when to try again', async () => {
    const { handle } = endpoint()
    const get = await handle({ method: 'GET', url: 'https://a.example/token', headers: {} })
    expect([get.status, get.headers['allow']]).toEqual([405, 'POST'])
    const { post } = endpoint(new Setting({ attemptsPerMinute: 1 }))
    await post(body(), basic('app:s'))
    const limited = await post(body(), basic('app:s'))
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '60'])
  })

  it('leaves the failure of a store to the framework', async () => {
    const failing = new Setting({ hooks: { queryToken: () => Promise.reject(new Error('down')) } })
    await expect(endpoint(failing).post(body(), basic('app:s'))).rejects.toThrow(StoreError)
    await expect(
      signedEndpoint(
        new Setting({ hooks: { pairedClient: () => Promise.reject(new Error('down')) } }).exchange,
      )(new Setting().sign({ url: 'https://a.example/x' })),
    ).rejects.toThrow(StoreError)
  })
})

describe('the endpoint of signed requests', () => {
  it('responds in JSON, and refuses as the protector does', async () => {
    const setting = new Setting()
    const handle = signedEndpoint(setting.exchange)
    const request = setting.sign()
    expect((await handle(request)).status).toBe(200)
    const replayed = await handle(request)
    expect([replayed.status, replayed.headers['www-authenticate']]).toEqual([401, 'OAuth realm="OAuth"'])
    expect(JSON.parse(replayed.body)).toMatchObject({ error: 'invalid_nonce' })
    const get = await handle(setting.sign({ method: 'GET' }))
    expect([get.status, get.headers['allow']]).toEqual([405, 'POST'])
    const wide = await handle(setting.sign({ form: [['scope', 'photos.write']] }))
    expect([wide.status, JSON.parse(wide.body).error]).toEqual([400, 'invalid_scope'])
  })
})

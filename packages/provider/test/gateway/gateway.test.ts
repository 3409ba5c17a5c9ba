import { createRemoteJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { client, gatewayOfFile, type Seen } from './setting.ts'

const file = gatewayOfFile()

const thirdParty = new ThirdParty(client)
const header = (method: string, url: string, data?: Record<string, string>) =>
  thirdParty.authorization(method, url, { data, token: file.setting.token })

describe('a gateway', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'passes a signed %s on, with the one who signed it in headers',
    async (method) => {
      const url = `${file.setting.address}/photos/1?size=large&q=%C3%BC`
      const response = await fetch(url, { method, headers: { authorization: header(method, url) } })
      expect(response.status).toBe(200)
      const seen = (await response.json()) as Seen
      expect(seen).toMatchObject({ method, url: '/photos/1?size=large&q=%C3%BC' })
      expect(seen.headers).toMatchObject({
        'x-oauth-user': String(file.setting.userId),
        'x-oauth-client': client.key,
        'x-oauth-scope': 'photos:read',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': new URL(file.setting.address).host,
        via: '1.1 countersign',
        host: new URL(file.upstream.address).host,
      })
      expect(seen.headers['authorization']).toBeUndefined()
    },
  )

  it('vouches for the one who signed by a token of a minute, whose keys are on its own address', async () => {
    const url = `${file.setting.address}/photos`
    const response = await fetch(url, { headers: { authorization: header('GET', url) } })
    const { headers } = (await response.json()) as Seen
    const keys = createRemoteJWKSet(new URL(`${file.setting.gateway.adminAddress}/.well-known/jwks.json`))
    const { payload, protectedHeader } = await jwtVerify(String(headers['x-oauth-assertion']), keys, {
      issuer: 'countersign',
      audience: file.upstream.address,
    })
    expect(protectedHeader.alg).toBe('ES256')
    expect(payload).toMatchObject({
      sub: String(file.setting.userId),
      client_id: client.key,
      scope: 'photos:read',
    })
    expect(Number(payload.exp) - Number(payload.iat)).toBe(60)
    expect(payload.jti).toBe(headers['x-request-id'])
  })

  it('refuses unsigned, wrongly signed and replayed requests, and the upstream sees none of them', async () => {
    const before = file.upstream.seen.length
    const url = `${file.setting.address}/photos`
    const authorization = header('GET', url)
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(`${url}?more=1`, { headers: { authorization } })).status).toBe(401)
    expect(file.upstream.seen.length).toBe(before)
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200)
    const again = await fetch(url, { headers: { authorization } })
    expect(again.status).toBe(401)
    expect(again.headers.get('www-authenticate')).toMatch(/^OAuth /)
    expect(file.upstream.seen.length).toBe(before + 1)
  })

  it('passes a form on as the octets that came', async () => {
    const url = `${file.setting.address}/photos`
    const body = 'title=%e3%83%a1+x&title=&b=%2B~'
    const data = { title: ['メ x', ''], b: '+~' } as unknown as Record<string, string>
    const type = 'application/x-www-form-urlencoded'
    const headers = { authorization: header('POST', url, data), 'content-type': type }
    const response = await fetch(url, { method: 'POST', headers, body })
    expect(await response.json()).toMatchObject({ body, headers: { 'content-type': type } })
    const changed = await fetch(url, { method: 'POST', headers, body: `${body}&c=1` })
    expect(changed.status).toBe(401)
  })

  it('passes a body of another type on unread', async () => {
    const url = `${file.setting.address}/photos`
    const headers = { authorization: header('POST', url), 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body: '{"a":1}' })
    expect(await response.json()).toMatchObject({ body: '{"a":1}', headers: { 'content-length': '7' } })
  })

  it('checks parameters in the query and in a form as well as in a header', async () => {
    const url = `${file.setting.address}/photos`
    for (const place of ['query', 'body'] as const)
      expect((await thirdParty.send('POST', url, { token: file.setting.token, place })).status).toBe(200)
  })

  it('tells of its health, its metrics and its keys on its own address alone', async () => {
    const { adminAddress } = file.setting.gateway
    expect(await (await fetch(`${adminAddress}/healthz`)).json()).toEqual({ status: 'ok' })
    expect((await fetch(`${adminAddress}/readyz`)).status).toBe(200)
    const metrics = await (await fetch(`${adminAddress}/metrics`)).text()
    expect(metrics).toMatch(/countersign_accepted_requests_total\{.*\} \d/)
    expect(metrics).toMatch(/countersign_http_requests_total\{method="GET",route="default",status="401"\} \d/)
    for (const path of ['/healthz', '/metrics', '/.well-known/jwks.json'])
      expect((await fetch(file.setting.address + path)).status).toBe(401)
    expect((await fetch(`${adminAddress}/photos`)).status).toBe(404)
    expect((await fetch(`${adminAddress}/healthz`, { method: 'POST' })).status).toBe(405)
  })
})

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signed } from '../../../../test/support/signer.ts'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { available } from '../../../countersign/test/services.ts'
import { freePort } from '../certificates.ts'
import { nginxConfigurationOf, runNginx } from '../nginx.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { type PythonUpstream, pythonUpstream, type SeenByPython } from './python-upstream.ts'
import { sendRaw } from './raw-request.ts'
import { client, openSetting, type Setting } from './setting.ts'

const guide = readFileSync(new URL('../../../../docs/gateway.md', import.meta.url), 'utf8')
const block = (name: string) =>
  new RegExp(`^\`\`\`nginx \\[${name}\\]\\n(.*?)^\`\`\``, 'ms').exec(guide)?.[1] ?? ''

const isComplete = (await available('nginx')) && (await available('python'))

describe.runIf(isComplete)("the guide's nginx, which asks at /verify, in front of an API in Python", () => {
  const directory = temporaryDirectory()
  let api: PythonUpstream
  let setting: Setting
  let nginx: { stop(): Promise<void> }
  let site: string

  beforeAll(async () => {
    api = await pythonUpstream()
    site = `http://127.0.0.1:${await freePort()}`
    setting = await openSetting(api.address, {
      gateway: { origin: site },
      trustedProxies: ['loopback'],
      clientAddressHeader: 'x-forwarded-for',
    })
    const servers = `server { listen ${new URL(site).host}; ${block('forms.conf')} ${block('verify.conf')} }`
      .replaceAll('http://127.0.0.1:9000', api.address)
      .replaceAll('http://127.0.0.1:5850', setting.address)
      .replaceAll('http://127.0.0.1:5851', setting.gateway.adminAddress)
    nginx = await runNginx(join(directory.path, 'nginx'), nginxConfigurationOf(servers), () => fetch(site))
    await api.seenSince()
  })
  afterAll(async () => {
    await nginx.stop()
    await setting.close()
    await api.close()
    directory.remove()
  })

  const thirdParty = new ThirdParty(client)
  const send = (method: string, path: string, init: RequestInit & { data?: Record<string, string> } = {}) => {
    const { data, headers, ...rest } = init
    const url = site + path
    const authorization = thirdParty.authorization(method, url, { token: setting.token, data })
    return fetch(url, { ...rest, method, headers: { authorization, ...headers } })
  }
  const headersOf = ({ headers }: SeenByPython) => Object.fromEntries(headers)

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])(
    'passes a signed %s on',
    async (method) => {
      const path = '/photos/caf%C3%A9/1%2B1?size=large&q=a%20b&q=&x=%7E'
      const response = await send(method, path)
      expect(response.status).toBe(200)
      const [seen] = await api.seenSince()
      expect(seen).toMatchObject({ method, target: path })
      expect(headersOf(seen as SeenByPython)).toMatchObject({
        'x-oauth-user': String(setting.userId),
        'x-oauth-client': client.key,
        'x-oauth-scope': 'photos:read',
      })
      expect(headersOf(seen as SeenByPython)).not.toHaveProperty('authorization')
    },
  )

  it('passes JSON on, which is not signed', async () => {
    const body = JSON.stringify({ title: 'メ'.repeat(10_000) })
    const headers = { 'content-type': 'application/json' }
    expect((await send('POST', '/photos', { body, headers })).status).toBe(200)
    const [seen] = await api.seenSince()
    expect(seen?.sha256).toBe(createHash('sha256').update(body).digest('hex'))
  })

  it('refuses with the status, the challenge and the words of the gateway', async () => {
    const unsigned = await fetch(`${site}/photos`)
    expect(unsigned.status).toBe(401)
    expect(unsigned.headers.get('www-authenticate')).toMatch(/^OAuth realm=/)
    expect(unsigned.headers.get('content-type')).toBe('application/json')
    expect(await unsigned.json()).toMatchObject({ error: 'missing_credentials' })
    const url = `${site}/photos?a=1`
    const authorization = thirdParty.authorization('GET', url, { token: setting.token })
    const changed = await fetch(`${site}/photos?a=2`, { headers: { authorization } })
    expect(changed.status).toBe(401)
    expect(await changed.json()).toMatchObject({ error: 'invalid_signature' })
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200)
    const again = await fetch(url, { headers: { authorization } })
    expect(await again.json()).toMatchObject({ error: 'invalid_nonce' })
    expect((await api.seenSince()).map(({ target }) => target)).toEqual(['/photos?a=1'])
  })

  it('refuses a form, whose fields it does not send, but for the address that goes through the gateway', async () => {
    const data = { title: 'メ x', empty: '' }
    const refused = await send('POST', '/photos', { data, body: new URLSearchParams(data) })
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ error: 'body_not_checked' })
    const passed = await send('POST', '/photos/upload', { data, body: new URLSearchParams(data) })
    expect(passed.status).toBe(200)
    const [seen] = await api.seenSince()
    expect(seen?.form).toEqual(Object.entries(data))
    expect(headersOf(seen as SeenByPython)).toMatchObject({ 'x-oauth-user': String(setting.userId) })
    const changed = await send('POST', '/photos/upload', {
      data,
      body: new URLSearchParams({ ...data, more: '1' }),
    })
    expect(changed.status).toBe(401)
    expect(await api.seenSince()).toEqual([])
  })

  it('compares the hash of a body that goes through the gateway', async () => {
    const url = `${site}/photos/upload`
    const token = { oauthToken: setting.token.key, oauthTokenSecret: setting.token.secret }
    const named = { clientId: client.key, clientSecret: client.secret }
    const status = async (body: string) => {
      const oauth = { oauth_body_hash: createHash('sha1').update('{"a":1}').digest('base64') }
      const { headers } = signed({ method: 'POST', url, client: named, token, oauth })
      const type = { 'content-type': 'application/json' }
      return (
        await fetch(url, {
          method: 'POST',
          body,
          headers: { ...(headers as Record<string, string>), ...type },
        })
      ).status
    }
    expect(await status('{"a":1}')).toBe(200)
    expect(await status('{"a":2}')).toBe(401)
    expect((await api.seenSince()).map(({ length }) => length)).toEqual([7])
  })

  it.each([
    { 'x-oauth-user': '1', 'x-oauth-scope': 'photos:write', 'x-oauth-assertion': 'e30.e30.' },
    { 'x-original-uri': '/other', 'x-original-method': 'GET' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'other.example' },
  ])('replaces what a client sends under the names that count: %o', async (headers) => {
    expect((await send('GET', '/photos', { headers: headers as Record<string, string> })).status).toBe(200)
    const [seen] = await api.seenSince()
    const told = headersOf(seen as SeenByPython)
    expect(told).toMatchObject({ 'x-oauth-user': String(setting.userId), 'x-oauth-scope': 'photos:read' })
    expect(told['x-oauth-assertion']).not.toBe('e30.e30.')
  })

  it.each([
    { 'x-forwarded-uri': '/status', 'x-forwarded-method': 'GET' },
    { 'x-original-url': 'http://127.0.0.1/status' },
  ])('refuses what it does not replace: %o', async (headers) => {
    expect((await send('GET', '/photos', { headers: headers as Record<string, string> })).status).toBe(403)
    expect(await api.seenSince()).toEqual([])
  })

  it('passes no other spelling of them on', async () => {
    const headers = { x_oauth_user: '1', 'x.oauth.user': '1' }
    expect((await send('GET', '/photos', { headers })).status).toBe(200)
    const [seen] = await api.seenSince()
    const users = seen?.headers.filter(([name]) => /^x.oauth.user$/.test(name))
    expect(users).toEqual([['x-oauth-user', String(setting.userId)]])
  })

  it('is no way to ask /verify from outside', async () => {
    for (const path of ['/oauth-check', '/verify', '/oauth-check/x'])
      expect((await fetch(site + path)).status).toBeGreaterThanOrEqual(400)
  })

  it('lets nothing pass that it reads otherwise than the gateway', async () => {
    const url = `${site}/status`
    const authorization = thirdParty.authorization('GET', url, { token: setting.token })
    const { host } = new URL(site)
    for (const target of ['/status/../photos', '/x/%2e%2e/status', '//status', '/status%00', '/a%2fb']) {
      const head = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`
      expect(await sendRaw(site, head)).toMatch(/^HTTP\/1\.1 40[013] /)
    }
    expect(await api.seenSince()).toEqual([])
  })

  it('lets nothing pass while the gateway is down', async () => {
    const down = await openSetting(api.address, { gateway: { origin: site }, trustedProxies: ['loopback'] })
    const port = await freePort()
    const servers = `server { listen 127.0.0.1:${port}; ${block('verify.conf')} }`
      .replaceAll('http://127.0.0.1:9000', api.address)
      .replaceAll('http://127.0.0.1:5851', down.gateway.adminAddress)
    const own = `http://127.0.0.1:${port}`
    const other = await runNginx(join(directory.path, 'other'), nginxConfigurationOf(servers), () =>
      fetch(own),
    )
    await down.close()
    expect((await fetch(`${own}/photos`)).status).toBe(500)
    await other.stop()
    expect(await api.seenSince()).toEqual([])
  })
})

import { oidcProviderHooks, tokenExchangeGrant } from 'countersign/bridge'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reinstateUser, suspendUser } from '../../src/accounts/suspension.ts'
import { setClientStatus } from '../../src/clients/client-status.ts'
import { listRecentRequests } from '../../src/requests/recent-requests.ts'
import { signer } from '../signer.ts'
import { album, type BearerSetting, openBearerSetting, pair, told } from './bearer-setting.ts'
import { runOidcProvider } from './oidc-server.ts'

const audience = 'https://api.example.com'
const scopes = { 'photos.read': ['authorizations:read'] }

let oidc: Awaited<ReturnType<typeof runOidcProvider>>
beforeAll(async () => {
  oidc = await runOidcProvider()
  // Its clients may exchange; here the hooks are called without a request.
  oidc.provider.registerGrantType(tokenExchangeGrant, async () => {}, [])
})
afterAll(() => oidc.close())

type Format = 'jwt' | 'opaque'
let grants = 0

interface Wanted {
  readonly format?: Format
  readonly subject?: string
  readonly oauth2ClientId?: string
  readonly scopes?: readonly string[]
}

/** What an exchange gives out: the same tokens, by the same hooks. */
async function issue(wanted: Wanted) {
  const { format = 'opaque', subject = '1', oauth2ClientId = 'app', scopes: asked = ['photos.read'] } = wanted
  const grantId = `grant-${++grants}`
  const request = { grantId, subject, oauth2ClientId, scopes: asked }
  const hooks = oidcProviderHooks(oidc.provider)
  const { accessToken, refreshToken = '' } = await hooks.issueTokens(request as never)
  const token = format === 'jwt' ? await oidc.jwt(request, audience) : accessToken
  return { token, refreshToken, revoke: () => hooks.revokeTokens(grantId) }
}

const modes = {
  jwt: () => ({ issuer: oidc.base, audience, scopes }),
  opaque: () => ({
    issuer: oidc.base,
    introspection: { clientId: 'api', clientSecret: oidc.secret },
    scopes,
  }),
}

describe.each(['jwt', 'opaque'] as const)(
  'a provider beside an oidc-provider whose tokens are %s',
  (format) => {
    let setting: BearerSetting
    beforeEach(async () => {
      setting = await openBearerSetting(modes[format]())
    })
    afterEach(() => setting.provider.close())

    const call = async (path: string, wanted: Wanted = {}) =>
      setting.get(path, (await issue({ format, ...wanted })).token)
    const db = () => setting.provider.services.db

    it('serves both kinds at one address, for the same user and client', async () => {
      const send = signer(setting.provider.address, album, setting.token)
      const bySignature = await (await send('GET', '/api/me', {})).json()
      expect(await (await call('/api/me')).json()).toEqual(bySignature)
      expect(bySignature).toMatchObject({ id: 1, name: 'anna', client: { key: 'album', name: 'album' } })
    })

    it('tells of both kinds in its challenges', async () => {
      const { status, headers } = await setting.get('/api/me')
      expect([status, headers.get('www-authenticate')]).toEqual([
        401,
        'OAuth realm="OAuth", Bearer realm="OAuth"',
      ])
      expect(await told(setting.get('/api/me', 'no-such-token'))).toEqual([401, 'invalid_token'])
    })

    it('refuses a token beside a signature', async () => {
      const { token } = await issue({ format })
      const send = signer(setting.provider.address, album, setting.token)
      const signed = new URL((await send('GET', '/api/me', {})).url)
      signed.searchParams.set('oauth_consumer_key', 'album')
      expect(await told(setting.get(signed.pathname + signed.search, token))).toEqual([
        400,
        'invalid_request',
      ])
    })

    it('takes scopes by the map alone', async () => {
      expect((await call('/api/authorizations')).status).toBe(200)
      expect(await told(call('/api/authorizations', { scopes: ['photos.write'] }))).toEqual([
        403,
        'insufficient_scope',
      ])
    })

    it('refuses tokens of a client that is not paired, and of one that is no more', async () => {
      expect(await told(call('/api/me', { oauth2ClientId: 'other-app' }))).toEqual([401, 'invalid_token'])
      await pair(setting.provider, album.key, null)
      expect(await told(call('/api/me'))).toEqual([401, 'invalid_token'])
    })

    it('refuses tokens whose clients are all suspended, and tells the owner', async () => {
      await setClientStatus(db(), album.key, 'suspended')
      expect(await told(call('/api/me'))).toEqual([401, 'invalid_token'])
      await setting.provider.services.recorder.flush()
      expect(await listRecentRequests(db(), album.key)).toMatchObject([
        { outcome: 'unproven', cause: 'The client is suspended.' },
      ])
      await setting.provider.services.db
        .insertInto('oauth_client')
        .values({
          client_id: 'second',
          client_secret: 's',
          default_redirect_uri: '',
          name: 'Second',
          oauth2_client_id: 'app',
          status: 'approved',
        } as never)
        .execute()
      expect(await (await call('/api/me')).json()).toMatchObject({ client: { key: 'second' } })
    })

    it('refuses tokens of a user who is suspended or deleted', async () => {
      const { token } = await issue({ format })
      const { services } = setting.provider
      await services.db
        .insertInto('user')
        .values({ name: 'root', password_hash: '', created_at: 0, role: 'admin', suspended_at: null })
        .execute()
      await suspendUser(services, 1)
      expect(await told(setting.get('/api/me', token))).toEqual([401, 'invalid_token'])
      await services.recorder.flush()
      expect(await listRecentRequests(db(), album.key)).toMatchObject([
        { cause: 'The user of this token is suspended.' },
      ])
      await reinstateUser(services.db, 1)
      expect((await setting.get('/api/me', token)).status).toBe(200)
      await services.db.deleteFrom('user').where('id', '=', 1).execute()
      expect(await told(setting.get('/api/me', token))).toEqual([401, 'invalid_token'])
    })

    it('counts both kinds for the client, and shows them among its requests', async () => {
      const { services } = setting.provider
      await call('/api/me')
      await call('/api/authorizations', { scopes: ['photos.write'] })
      await services.usage.flush()
      await services.recorder.flush()
      const usage = await services.db.selectFrom('client_usage').selectAll().execute()
      expect(usage).toMatchObject([
        { client_id: 'album', signature_method: 'Bearer', place: 'header', accepted: 1, refused: 1 },
      ])
      const requests = await listRecentRequests(services.db, album.key)
      expect(requests).toMatchObject([
        { outcome: 'refused', path: '/api/authorizations', code: 'insufficient_scope' },
        { outcome: 'accepted', path: '/api/me' },
      ])
    })

    it('refuses a token over plain HTTP where that is refused', async () => {
      const strict = await openBearerSetting(modes[format](), { options: { insecureTransport: false } })
      const { token } = await issue({ format })
      const response = await strict.get('/api/me', token)
      expect(await response.json()).toMatchObject({ error: 'insecure_transport' })
      await strict.provider.close()
    })
  },
)

describe('where the server is asked about tokens', () => {
  let setting: BearerSetting
  beforeEach(async () => {
    setting = await openBearerSetting(modes.opaque())
  })
  afterEach(() => setting.provider.close())

  it('one that was revoked is refused', async () => {
    const { token, revoke } = await issue({})
    await revoke()
    expect(await told(setting.get('/api/me', token))).toEqual([401, 'invalid_token'])
  })

  it('a refresh token is refused', async () => {
    const { refreshToken } = await issue({ scopes: ['photos.read', 'offline_access'] })
    expect(refreshToken).not.toBe('')
    expect(await told(setting.get('/api/me', refreshToken))).toEqual([401, 'invalid_token'])
  })

  it('a wrong secret of this API is a failure, and lets no one in', async () => {
    const introspection = { clientId: 'api', clientSecret: 'wrong' }
    const wrong = await openBearerSetting({ issuer: oidc.base, introspection })
    expect(await told(wrong.get('/api/me', (await issue({})).token))).toEqual([503, undefined])
    await wrong.provider.close()
  })
})

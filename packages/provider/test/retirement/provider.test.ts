import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Keys, keysFrom, type More, ThirdParty } from '../../../../test/support/third-party.ts'
import { findAccount } from '../../src/accounts/accounts.ts'
import { clientUsage } from '../../src/clients/client-usage.ts'
import { createProvider, type Provider } from '../../src/provider.ts'
import { listRecentRequests } from '../../src/requests/recent-requests.ts'
import { documentedErrors } from '../../src/settings/settings.ts'
import { issueToken } from '../../src/tokens/issued-token.ts'
import { Clock, guide, planFiles } from './plan-file.ts'
import { brownoutUntil, ofLeaving, ofNothing, ofSha1, plan, retired, told } from './rules.ts'

const write = planFiles()
const album: Keys = { key: 'album', secret: 'album-secret' }
const leaving: Keys = { key: 'leaving', secret: 'leaving-secret' }
const callback = { oauth_callback: 'https://album.example/cb' }

/** The timestamps of oauth-1.0a are the system's, while the provider's clock is far ahead. */
const timestampWindowSeconds = 31_536_000

/** A provider whose clock starts at a time: one that is set back would refuse what may have been used before. */
class Site {
  readonly clock = new Clock()
  readonly #tokens = new Map<string, Keys>()
  provider!: Provider

  static async at(time: string): Promise<Site> {
    const site = new Site()
    site.clock.set(time)
    site.provider = await createProvider({
      port: 0,
      database: ':memory:',
      logLevel: 'silent',
      metricsPort: 0,
      users: [{ name: 'anna' }],
      clients: [album, leaving].map((keys) => ({ ...keys, callbacks: [callback.oauth_callback] })),
      retirementFile: write(plan),
      options: { now: site.clock.now, timestampWindowSeconds },
    })
    const { services } = site.provider
    const anna = await findAccount(services.db, 'anna')
    for (const { key } of [album, leaving]) {
      const { oauthToken, oauthTokenSecret } = await issueToken(services, key, Number(anna?.id))
      site.#tokens.set(key, { key: oauthToken, secret: oauthTokenSecret })
    }
    return site
  }

  me(client: Keys, method = 'HMAC-SHA1', place: 'header' | 'query' = 'header'): Promise<Response> {
    return this.get('/api/me', client, method, place)
  }

  get(path: string, client: Keys, method = 'HMAC-SHA1', place: 'header' | 'query' = 'header') {
    const token = this.#tokens.get(client.key)
    return new ThirdParty(client, method).send('GET', `${this.provider.address}${path}`, { token, place })
  }

  initiate(client: Keys, method = 'HMAC-SHA1'): Promise<Response> {
    return this.post('initiate', client, { data: callback }, method)
  }

  post(endpoint: string, client: Keys, more: More, method = 'HMAC-SHA1'): Promise<Response> {
    return new ThirdParty(client, method).send('POST', `${this.provider.address}/oauth/${endpoint}`, more)
  }

  /** Temporary credentials that a user has approved, as the exchange needs them. */
  async approved(): Promise<More> {
    const token = await keysFrom(await this.initiate(album))
    const approval = await this.provider.approve(token.key, 'anna')
    return { token, data: { oauth_verifier: approval.oauthVerifier ?? '' } }
  }
}

/** A provider for the tests of a block. */
function siteFrom(time: string): { readonly site: Site } {
  let site: Site
  beforeAll(async () => {
    site = await Site.at(time)
  })
  afterAll(() => site.provider.close())
  return {
    get site() {
      return site
    },
  }
}

describe('what was announced', () => {
  const given = siteFrom('2027-02-15')

  it.each([
    ['2026-12-31T23:59:59Z', ofNothing],
    ['2027-01-01T00:00:00Z', ofSha1],
    ['2027-05-31T23:59:59Z', ofSha1],
  ])('is told from that day on: %s', async (time, expected) => {
    const site = await Site.at(time)
    for (const ask of [
      () => site.me(album),
      () => site.me(album, 'HMAC-SHA1', 'query'),
      () => site.initiate(album),
    ]) {
      const response = await ask()
      expect(response.status).toBe(200)
      expect(told(response)).toEqual(expected)
      expect(response.headers.get('retry-after')).toBeNull()
    }
    await site.provider.close()
  })

  it('is told at each endpoint of the flow', async () => {
    const { site } = given
    const exchanged = await site.post('token', album, await site.approved())
    expect(told(exchanged)).toEqual(ofSha1)
    const token = await keysFrom(exchanged)
    for (const endpoint of ['renew', 'revoke'])
      expect(told(await site.post(endpoint, album, { token }))).toEqual(ofSha1)
  })

  it('is told in refusals, by the method alone where no client was proven', async () => {
    const { site } = given
    const wrong = { ...leaving, secret: 'wrong' }
    for (const [response, status] of [
      [await site.me(wrong), 401],
      [await site.me(wrong, 'HMAC-SHA1', 'query'), 401],
      [await site.initiate(wrong), 401],
      [await site.initiate({ key: 'nobody', secret: 'x' }), 401],
    ] as const) {
      expect(response.status).toBe(status)
      expect(told(response)).toEqual(ofSha1)
    }
    const scopeless = await site.get('/api/authorizations', album)
    expect([scopeless.status, told(scopeless)]).toEqual([403, ofSha1])
    // In a form, which is read once more.
    const form = await new ThirdParty(wrong).send('POST', `${site.provider.address}/api/echo`, {
      place: 'body',
    })
    expect([form.status, told(form)]).toEqual([401, ofSha1])
  })

  it('of a client is told to that client alone, with the earliest end', async () => {
    const { site } = given
    expect(told(await site.me(leaving))).toEqual({ ...ofLeaving, deprecation: ofSha1.deprecation })
    expect(told(await site.me(leaving, 'HMAC-SHA256'))).toEqual(ofLeaving)
    for (const wrong of [
      { ...leaving, secret: 'wrong' },
      { key: 'nobody', secret: 'wrong' },
    ]) {
      const refused = await site.me(wrong, 'HMAC-SHA256')
      expect([refused.status, told(refused)]).toEqual([401, ofNothing])
    }
  })

  it('is told to no request that no rule concerns', async () => {
    const { site } = given
    expect(told(await site.me(album, 'HMAC-SHA256'))).toEqual(ofNothing)
    expect(told(await site.initiate(album, 'HMAC-SHA512'))).toEqual(ofNothing)
    expect(told(await fetch(`${site.provider.address}/api/me`))).toEqual(ofNothing)
    expect(told(await fetch(`${site.provider.address}/`))).toEqual(ofNothing)
  })

  it('can be read by clients in browsers', async () => {
    const { site } = given
    const exposed = (await site.me(album)).headers.get('access-control-expose-headers')
    expect(exposed).toContain('Deprecation, Sunset, Link, Retry-After')
  })
})

describe('a brownout', () => {
  const given = siteFrom('2027-03-08T10:10Z')

  it.each([
    ['2027-03-01T09:59:59Z', 200, null],
    ['2027-03-01T10:00:00Z', 503, '900'],
    ['2027-03-08T10:14:59Z', 503, '1'],
    ['2027-03-08T10:15:00Z', 200, null],
  ])('refuses within its window: %s is a %i', async (time, status, wait) => {
    const site = await Site.at(time)
    for (const response of [await site.me(album), await site.initiate(album)]) {
      expect([response.status, response.headers.get('retry-after')]).toEqual([status, wait])
      expect(told(response)).toEqual(ofSha1)
    }
    await site.provider.close()
  })

  it('says when it ends, when all ends, and where to read on', async () => {
    const { site } = given
    expect(await (await site.me(album)).json()).toEqual(brownoutUntil('2027-03-08 10:15'))
    const form = new URLSearchParams(await (await site.initiate(album)).text())
    expect(Object.fromEntries(form)).toEqual(brownoutUntil('2027-03-08 10:15'))
  })

  it('changes nothing for other methods, wrong signatures and strangers', async () => {
    const { site } = given
    expect((await site.me(album, 'HMAC-SHA256')).status).toBe(200)
    const wrong = await site.me({ ...album, secret: 'wrong' })
    expect([wrong.status, wrong.headers.get('retry-after')]).toEqual([401, null])
    expect((await site.me({ key: 'nobody', secret: 'x' })).status).toBe(401)
    expect((await fetch(`${site.provider.address}/api/me`)).status).toBe(401)
  })

  it('spends no temporary credential', async () => {
    const site = await Site.at('2027-03-08T09:55Z')
    const approved = await site.approved()
    site.clock.set('2027-03-08T10:00Z')
    expect((await site.post('token', album, approved)).status).toBe(503)
    // A method that is not retired may take it meanwhile.
    expect((await site.post('token', album, approved, 'HMAC-SHA256')).status).toBe(200)
    await site.provider.close()
  })

  it('is seen in metrics, in usage and among the requests of the client', async () => {
    const { site } = given
    await site.me(album)
    const page = await (await fetch(`${site.provider.metricsAddress}/metrics`)).text()
    expect(page).toMatch(
      /countersign_refused_requests_total\{endpoint="resource",code="brownout",client="album"\} \d/,
    )
    const { services } = site.provider
    await services.usage.flush()
    expect((await clientUsage(services.db, 'album')).refused).toBeGreaterThan(0)
    await services.recorder.settle()
    const requests = await listRecentRequests(services.db, 'album', 50)
    expect(requests.map(({ code }) => code)).toContain('brownout')
  })
})

describe('after the end', () => {
  const given = siteFrom('2027-06-01T00:00:00Z')

  it('a client is gone, by whatever method', async () => {
    const site = await Site.at('2027-04-01')
    const response = await site.me(leaving, 'HMAC-SHA256')
    expect([response.status, told(response)]).toEqual([410, ofLeaving])
    expect(await response.json()).toEqual({
      error: 'retired',
      error_description: `OAuth 1.0 for this client ended here on 2027-04-01. How to move on: ${guide}`,
      error_uri: `${documentedErrors}#retired`,
    })
    expect((await site.me(album)).status).toBe(200)
    await site.provider.close()
  })

  it('a method is gone, and the response says so', async () => {
    const { site } = given
    const response = await site.me(album)
    expect([response.status, told(response), await response.json()]).toEqual([410, ofSha1, retired])
    expect(response.headers.get('retry-after')).toBeNull()
    const issued = await site.initiate(album)
    expect([issued.status, told(issued)]).toEqual([410, ofSha1])
    expect((await site.me(album, 'HMAC-SHA256')).status).toBe(200)
    expect((await site.me({ ...album, secret: 'wrong' })).status).toBe(401)
  })
})

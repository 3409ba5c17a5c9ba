import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Keys, ThirdParty } from '../../../../test/support/third-party.ts'
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts'
import { Clock, planFiles } from '../retirement/plan-file.ts'
import { brownoutUntil, ofLeaving, ofNothing, ofSha1, plan, retired, told } from '../retirement/rules.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { sendRaw } from './raw-request.ts'
import { client, openSetting, type RecordingUpstream, recordingUpstream, type Setting } from './setting.ts'

const write = planFiles()
const timestampWindowSeconds = 31_536_000
const directory = temporaryDirectory()
afterAll(() => directory.remove())

/** The moments of a life: nothing yet, announced, in a brownout, after the end. */
const stages = [
  ['2026-12-31T23:59:59Z', 200, ofNothing, null],
  ['2027-02-15T00:00:00Z', 200, ofSha1, null],
  ['2027-03-08T10:14:59Z', 503, ofSha1, '1'],
  ['2027-03-08T10:15:00Z', 200, ofSha1, null],
  ['2027-06-01T00:00:00Z', 410, ofSha1, null],
] as const

describe('a gateway in front of an API', () => {
  let upstream: RecordingUpstream
  let setting: Setting
  const settingAt = (time: string) => {
    const clock = new Clock()
    clock.set(time)
    const options = { now: clock.now, timestampWindowSeconds }
    return openSetting(upstream.address, { retirementFile: write(plan), options })
  }
  let requests = 0
  beforeAll(async () => {
    upstream = await recordingUpstream((req, res) => {
      requests++
      if (req.url?.startsWith('/own'))
        res
          .setHeader('sunset', 'Fri, 01 Jan 2027 00:00:00 GMT')
          .setHeader('link', '<https://api.example>; rel="up"')
      res.end('fine')
    })
    setting = await settingAt('2027-03-08T10:05Z')
  })
  afterAll(async () => {
    await setting.close()
    await upstream.close()
  })

  const get = ({ address, token }: Setting, { path = '/photos', method = 'HMAC-SHA1', keys = client } = {}) =>
    new ThirdParty(keys, method).send('GET', `${address}${path}`, { token })

  it('tells and refuses what it must at each stage', async () => {
    for (const [time, status, notice, wait] of stages) {
      const staged = await settingAt(time)
      const before = requests
      const response = await get(staged)
      const got = [time, response.status, told(response), response.headers.get('retry-after')]
      expect(got).toEqual([time, status, notice, wait])
      expect(requests - before).toBe(status === 200 ? 1 : 0)
      const body = await response.text()
      if (status === 503) expect(JSON.parse(body)).toEqual(brownoutUntil('2027-03-08 10:15'))
      if (status === 410) expect(JSON.parse(body)).toEqual(retired)
      if (status === 200) expect(body).toBe('fine')
      await staged.close()
    }
  })

  it('leaves wrong signatures, other methods and unsigned requests as they are', async () => {
    const wrong = await get(setting, { keys: { ...client, secret: 'wrong' } })
    expect([wrong.status, told(wrong), wrong.headers.get('retry-after')]).toEqual([401, ofSha1, null])
    const other = await get(setting, { method: 'HMAC-SHA256' })
    expect([other.status, told(other)]).toEqual([200, ofNothing])
    const unsigned = await fetch(`${setting.address}/photos`)
    expect([unsigned.status, told(unsigned)]).toEqual([401, ofNothing])
  })

  it('keeps what the API says itself of an address, and its links', async () => {
    const announced = await settingAt('2027-02-15')
    const response = await get(announced, { path: '/own' })
    expect(told(response)).toEqual({
      ...ofSha1,
      sunset: 'Fri, 01 Jan 2027 00:00:00 GMT',
      link: `<https://api.example>; rel="up", ${ofSha1.link}`,
    })
    await announced.close()
  })

  it('counts the refusals of a brownout by client', async () => {
    const metrics = async () => (await fetch(`${setting.gateway.adminAddress}/metrics`)).text()
    expect((await get(setting)).status).toBe(503)
    expect(await metrics()).toMatch(
      /refused_requests_total\{endpoint="resource",code="brownout",client="album"\} \d/,
    )
  })
})

describe('a gateway that proxies ask', () => {
  const leaving: Keys = { key: 'leaving', secret: 'leaving-secret' }
  const secret = 'token-secret'

  const gatewayAt = (time: string): Promise<Gateway> => {
    const clock = new Clock()
    clock.set(time)
    const file = join(directory.path, 'credentials.json')
    const held = {
      clients: [client, leaving],
      tokens: [client, leaving].map(({ key }) => ({
        client: key,
        token: `token-${key}`,
        token_secret: secret,
      })),
    }
    writeFileSync(file, JSON.stringify(held))
    return createGateway({
      database: ':memory:',
      logLevel: 'silent',
      trustedProxies: ['loopback'],
      clientAddressHeader: 'x-forwarded-for',
      retirementFile: write(plan),
      options: { now: clock.now, timestampWindowSeconds },
      gateway: { adminPort: 0, credentialsFiles: [file], origin: 'https://api.example.com' },
    })
  }

  /** Asks as Traefik does, or as nginx does. */
  function ask(at: Gateway, teller: 'forwarded' | 'original', keys: Keys, method = 'HMAC-SHA1') {
    const url = 'https://api.example.com/photos'
    const token = { key: `token-${keys.key}`, secret }
    return fetch(at.address, {
      headers: {
        authorization: new ThirdParty(keys, method).authorization('GET', url, { token }),
        [`x-${teller}-method`]: 'GET',
        [`x-${teller}-uri`]: '/photos',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'api.example.com',
        'x-forwarded-for': '192.0.2.1',
      },
    })
  }

  it('says at each stage what the proxy must tell its client', async () => {
    for (const [time, status, notice, wait] of stages) {
      const gateway = await gatewayAt(time)
      const response = await ask(gateway, 'forwarded', client)
      const got = [time, response.status, told(response), response.headers.get('retry-after')]
      expect(got).toEqual([time, status, notice, wait])
      // nginx passes on no other refusal than 401 and 403, and no body.
      const asked = await ask(gateway, 'original', client)
      expect([time, asked.status, told(asked)]).toEqual([time, status === 200 ? 200 : 403, notice])
      const refusal = JSON.parse(asked.headers.get('x-oauth-refusal') ?? '{}')
      if (status === 503) expect(refusal).toEqual(brownoutUntil('2027-03-08 10:15'))
      await gateway.close()
    }
  })

  it('says 403 to Envoy in a brownout, which takes 503 for a failure of the check', async () => {
    const gateway = await gatewayAt('2027-03-08T10:14:59Z')
    const url = 'https://api.example.com/photos'
    const token = { key: `token-${client.key}`, secret }
    const response = await sendRaw(
      gateway.adminAddress,
      [
        'GET /verify/photos HTTP/1.1',
        'Host: api.example.com',
        `Authorization: ${new ThirdParty(client).authorization('GET', url, { token })}`,
        'X-Forwarded-Proto: https',
        'X-Forwarded-For: 192.0.2.1',
        'Connection: close',
        '',
        '',
      ].join('\r\n'),
    )
    expect(response).toMatch(/^HTTP\/1\.1 403 /)
    expect(response).toContain('retry-after: 1\r\n')
    expect(response).toContain('"error":"brownout"')
    await gateway.close()
  })

  it('knows a client of a file, and tells a stranger nothing of it', async () => {
    const gateway = await gatewayAt('2027-02-15')
    expect(told(await ask(gateway, 'forwarded', leaving, 'HMAC-SHA256'))).toEqual(ofLeaving)
    const wrong = await ask(gateway, 'forwarded', { ...leaving, secret: 'wrong' }, 'HMAC-SHA256')
    expect([wrong.status, told(wrong)]).toEqual([401, ofNothing])
    await gateway.close()
  })
})

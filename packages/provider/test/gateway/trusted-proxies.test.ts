import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { client, openSetting, type RecordingUpstream, recordingUpstream } from './setting.ts'

let upstream: RecordingUpstream
beforeAll(async () => {
  upstream = await recordingUpstream()
})
afterAll(() => upstream.close())

/** What the upstream and the log are told of a request that says where it came from. */
async function told(settings: NonNullable<Parameters<typeof openSetting>[1]>, given: Record<string, string>) {
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const setting = await openSetting(upstream.address, settings, log)
  const { address, token } = setting
  // Behind a proxy its public address is signed.
  const url = `${settings.gateway?.origin ?? address}/a`
  const authorization = new ThirdParty(client).authorization('GET', url, { token })
  const response = await fetch(`${address}/a`, { headers: { ...given, authorization } })
  expect(response.status).toBe(200)
  // The log is written after the response.
  await setting.close()
  const headers = upstream.seen.at(-1)?.headers ?? {}
  const logged = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'request')
  return { headers, logged }
}

const origin = 'https://api.example'
const clientAddressHeader = 'x-forwarded-for'
const given = {
  'x-forwarded-for': '6.6.6.6, 198.51.100.7, 127.0.0.9',
  'x-forwarded-proto': 'gopher',
  'x-forwarded-host': 'elsewhere.example',
  'x-request-id': 'from-the-proxy',
}

it('a trusted proxy is believed where a request came from, and what it calls it', async () => {
  const settings = { clientAddressHeader, trustedProxies: ['loopback'], gateway: { origin } }
  const { headers, logged } = await told(settings, given)
  expect(headers).toMatchObject({
    'x-forwarded-for': '198.51.100.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'api.example',
  })
  expect(logged).toMatchObject({ network: '198.51.100.7', callerRequestId: 'from-the-proxy' })
  expect(headers['x-request-id']).toBe(logged.requestId)
  expect(logged.requestId).not.toBe('from-the-proxy')
})

it.each([
  ['is not one of the trusted proxies', { clientAddressHeader, trustedProxies: ['10.0.0.0/8'] }],
  ['connects to a gateway without proxies', {}],
])('a client that %s is believed nothing', async (_what, settings) => {
  const { headers, logged } = await told(settings, given)
  expect(headers['x-forwarded-for']).toBe('127.0.0.1')
  expect(headers['x-forwarded-proto']).toBe('http')
  expect(headers['x-forwarded-host']).not.toBe('elsewhere.example')
  expect(headers['x-request-id']).toBe(logged.requestId)
  expect(logged.network).toBe('127.0.0.1')
  expect(logged.callerRequestId).toBeUndefined()
})

it('a trusted proxy that says nothing, or nothing readable, leaves the address out', async () => {
  const settings = { clientAddressHeader, trustedProxies: ['loopback'], gateway: { origin } }
  for (const header of [{}, { 'x-forwarded-for': 'unknown' }] as Record<string, string>[]) {
    const { headers, logged } = await told(settings, { ...header, 'x-request-id': 'ä'.repeat(200) })
    expect(headers['x-forwarded-for']).toBeUndefined()
    expect(logged.network).toBeUndefined()
    expect(logged.callerRequestId).toBeUndefined()
  }
})

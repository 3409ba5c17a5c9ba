import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../test/support/third-party.ts'
import manifest from '../package.json' with { type: 'json' }
import { createAccount } from '../src/accounts/accounts.ts'
import { registerClient } from '../src/clients/registration.ts'
import { createProvider, type Provider } from '../src/provider.ts'
import { ClientLabels } from '../src/telemetry/client-labels.ts'
import { createLog } from '../src/telemetry/log.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { Visitor } from './visitor.ts'

const silent = createLog('silent')

/** The samples of a page for Prometheus: the number by name and labels. */
function samplesOf(page: string): ReadonlyMap<string, number> {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  )
}

describe('/metrics', () => {
  let provider: Provider
  const scrape = async () => {
    const response = await fetch(`${provider.metricsAddress}/metrics`)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    return samplesOf(await response.text())
  }
  let client: { clientId: string; clientSecret: string }
  beforeAll(async () => {
    provider = await createProvider({ port: 0, database: ':memory:', metricsPort: 0 }, silent)
    const { db } = provider.services
    client = await registerClient(db, { name: 'Album', callbacks: [] })
    await createAccount(db, 'vera', 'correct horse battery')
  })
  afterAll(() => provider.close())

  it('counts requests by route and outcome, refusals by code and proven client, nonces, tokens and sign-ins', async () => {
    const { services, address } = provider
    const { key, secret } = { key: client.clientId, secret: client.clientSecret }
    const signing = new ThirdParty({ key, secret })
    const issued = await issueToken(services, key, 1)
    const token = { key: issued.oauthToken, secret: issued.oauthTokenSecret }
    const headers = { authorization: signing.authorization('GET', `${address}/api/me`, { token }) }
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await fetch(`${address}/api/me`, { headers })).status)
    expect(statuses).toEqual([200, 401, 401])
    const stranger = new ThirdParty({ key, secret: 'another' })
    await stranger.send('GET', `${address}/api/me`, { token })
    await signing.send('POST', `${address}/oauth/initiate`, { data: { oauth_callback: 'oob' } })
    const visitor = new Visitor(address)
    await visitor.signIn('vera', 'wrong')
    await visitor.signIn('vera', 'correct horse battery')
    for (const path of ['/nowhere', '/nowhere/else', '/clients/abc', '/clients/def'])
      await fetch(address + path, { redirect: 'manual', headers: { accept: 'text/html' } })
    const samples = await scrape()
    const of = (name: string) => samples.get(`countersign_${name}`)
    expect(of('http_requests_total{method="GET",route="/api/me",status="200"}')).toBe(1)
    expect(of('http_requests_total{method="GET",route="/api/me",status="401"}')).toBe(3)
    expect(of('http_requests_total{method="GET",route="other",status="404"}')).toBe(2)
    expect(of('http_requests_total{method="GET",route="/clients/:id",status="303"}')).toBe(2)
    expect(of('http_request_duration_seconds_count{route="/api/me"}')).toBe(4)
    expect(of('accepted_requests_total{signature_method="HMAC-SHA1",place="header"}')).toBe(1)
    expect(of(`refused_requests_total{endpoint="resource",code="invalid_nonce",client="${key}"}`)).toBe(2)
    expect(of('refused_requests_total{endpoint="resource",code="invalid_signature",client=""}')).toBe(1)
    expect(of('nonces_total{outcome="recorded"}')).toBe(2)
    expect(of('nonces_total{outcome="replayed"}')).toBe(2)
    expect(of('tokens_issued_total')).toBe(1)
    expect(of('temporary_credentials_issued_total')).toBe(1)
    expect(of('temporary_credentials')).toBe(1)
    expect(of('sign_ins_total{outcome="signed_in"}')).toBe(1)
    expect(of('sign_ins_total{outcome="wrong"}')).toBe(1)
    expect(of('sessions')).toBe(1)
    expect(of('store_duration_seconds_count{operation="recordNonce"}')).toBe(4)
    expect(of('store_duration_seconds_count{operation="queryClientAndToken"}')).toBe(4)
    expect(of(`build_info{version="${manifest.version}",node="${process.version}"}`)).toBe(1)
    expect([...samples.keys()]).toEqual(
      expect.arrayContaining([
        'nodejs_eventloop_lag_p99_seconds',
        'process_cpu_user_seconds_total',
        'process_resident_memory_bytes',
      ]),
    )
  })

  it('is not served on the public port, and the other port serves nothing else', async () => {
    expect((await fetch(`${provider.address}/metrics`)).status).toBe(404)
    expect((await fetch(`${provider.metricsAddress}/api/me`)).status).toBe(404)
    expect((await fetch(`${provider.metricsAddress}/metrics`, { method: 'POST' })).status).toBe(405)
  })

  it('makes no more series, whatever strangers send', async () => {
    const own = async () => [...(await scrape()).keys()].filter((name) => name.startsWith('countersign_'))
    // Uses of the tokens of earlier tests are written a while later.
    await provider.services.tokenUses.flush()
    const before = await own()
    for (let i = 0; i < 20; i++) {
      const stranger = new ThirdParty({ key: `stranger${i}`, secret: 'x' })
      await stranger.send('GET', `${provider.address}/api/me`, { token: { key: `t${i}`, secret: 's' } })
      await fetch(`${provider.address}/nowhere${i}`, { headers: { accept: 'text/html' } })
    }
    expect(await own()).toEqual(before)
  })

  it('goes on without the gauges of the store while that fails, and counts the failures', async () => {
    await provider.services.db.destroy()
    await new ThirdParty({ key: 'x', secret: 'x' }).send('GET', `${provider.address}/api/me`, {
      token: { key: 't', secret: 's' },
    })
    const samples = await scrape()
    const failures = 'countersign_store_failures_total{operation="queryClientAndToken"}'
    expect(samples.get(failures)).toBe(1)
  })
})

it('opens no port for metrics, and wraps no hook, unless it is asked to', async () => {
  const provider = await createProvider({ port: 0, database: ':memory:' }, silent)
  expect(provider.metricsAddress).toBeUndefined()
  expect(provider.services.telemetry).toEqual({ metrics: undefined, tracing: undefined })
  await provider.close()
})

it('names the setting where the port for metrics is taken', async () => {
  const first = await createProvider({ port: 0, database: ':memory:', metricsPort: 0 }, silent)
  const metricsPort = Number(new URL(first.metricsAddress ?? '').port)
  const second = createProvider({ port: 0, database: ':memory:', metricsPort }, silent)
  await expect(second).rejects.toThrow(/set METRICS_PORT to another/)
  await first.close()
})

it('gives labels to the first clients alone', () => {
  const labels = new ClientLabels(2)
  const given = ['a', 'b', 'c', 'a', 'c', undefined].map((id) => labels.labelOf(id))
  expect(given).toEqual(['a', 'b', 'other', 'a', 'other', ''])
})

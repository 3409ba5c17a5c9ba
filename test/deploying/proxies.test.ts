import { createServer, type IncomingHttpHeaders } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drive, temporaryCredentials, tokenCredentials } from '../../examples/drive.ts'
import { type Running, start } from '../../examples/start.ts'
import { available } from '../../packages/countersign/test/services.ts'
import { startRedis } from '../../packages/countersign/test/stores/private-server.ts'
import { authority, freePort } from '../../packages/provider/test/certificates.ts'
import { temporaryDirectory } from '../../packages/provider/test/running-provider.ts'
import { ThirdParty } from '../support/third-party.ts'
import { adapted } from './page.ts'
import { caddy, caddyBelow, nginx, nginxBelow, type Place } from './proxies.ts'

const isComplete =
  (await available('nginx')) &&
  (await available('caddy')) &&
  (await available('openssl')) &&
  (await available('redis-server'))

/** Sent as they stand here: `fetch` would tidy them up first. */
const targets = [
  '/a%2Fb/%c3%a9/%7e?x=%7e&x=%C3%BC&y',
  '/photos%252F7;v=1,2/a+b?a=b+c&a=b%20c&empty=&&=1',
  '/%6De?q=a;b&r=[1]&s=%3D&t=a/b?c',
  '/?',
]
/** Where Caddy strips a path, it makes these tidy, as the page says. */
const untidy = ['/a//b', '//a', '/a/./b/../c', '/a/%2e%2e/b']

const cases = [
  ['nginx', nginx, '', untidy],
  ['nginx below a path', nginxBelow, '/notes', untidy],
  ['Caddy', caddy, '', untidy],
  ['Caddy below a path', caddyBelow, '/notes', ['/a/b', '/a', '/a/c', '/a/%2e%2e/b']],
] as const

describe.each(isComplete ? cases : [])('the %s of docs/deploying.md', (_, runProxy, below, tidied) => {
  const directory = temporaryDirectory()
  const ends: (() => unknown)[] = [directory.remove]
  const seen: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders }[] = []
  const processes: Running[] = []
  let site = ''
  let echo = 0

  beforeAll(async () => {
    const ca = authority(directory.path)
    setDefaultCACertificates([...getCACertificates('default'), ca.certificate])
    const tls = ca.issue('localhost')
    const redis = await startRedis()
    ends.push(redis.close)
    const port = await freePort()
    site = `https://localhost:${port}${below}`
    const settings = adapted('/etc/api/api.env', [
      // The page says what comes before production: a consent page of one's own.
      ['NODE_ENV=production\n', ''],
      ['https://api.example.com', site],
      ['redis://127.0.0.1:6379', `redis://127.0.0.1:${redis.port}`],
      ['/var/lib/api', directory.path],
    ])
    const script = `${settings.trim().split('\n').join(' ')} node server.ts`
    const application = join(import.meta.dirname, '../../examples/redis')
    const run = async () => {
      const app = await start(application, { script, flags: ['--conditions=countersign-source'] })
      ends.push(app.stop)
      return app
    }
    // One after the other: the first creates the tables.
    processes.push(await run(), await run())
    const raw = createServer((req, res) => {
      seen.push({ url: req.url, headers: req.headers })
      if (req.url === '/cut') req.socket.destroy()
      else res.end()
    }).listen(0, '127.0.0.1')
    ends.push(() => raw.close())
    const proxyTo = async (name: string, at: number, upstreams: readonly [number, number]) => {
      const place: Place = { folder: join(directory.path, name), port: at, upstreams, ...tls }
      ends.push((await runProxy(place)).stop)
    }
    await proxyTo('application', port, portsOf(processes))
    const { port: rawPort } = raw.address() as AddressInfo
    echo = await freePort()
    await proxyTo('echo', echo, [rawPort, rawPort])
  })
  afterAll(async () => {
    for (const end of ends.reverse()) await end()
  })

  it('lets a real client through the whole flow', () => drive(site))

  it('has two processes accept a request once between them', async () => {
    const client = new ThirdParty({ key: 'demo', secret: 'demo-secret' })
    const temporary = await temporaryCredentials(site)
    const answer = new URLSearchParams({ oauth_token: temporary.key, user: 'ada', decision: 'allow' })
    const page = await fetch(`${site}/oauth/authorize?oauth_token=${temporary.key}`, {
      ...{ method: 'POST', body: answer, redirect: 'manual' },
    })
    const verifier = new URL(page.headers.get('location') ?? '').searchParams.get('oauth_verifier') ?? ''
    const token = await tokenCredentials(site, temporary, verifier)
    const url = `${site}/api/me?q=a%2Fb`
    const headers = { authorization: client.authorization('GET', url, { token }) }
    const copies = Array.from({ length: 8 }, async () => (await fetch(url, { headers })).status)
    expect((await Promise.all(copies)).sort()).toEqual([200, ...Array(7).fill(401)])
  })

  it('passes on path, query, host and Authorization octet for octet', async () => {
    const authorization = 'OAuth oauth_consumer_key="demo",oauth_signature="a%2Bb%3D"'
    for (const target of targets) {
      await send({ port: echo, path: below + target, headers: { authorization } })
      const { url, headers } = seen.at(-1) ?? {}
      expect(url).toBe(target)
      expect(headers).toMatchObject({ authorization, host: `localhost:${echo}` })
    }
    expect(seen).toHaveLength(targets.length)
  })

  it('changes no path, but where the page says so', async () => {
    const before = seen.length
    for (const path of untidy) await send({ port: echo, path: below + path })
    expect(seen.slice(before).map(({ url }) => url)).toEqual(tidied)
  })

  it('sends a POST once, though its answer is lost', async () => {
    const before = seen.length
    await send({ port: echo, path: `${below}/cut`, method: 'POST' })
    expect(seen.slice(before)).toHaveLength(1)
  })

  // The files for a path leave this to the others.
  if (below !== '') return
  it('serves everything when one process has ended', async () => {
    await processes[0]?.stop()
    const client = new ThirdParty({ key: 'demo', secret: 'demo-secret' })
    for (let request = 0; request < 6; request++) {
      const refused = await client.send('GET', `${site}/api/me`, { token: { key: 'none', secret: 'none' } })
      expect(refused.status).toBe(401)
    }
  })
})

function portsOf(processes: readonly Running[]): [number, number] {
  const [one = 0, two = 0] = processes.map(({ origin }) => Number(new URL(origin).port))
  return [one, two]
}

function send(options: RequestOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, host: 'localhost' }, (response) => {
      response.resume().once('end', resolve)
    })
    sent.once('error', reject).end()
  })
}

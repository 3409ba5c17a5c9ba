import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, expect, it } from 'vitest'
import { isKnown } from '../src/web/http/host-check.ts'
import { sendOctets } from './octets.ts'
import { type ProviderProcess, runProvider, temporaryDirectory } from './running-provider.ts'

const directory = temporaryDirectory()
const running: ProviderProcess[] = []
afterAll(async () => {
  for (const provider of running) await provider.stop()
  directory.remove()
})

async function start(name: string, env: Record<string, string>) {
  const provider = await runProvider(directory.path, { COUNTERSIGN_DATABASE: `${name}.sqlite`, ...env })
  running.push(provider)
  return provider
}

/** The log's lines with this word, each JSON. */
function logged(provider: ProviderProcess, word: string) {
  const lines = provider.output.stderr.split('\n').filter((line) => line.includes(word))
  return lines.map((line) => JSON.parse(line))
}

async function get(url: string, headers: Record<string, string>): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (response) => {
      text(response).then((body) => resolve([response.statusCode, body]), reject)
    })
    sent.on('error', reject).end()
  })
}

it.each([
  ['x-forwarded-proto', 'https'],
  ['forwarded', 'proto=https;host=oauth.example.com'],
  ['x-forwarded-host', 'oauth.example.com'],
])('tells the operator once of a proxy that sends %s while PUBLIC_URL is not set', async (header, value) => {
  const provider = await start(header, { LOG_LEVEL: 'warn' })
  for (let i = 0; i < 3; i++) await get(`${provider.url}/api/me`, { [header]: value })
  const [line, ...more] = logged(provider, 'PUBLIC_URL')
  expect(more).toEqual([])
  expect(line).toMatchObject({ header, value, checkedAgainst: provider.url })
  expect(line.msg).toMatch(
    /PUBLIC_URL is not set: signatures are checked against .*set PUBLIC_URL to the public address/,
  )
})

it('tells the operator once of an unknown host, and takes it when it is allowed', async () => {
  const provider = await start('host', { LOG_LEVEL: 'warn' })
  for (let i = 0; i < 3; i++) {
    const [status] = await get(`${provider.url}/healthz`, { host: 'oauth.example.com' })
    expect(status).toBe(421)
  }
  expect(logged(provider, 'PUBLIC_URL')).toMatchObject([{ host: 'oauth.example.com' }])
  const allowing = await start('allowed', { ALLOWED_HOSTS: 'OAuth.example.com, other.example:8080' })
  for (const [host, status] of [
    ['oauth.example.com', 200],
    ['oauth.example.com:1', 200],
    ['other.example:8080', 200],
    ['other.example', 421],
    ['evil.example', 421],
  ] as const) {
    expect([host, (await get(`${allowing.url}/healthz`, { host }))[0]]).toEqual([host, status])
  }
})

it('says nothing of a proxy, and takes any host, with a public origin', async () => {
  const provider = await start('origin', { LOG_LEVEL: 'warn', ORIGIN: 'https://oauth.example.com' })
  const headers = { 'x-forwarded-proto': 'https', host: 'upstream' }
  expect((await get(`${provider.url}/healthz`, headers))[0]).toBe(200)
  expect(provider.output.stderr).toBe('')
})

it.each([
  ['127.0.0.1:80', '127.0.0.1', 80, true],
  ['127.0.0.1', '127.0.0.1', 80, true],
  ['192.0.2.1:5849', '0.0.0.0', 5849, true],
  ['[2001:db8::1]:5849', '::', 5849, true],
  ['localhost:5849', '0.0.0.0', 5849, true],
  ['provider:5849', 'provider', 5849, true],
  ['provider:5849', '0.0.0.0', 5849, false],
  ['192.0.2.1:5849', '127.0.0.1', 5849, false],
  ['localhost:8080', '0.0.0.0', 5849, true],
  ['localhost:8080', '127.0.0.1', 5849, false],
])('judges the host %s on %s, port %i, as known: %s', (authority, host, port, known) => {
  expect(isKnown(authority, port, { host, origin: undefined, allowedHosts: [] })).toBe(known)
})

it('closes what never ends, be it a head, a form, or a connection that says nothing', async () => {
  const provider = await start('slow', { REQUEST_TIMEOUT_SECONDS: '1' })
  const { host } = new URL(provider.url)
  const head = `POST /oauth/token HTTP/1.1\r\nHost: ${host}\r\n`
  const form = 'Content-Type: application/x-www-form-urlencoded\r\n'
  const never = [
    'POST /oau',
    head,
    `${head}${form}Content-Length: 1000\r\n\r\na=b`,
    `${head}${form}Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n`,
    `${head.replace('/oauth/token', '/sign-in')}${form}Content-Length: 1000\r\n\r\na=b`,
    `${head.replace('/oauth/token', '/api/echo')}${form}Content-Length: 1000\r\n\r\na=b`,
    `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  ]
  // Each ends only when the provider closes it.
  await Promise.all(never.map((octets) => sendOctets(provider.url, octets)))
  expect((await get(`${provider.url}/healthz`, {}))[0]).toBe(200)
})

it('holds no more connections than it is set to', async () => {
  const provider = await start('connections', { MAX_CONNECTIONS: '5' })
  const { hostname, port } = new URL(provider.url)
  const sockets = Array.from({ length: 20 }, () => connect(Number(port), hostname))
  let closed = 0
  await new Promise<void>((resolve) => {
    for (const socket of sockets) {
      socket.on('error', () => {})
      socket.on('close', () => {
        closed++
        if (closed === 15) resolve()
      })
      socket.resume()
    }
  })
  for (const socket of sockets) socket.destroy()
})

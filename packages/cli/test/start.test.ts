import { readFileSync, realpathSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { settingsFromEnv } from '@countersign/provider'
import { afterAll, expect, it } from 'vitest'
import { runCli, runProvider, spawnTry, temporaryDirectory } from '../../provider/test/running-provider.ts'
import { signer } from '../../provider/test/signer.ts'
import { Visitor } from '../../provider/test/visitor.ts'
import { runHere } from './in-process.ts'

const directory = temporaryDirectory()
const cwd = directory.path
afterAll(() => directory.remove())

/** A line of the greeting, such as the `Password`. */
function greeted(stdout: string, name: string): string {
  return new RegExp(`^ *${name} +(\\S+)$`, 'm').exec(stdout)?.[1] ?? ''
}

it('makes a demonstration once, and try goes through the whole flow with what it printed', async () => {
  const fresh = temporaryDirectory()
  const first = await runProvider(fresh.path)
  const { stdout } = first.output
  const keys = { key: greeted(stdout, 'Client key'), secret: greeted(stdout, 'Client secret') }
  expect(stdout).toContain(`try --url ${first.url} --key ${keys.key}\n`)
  const temporary = await signer(first.url, keys)('POST', '/oauth/initiate', { oauth_callback: 'oob' })
  const oauthToken = new URLSearchParams(await temporary.text()).get('oauth_token') ?? ''
  expect(await first.stop()).toBe(0)

  // What was begun before the restart goes on after it.
  const second = await runProvider(fresh.path)
  expect(second.output.stdout).not.toContain('Password ')
  expect(second.output.stdout).toContain(
    `user passwd demo --database ${join(realpathSync(fresh.path), 'data/countersign.sqlite')}\n`,
  )
  // The printed commands lead to another client if the first one's secret is lost.
  const printed = (command: string) => {
    const line = new RegExp(`^  npm run --silent countersign -- (${command} .*)$`, 'm').exec(
      second.output.stdout,
    )
    return line?.[1]?.split(' ') ?? []
  }
  const added = await runCli(cwd, printed('client add'))
  const another = { key: greeted(added.stdout, 'Key'), secret: greeted(added.stdout, 'Secret') }
  const again = await runCli(
    cwd,
    printed('try').map((word) => (word === 'KEY' ? another.key : word)),
    { input: `${another.secret}\n` },
  )
  expect(again.stdout).toContain(`${second.url}/oauth/authorize?oauth_token=`)

  const visitor = new Visitor(second.url)
  await visitor.signIn(greeted(stdout, 'User name'), greeted(stdout, 'Password'))
  expect((await visitor.open(`/oauth/authorize?oauth_token=${oauthToken}`)).text).toContain(
    'Give Demonstration access',
  )

  const tried = await tryFlow(fresh.path, second.url, keys, visitor)
  expect(tried).toContain('"name": "demo"')
  expect(await second.stop()).toBe(0)
  const database = join(fresh.path, 'data/countersign.sqlite')
  expect(statSync(database).mode & 0o077).toBe(0)
  expect(readFileSync(database).includes(greeted(stdout, 'Password'))).toBe(false)
  fresh.remove()
})

it.each([
  ['prints a command that works', {}, undefined],
  ['prints a command that works', { HOST: '0.0.0.0', OAUTH1_INSECURE_TRANSPORT: 'true' }, undefined],
  ['says what to set instead', { HOST: '0.0.0.0' }, 'HOST=127.0.0.1'],
  ['says what to set instead', { OAUTH1_INSECURE_TRANSPORT: 'false' }, 'PUBLIC_URL=https://'],
  ['says why there is none', { OAUTH1_SUPPORTED_SIGNATURE_METHODS: 'RSA-SHA256' }, 'not accepted here'],
])('%s with the settings %j', async (_, env, instead) => {
  const fresh = temporaryDirectory()
  const provider = await runProvider(fresh.path, env)
  const { stdout } = provider.output
  const args = /^ .* (--url http.*)$/m.exec(stdout)?.[1]?.split(' ')
  if (instead === undefined) {
    const { stdout: tried } = await runCli(cwd, ['try', ...(args ?? [])], {
      input: `${greeted(stdout, 'Client secret')}\n`,
    })
    expect(tried).toContain('/oauth/authorize?oauth_token=')
  } else {
    expect(stdout).toContain(instead)
    expect(args).toBeUndefined()
  }
  await provider.stop()
  const again = await runProvider(fresh.path, env)
  expect(again.output.stdout).toContain(' client add Another ')
  expect(again.output.stdout.includes(' try --url ')).toBe(instead === undefined)
  await again.stop()
  fresh.remove()
})

it('says clearly that the port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const { code, stderr } = await runCli(cwd, ['start', '--port', String(port)])
  other.close()
  expect(stderr).toBe(`Port ${port} on 127.0.0.1 is taken. Stop what uses it, or set PORT to another.\n`)
  expect(code).toBe(1)
})

it.each([
  [{ ORIGIN: 'oauth.example.com' }, 'ORIGIN: must be'],
  [{ PROFILES: 'netsuit' }, 'PROFILES: there is no profile netsuit, only bricklink,'],
  [{ SCOPES: 'photos:read' }, 'SCOPES.photos:read: has no sentence'],
  [{ OAUTH1_TWO_LEGGED: 'yes' }, 'OAUTH1_TWO_LEGGED must be true or false'],
  [{ OAUTH1_TOKEN_LIFETIME_SECOND: '60' }, 'OAUTH1_TOKEN_LIFETIME'],
  [{ ORIGIN: 'https://:::' }, '":::" is not a host, with or without a port'],
  [{ ORIGIN: 'https://oauth.example.com/oauth' }, 'the path begins with /oauth, which is a path'],
  [{ ORIGIN: 'https://oauth.example.com?x' }, '"?x" follows the host'],
  [{ ORIGIN: 'https://a,https://b' }, 'the host contains ","'],
  [{ ORIGIN: 'https://anna:pw@oauth.example.com' }, 'there is user information before the "@"'],
  [{ ORIGIN: 'https://oauth example.com' }, 'the host contains " "'],
  [{ ORIGIN: 'https://oauth.example.com:99999' }, 'is not a host, with or without a port'],
  [{ ORIGIN: 'https://' }, 'there is no host'],
  [{ ALLOWED_HOSTS: 'http://x' }, 'ALLOWED_HOSTS'],
  [{ COUNTERSIGN_SYNCHRONOUS: 'off' }, 'COUNTERSIGN_SYNCHRONOUS'],
  [{ MAX_CONNECTIONS: '0' }, 'MAX_CONNECTIONS'],
  [{ REQUEST_TIMEOUT_SECONDS: 'soon' }, 'REQUEST_TIMEOUT_SECONDS'],
  [{ CLIENT_ADDRESS_HEADER: 'X Forwarded' }, 'CLIENT_ADDRESS_HEADER: must be'],
  [{ CLIENT_ADDRESS_HEADER: 'Forwarded' }, 'CLIENT_ADDRESS_HEADER: must be'],
  [{ OAUTH1_TOKEN_LENGTH: '-1' }, 'OAUTH1_TOKEN_LENGTH'],
  [{ OAUTH1_SUPPORTED_SIGNATURE_METHODS: 'HMAC-MD5' }, 'HMAC-MD5'],
  [{ OAUTH1_SUPPORTED_SIGNATURE_METHODS: 'toString' }, 'there is no toString'],
])('refuses the settings %j and names the one at fault', async (env, name) => {
  const { code, stderr } = await runHere(['start', '--database', join(cwd, 'unused.sqlite')], env)
  expect(stderr).toContain(name)
  expect(code).toBe(1)
})

it.each([
  [{ PORT: 'many' }, 'PORT'],
  [{ HOST: '203.0.113.7', PORT: '0' }, 'is not an address of this machine'],
  [{ HOST: 'fe80::1', PORT: '0' }, 'HOST fe80::1 is not an address of this machine'],
])('a process with the settings %j ends, and says why', async (env, name) => {
  const { code, stderr } = await runCli(cwd, ['start'], { env })
  expect(stderr).toContain(name)
  expect(code).toBe(1)
})

it.each([
  ['https://Example.com/', 'https://example.com'],
  [' https://oauth_1.example.com:443 ', 'https://oauth_1.example.com'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['http://[::1]:8080/', 'http://[::1]:8080'],
])('takes the origin %j in its usual form', (ORIGIN, origin) => {
  expect(settingsFromEnv({ ORIGIN }).origin).toBe(origin)
})

it.each([
  ['true', 'error=invalid_client'],
  ['false', 'error=invalid_signature'],
])('with COUNTERSIGN_DISTINCT_ERRORS=%s refuses an unknown client with %s', async (switched, response) => {
  const fresh = temporaryDirectory()
  const provider = await runProvider(fresh.path, { COUNTERSIGN_DISTINCT_ERRORS: switched })
  const send = signer(provider.url, { key: 'nobody', secret: 'secret' })
  expect(await (await send('POST', '/oauth/initiate', { oauth_callback: 'oob' })).text()).toContain(response)
  await provider.stop()
  fresh.remove()
})

it('behind a public origin demands https, gives out secure cookies and makes no demonstration', async () => {
  const fresh = temporaryDirectory()
  const provider = await runProvider(fresh.path, { ORIGIN: 'https://oauth.example.com' })
  expect(provider.output.stdout).toContain('https is required')
  expect(provider.output.stdout).not.toContain('Password')
  const cookie = (await fetch(`${provider.url}/sign-in`)).headers.get('set-cookie')
  expect(cookie).toMatch(/^__Host-countersign=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  await provider.stop()
  fresh.remove()
})

/** Runs `countersign try` and does what it asks the user for. */
async function tryFlow(path: string, url: string, keys: { key: string; secret: string }, visitor: Visitor) {
  const dance = spawnTry(path, ['--url', url, '--key', keys.key], {
    COUNTERSIGN_CLIENT_SECRET: keys.secret,
  })
  const page = await dance.line(/\/oauth\/authorize\?oauth_token=\S+/)
  await visitor.open(page)
  const { text } = await visitor.submit('/oauth/authorize', { decision: 'allow' })
  return dance.response(/<code class="code">([^<]+)</.exec(text)?.[1] ?? '')
}

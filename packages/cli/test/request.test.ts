import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ThirdParty } from '../../../test/support/third-party.ts'
import { runCli, runCliJson } from '../../provider/test/running-provider.ts'
import { openSite } from '../../provider/test/site.ts'

const methods = [
  'HMAC-SHA1',
  'HMAC-SHA256',
  'HMAC-SHA512',
  'RSA-SHA1',
  'RSA-SHA256',
  'RSA-SHA512',
  'PLAINTEXT',
]
const site = openSite({ OAUTH1_SUPPORTED_SIGNATURE_METHODS: methods.join(' ') })
const form = 'application/x-www-form-urlencoded'

const client = { clientId: '', clientSecret: '' }
const token = { oauthToken: '', oauthTokenSecret: '' }
/** The secrets of the client and its token, in the environment. */
const env: Record<string, string> = {}

beforeAll(async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(join(site.directory, 'public.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(join(site.directory, 'private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await site.member('terry')
  const add = ['client', 'add', '--name', 'Terminal', '--rsa-public-key', 'public.pem']
  Object.assign(client, await runCliJson(site.directory, add))
  const issue = ['token', 'add', '--client', client.clientId, '--user', 'terry']
  Object.assign(token, await runCliJson(site.directory, issue))
  env['COUNTERSIGN_CLIENT_SECRET'] = client.clientSecret
  env['COUNTERSIGN_TOKEN_SECRET'] = token.oauthTokenSecret
})

/** A server that tells what it got, and sends whoever asks for it elsewhere. */
const mirror = createServer(async (req, res) => {
  const status = Number(/status=(\d+)/.exec(req.url ?? '')?.[1] ?? 200)
  const body = await text(req)
  res.writeHead(status, { location: '/elsewhere', 'x-mirror': 'yes' })
  res.end(JSON.stringify({ method: req.method, url: req.url, headers: req.headersDistinct, body }))
})
let mirrorUrl = ''
beforeAll(async () => {
  mirror.listen(0, '127.0.0.1')
  await once(mirror, 'listening')
  mirrorUrl = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`
})
afterAll(() => mirror.close())

interface Mirrored {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string[]>
  readonly body: string
}

function run(command: string, args: readonly string[], more = env) {
  return runCli(site.directory, [command, '--key', client.clientId, ...args], { env: more })
}

async function mirrored(args: readonly string[]): Promise<Mirrored> {
  const { stdout, stderr, code } = await run('request', args)
  expect([stderr, code]).toEqual(['HTTP/1.1 200 OK\n', 0])
  return JSON.parse(stdout)
}

it.each(methods)('asks a real provider with %s', async (name) => {
  const keys = name.startsWith('RSA') ? ['--rsa-private-key', 'private.pem'] : []
  const args = ['--token', token.oauthToken, '--signature-method', name, ...keys]
  const finished = await run('request', [...args, `${site.provider.url}/api/me`])
  expect(JSON.parse(finished.stdout)).toMatchObject({ name: 'terry' })
  expect(finished.stderr).toContain('HTTP/1.1 200 OK\n')
  expect(finished.stderr.includes('Over http')).toBe(name === 'PLAINTEXT')
  expect(finished.code).toBe(0)
})

it.each(['header', 'query', 'body'])('puts the parameters into the %s', async (place) => {
  const args = ['-X', 'POST', '--place', place, '--oauth', 'callback=oob', '-i']
  const { stdout, code } = await run('request', [...args, `${site.provider.url}/oauth/initiate`])
  expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\n(?:[^\n]+\n)+\noauth_token=/)
  expect(code).toBe(0)
})

it('prints why it was refused, and exits with 1', async () => {
  const { stdout, stderr, code } = await run('request', ['--token', 'x', `${site.provider.url}/api/me`])
  expect(stdout).toContain('invalid_')
  expect(stderr).toMatch(/^HTTP\/1\.1 401 /)
  expect(code).toBe(1)
})

it('sends the URL and the headers exactly as they were given', async () => {
  const path = "/a/../b//%7e(c)?q=it's+%2f&empty&[]=%5b"
  const args = ['-X', 'purge', '-H', 'X-A: 1', '-H', 'x-a: 2', '-H', 'Accept: text/*']
  const got = await mirrored([...args, `${mirrorUrl}${path}#top`])
  expect(got).toMatchObject({ method: 'PURGE', url: path, body: '' })
  expect(got.headers).toMatchObject({ 'x-a': ['1', '2'], accept: ['text/*'], host: [mirrorUrl.slice(7)] })
})

it('signs a form, and sends it as it was given', async () => {
  const args = ['-d', 'a=1+2', '-d', 'b', '--data-urlencode', 'c=ü&', '--verbose', mirrorUrl]
  const { stdout, stderr } = await run('request', args)
  expect(JSON.parse(stdout)).toMatchObject({
    method: 'POST',
    url: '/',
    headers: { 'content-type': [form], 'content-length': ['19'] },
    body: 'a=1+2&b&c=%C3%BC%26',
  })
  expect(stderr).toContain('  a%3D1%25202%26\n  b%3D%26\n  c%3D%25C3%25BC%2526%26\n')
  expect(stderr).toContain('Key  client secret &\n')
})

it('leaves a body that is no form out of the signature', async () => {
  writeFileSync(join(site.directory, 'body.json'), '{"a":1}\n')
  const args = ['-X', 'DELETE', '-H', 'Content-Type: application/json', '-d', '@body.json', '-v', mirrorUrl]
  const { stdout, stderr } = await run('request', args)
  expect(JSON.parse(stdout)).toMatchObject({ method: 'DELETE', body: '{"a":1}\n' })
  expect(stderr).toContain('Base string\n  DELETE&\n')
  expect(stderr).not.toContain('%22a')
})

it('does not follow redirects, and prints JSON', async () => {
  const { stdout, code } = await run('request', ['--json', `${mirrorUrl}/?status=302`])
  const { status, headers, body } = JSON.parse(stdout)
  expect([status, headers.location, JSON.parse(body).url]).toEqual([302, '/elsewhere', '/?status=302'])
  expect(code).toBe(0)
})

it('says that nothing is there', async () => {
  const { stderr, code } = await run('request', ['http://127.0.0.1:1/x'])
  expect(stderr).toMatch(/^http:\/\/127\.0\.0\.1:1\/x cannot be reached: .*ECONNREFUSED/)
  expect(code).toBe(1)
})

it.each([
  [['https://a.example/x?b=2&a=%20'], /^Authorization: (OAuth oauth_consumer_key="[^\n]+")\n$/],
  [['https://a.example/x?b=2', '--place', 'query'], /^(https:\/\/a\.example\/x\?b=2&oauth_[^\n]+)\n$/],
  [['https://a.example/x', '--place', 'body', '-d', 'b=2'], /^(b=2&oauth_[^\n]+)\n$/],
])('sign %j prints what to send', async (args, pattern) => {
  const { stdout, stderr, code } = await run('sign', args)
  expect(stdout).toMatch(pattern)
  expect([stderr, code]).toEqual(['', 0])
})

it.each(['HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'PLAINTEXT'])(
  'sign agrees with %s of oauth-1.0a',
  async (name) => {
    const peer = new ThirdParty({ key: client.clientId, secret: client.clientSecret }, name)
    const theirs = peer.parameters('GET', 'https://a.example/x?b=2&a=%20&a=%20', {
      token: { key: token.oauthToken, secret: token.oauthTokenSecret },
    })
    const { oauth_nonce: nonce, oauth_timestamp: timestamp, oauth_signature } = theirs
    const oauth = [`nonce=${nonce}`, `timestamp=${timestamp}`, 'oauth_version=1.0'].flatMap((pair) => [
      '--oauth',
      pair,
    ])
    const options = ['--token', token.oauthToken, '--realm', 'Photos', '--signature-method', name, ...oauth]
    const { stdout } = await run('sign', [...options, '--json', 'HTTPS://A.example:443/x?b=2&a=%20&a=%20'])
    const { authorization } = JSON.parse(stdout)
    expect(authorization).toContain('OAuth realm="Photos", ')
    expect(authorization).toContain(`oauth_signature="${encodeURIComponent(String(oauth_signature))}"`)
  },
)

it.each<[string[], number, string]>([
  [[], 2, 'URL is missing.'],
  [['https://a.example/', '--secret', 'x'], 2, '--secret is not accepted'],
  [['https://a.example/', '--secret-stdin', '--token-secret-stdin'], 2, 'not both'],
  [['https://a.example/', '--place', 'footer'], 2, '--place must be header, query or body'],
  [
    ['https://a.example/', '--signature-method', 'HMAC-MD5'],
    2,
    '--signature-method must be one of HMAC-SHA1',
  ],
  [
    ['https://a.example/', '--signature-method', 'toString'],
    2,
    '--signature-method must be one of HMAC-SHA1',
  ],
  [['https://a.example/', '--signature-method', 'RSA-SHA1'], 2, '--rsa-private-key is missing'],
  [['https://a.example/', '--rsa-private-key', 'public.pem'], 1, 'is not an RSA private key'],
  [['https://a.example/', '--rsa-private-key', 'missing.pem'], 1, 'cannot be read'],
  [['https://a.example/', '--oauth', 'callback'], 2, '--oauth needs a name and a value'],
  [['https://a.example/', '--oauth', 'token=x'], 2, 'Use --token for oauth_token'],
  [['https://a.example/', '--oauth', 'signature=x'], 2, 'cannot set the signature'],
  [['https://a.example/?oauth_nonce=1'], 1, 'already holds oauth_nonce'],
  [['a.example'], 1, 'not an absolute http or https URL'],
  [['https://a.example/ü'], 1, 'characters beyond ASCII'],
  [['https://a.example/', '-X', 'CONNECT'], 2, 'is not a method that can be signed'],
  [['https://a.example/', '-H', 'x'], 2, 'A header must be "Name: value"'],
  [['https://a.example/', '-H', 'Authorization: x'], 2, 'The signature goes into the Authorization header'],
  [['https://a.example/', '-H', 'Content-Type: a/b', '--place', 'body'], 2, '--place body needs a form'],
  [['https://a.example/', '-d', '@missing.txt'], 1, 'cannot be read'],
  [['https://a.example/', '-d', '--json'], 2, 'A value is missing'],
])('request %j ends with %i and says why', async (args, code, why) => {
  const finished = await run('request', args)
  expect(finished.stderr).toContain(why)
  expect(finished).toMatchObject({ code, stdout: '' })
  expect(finished.stderr).not.toContain(client.clientSecret)
})

it('asks for no secret that it does not need, and refuses to sign without one that it does', async () => {
  const rsa = ['--rsa-private-key', 'private.pem', '--token', 'x']
  expect(await run('sign', [...rsa, 'https://a.example/'], {})).toMatchObject({ code: 0, stderr: '' })
  expect((await run('sign', ['https://a.example/'], {})).stderr).toContain('No client secret was given')
})

it.each(['request', 'sign'])('the help of %s names the variables that hold the secrets', async (command) => {
  const { stdout } = await runCli(site.directory, [command, '--help'])
  expect(stdout).toMatch(/COUNTERSIGN_CLIENT_SECRET and\n?\s*COUNTERSIGN_TOKEN_SECRET, or you type them\./)
})

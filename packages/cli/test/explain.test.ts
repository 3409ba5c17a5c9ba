import { createHmac, generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type SignedRequest, signed } from '../../../test/support/signer.ts'
import { runCli, temporaryDirectory } from '../../provider/test/running-provider.ts'
import { openSite } from '../../provider/test/site.ts'

const site = openSite()
const directory = temporaryDirectory()
const cwd = directory.path
afterAll(() => directory.remove())

const client = { clientId: 'album', clientSecret: 'cl1ent-s3cret' }
const token = { oauthToken: 'tok', oauthTokenSecret: 't0ken-s3cret' }
const env = {
  COUNTERSIGN_CLIENT_SECRET: client.clientSecret,
  COUNTERSIGN_TOKEN_SECRET: token.oauthTokenSecret,
}
const url = 'https://a.example/photos?size=a%20b'
const right = signed({ url, client, token })

function curl({ method, headers, body }: SignedRequest, address: string): string {
  const options = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`)
  return `curl -X ${method} ${options.join(' ')} ${body === undefined ? '' : `-d '${body}'`} '${address}'`
}

function file(name: string, content: string): string {
  writeFileSync(join(cwd, name), content)
  return name
}

/** Runs it, and checks that no secret shows anywhere. */
async function explain(args: readonly string[], input = '', more: Record<string, string> = env) {
  const finished = await runCli(cwd, ['explain', ...args], { input, env: more })
  for (const secret of [...Object.values(env), encodeURIComponent(client.clientSecret)])
    expect(finished.stdout + finished.stderr).not.toContain(secret)
  return finished
}

it('says that a signature is right, of a request in any spelling', async () => {
  const { authorization } = right.headers
  const http = `GET /photos?size=a%20b HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n\r\n`
  for (const [args, input] of [
    [[], curl(right, url)],
    [[file('request.txt', curl(right, url))], ''],
    [['-'], JSON.stringify(right)],
    [['--origin', 'https://a.example'], http],
  ] as const) {
    const { code, stdout, stderr } = await explain(args, input)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^The signature is right\.\n\nIf the server refuses it, look at the timestamp/)
    expect(stdout).toMatch(
      /\nBehind a proxy, the server may check another scheme, host or path.*public origin\.\n/,
    )
    expect(stdout).toContain('\n  https%3A%2F%2Fa.example%2Fphotos&\n  oauth_consumer_key%3Dalbum%26\n')
  }
})

it.each([
  [-3600, /^Timestamp 20\d\d-\S+Z, 36\d\d s behind this machine's clock$/m],
  [3600, /^Timestamp 20\d\d-\S+Z, 3[56]\d\d s ahead of this machine's clock$/m],
  [1_800_000_000_000, /^Timestamp \d{13} is not in whole seconds since 1970$/m],
])('says when a request with a right signature was signed: %i s from now', async (later, expected) => {
  const timestamp = String(Math.floor(Date.now() / 1000) + later)
  const request = signed({ url, client, token, oauth: { oauth_timestamp: timestamp } })
  const { stdout } = await explain([], curl(request, url))
  expect(stdout).toMatch(expected)
})

it('names the cause, the fix and what differs', async () => {
  const { code, stdout, stderr } = await explain([], curl(right, url.replace('https', 'http')))
  expect([code, stderr]).toEqual([3, ''])
  expect(stdout).toContain('The signature is wrong, and this is why.')
  expect(stdout).toMatch(/^Cause {5}wrong-scheme\n {10}\S.*\nWhere {5}\S.*\nFix {7}\S/m)
  expect(stdout).toMatch(/^Proven {4}yes/m)
  expect(stdout).toMatch(/^Trials {4}\d+$/m)
  expect(stdout).toMatch(/^Key {7}client secret & token secret$/m)
  const difference = `- http%3A%2F%2Fa.example%2Fphotos&
+ https%3A%2F%2Fa.example%2Fphotos&
      ^
`
  expect(stdout).toContain(difference)
})

it.each([
  ['http://a.example/photos', 'wrong-scheme', 'https instead of http'],
  ['https://a.example/photos/', 'trailing-slash', '/photos instead of /photos/'],
  ['https://www.a.example/photos', 'wrong-www', 'a.example instead of www.a.example'],
  ['https://a.example/v1/photos', 'wrong-path-prefix', '/photos instead of /v1/photos'],
])('says what was signed instead of what was sent to %s', async (address, code, detail) => {
  const { stdout } = await explain([], curl(right, url.replace('https://a.example/photos', address)))
  expect(stdout).toContain(`Cause     ${code}\n`)
  expect(stdout).toContain(`\nWhere     ${detail}\n`)
})

it('explains what a real provider refused', async () => {
  const keys = await site.register(await site.member(), { name: 'Terminal' })
  const temporary = await site.temporaryCredential(keys, 'oob')
  const asClient = { clientId: keys.key, clientSecret: keys.secret }
  const address = `${site.provider.url}/oauth/token`
  const request = signed({
    method: 'POST',
    url: address,
    client: asClient,
    token: { oauthToken: temporary.key, oauthTokenSecret: '' },
    oauth: { oauth_verifier: 'x' },
  })
  const { authorization = '' } = request.headers
  const response = await fetch(address, { method: 'POST', headers: { authorization: String(authorization) } })
  expect(response.status).toBe(401)
  const more = { COUNTERSIGN_CLIENT_SECRET: keys.secret, COUNTERSIGN_TOKEN_SECRET: temporary.secret }
  const { code, stdout } = await explain([], curl(request, address), more)
  expect(stdout).toContain('Cause     token-secret-missing')
  expect(stdout).toContain('the client signed with: client secret &\n')
  expect(stdout).not.toContain(keys.secret)
  expect(code).toBe(3)
})

it('prints JSON', async () => {
  const { code, stdout } = await explain(['--json'], curl(right, url.replace('https', 'http')))
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'explained',
    causes: [{ code: 'wrong-scheme' }],
    proven: true,
    baseStrings: { differsAt: 8 },
    notes: [],
  })
  expect(code).toBe(3)
})

it('says what can be ruled out where no cause is found, and notes what it assumed', async () => {
  const other = signed({ url, client: { ...client, clientSecret: 'another' }, token })
  const http = `GET /photos?size=a%20b HTTP/1.1\nHost: a.example\nAuthorization: ${other.headers['authorization']}`
  const { code, stdout } = await explain([], http)
  expect(code).toBe(4)
  expect(stdout).toContain('no known mistake explains it')
  expect(stdout).toContain('Known facts\n  - ')
  expect(stdout).toContain('Base string that is expected\n  GET&\n')
  expect(stdout).toMatch(
    /^The signature is wrong.*\n\nNote: The text does not name the scheme; https was assumed\./,
  )
})

it('knows of other addresses and other tokens', async () => {
  const { stdout: address } = await explain(
    ['--other-url', 'https://old.example/p'],
    curl(signed({ url: 'https://old.example/p', client, token }), 'https://new.example/q'),
  )
  expect(address).toMatch(/^Cause {5}\S*redirect/m)
  const secrets = file('others.txt', 'x\ntemporary\n')
  const request = signed({ url, client, token: { ...token, oauthTokenSecret: 'temporary' } })
  const { stdout } = await explain(['--other-token-secrets', secrets], curl(request, url))
  expect(stdout).toContain('Cause     secret-of-temporary-credential')
})

it('checks RSA with a public key, and asks for no secret', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = file('public.pem', publicKey.export({ type: 'spki', format: 'pem' }).toString())
  const jwk = file('public.jwk', JSON.stringify(publicKey.export({ format: 'jwk' })))
  const request = signed({
    url,
    client,
    privateKey,
    oauth: { oauth_signature_method: 'RSA-SHA256' },
  })
  for (const key of [pem, jwk]) {
    const finished = await explain(['--rsa-public-key', key], curl(request, url), {})
    expect(finished).toMatchObject({ code: 0, stderr: '' })
  }
  const wrong = await explain(['--rsa-public-key', pem], curl(request, url.replace('https', 'http')), {})
  expect(wrong).toMatchObject({ code: 3, stdout: expect.stringContaining('wrong-scheme') })
})

it.each([
  ['no signature', 'curl https://a.example/', 'authorization-header-missing'],
  ['another scheme', "curl -H 'Authorization: Bearer x' https://a.example/", 'other-authorization-scheme'],
  ['a malformed header', "curl -H 'Authorization: OAuth x' https://a.example/", 'malformed-request'],
])('needs no secret for a request with %s', async (_, input, cause) => {
  const { code, stdout } = await explain([], input, {})
  expect(stdout).toContain('The request would be refused')
  expect(stdout).toContain(`Cause     ${cause}`)
  expect(code).toBe(3)
})

it('says so where anyone could have made the signature', async () => {
  const sign = (baseString: string) => createHmac('sha1', '&').update(baseString).digest('base64')
  const { stdout } = await explain([], curl(signed({ url, client, token, sign }), url))
  expect(stdout).toContain('Cause     no-secret')
  expect(stdout).toMatch(/^Proven {4}no/m)
})

it('reads a base string, and says what is wrong with its form', async () => {
  const { code, stdout } = await explain([], 'get&https%3A%2F%2Fa.example%2F&a%3D%2520\n', {})
  expect(stdout).toContain('The base string is malformed.\n  - The method is "get"')
  expect(stdout).toContain('Method    get\nURI       https://a.example/\nSigned    a= \n')
  expect(code).toBe(3)
})

it('compares the base string that the client made, without any secret', async () => {
  const { stdout: json } = await explain(['--json'], curl(right, url))
  const { expected } = JSON.parse(json).baseStrings
  const same = file('same.txt', `${expected}\n`)
  expect(await explain(['--base-string', same], curl(right, url), {})).toMatchObject({
    code: 0,
    stdout: 'The base string is the expected one.\n',
  })
  const other = file('other.txt', expected.replace('a%2520b', 'a%252Bb'))
  for (const more of [{}, env]) {
    const { stdout } = await explain(['--base-string', other], curl(right, url), more)
    expect(stdout).toContain('- size%3Da%2520b')
    expect(stdout).toContain('+ size%3Da%252Bb\n          ^^^^^')
  }
})

it('does not let a request steer the terminal', async () => {
  const { stdout } = await explain([], 'GET&https%3A%2F%2Fa.example%2F&a%3D%251B%255B31m', {})
  expect(stdout).toContain('Signed    a=\\u{1b}[31m')
})

it.each([
  [[], 'hello', {}, 1, 'expected a line such as "GET /photos HTTP/1.1"'],
  [[], '', {}, 1, 'The text is empty'],
  [['missing.txt'], '', {}, 1, 'The request cannot be read'],
  [[], curl(right, url), {}, 1, 'No client secret was given: use --secret-file'],
  [[], curl(right, url), { COUNTERSIGN_CLIENT_SECRET: 'x' }, 1, 'No token secret was given'],
  [['--secret', 'x'], '', {}, 1, 'The text is empty'],
  [['--secret', 'x'], curl(right, url), {}, 2, '--secret is not accepted'],
  [['--token-secret', 'x'], curl(right, url), { COUNTERSIGN_CLIENT_SECRET: 'x' }, 2, 'is not accepted'],
  [['--secret-stdin'], '', {}, 2, 'Use --secret-stdin or the request on standard input, not both'],
  [['--rsa-public-key', 'missing.pem'], curl(right, url), {}, 1, 'cannot be read'],
  [['--origin', 'a.example'], 'GET / HTTP/1.1', {}, 1, 'origin must be a scheme and a host'],
  [['--other-url', 'x'], curl(right, url), env, 1, 'otherUrls holds x'],
  [['a', 'b'], '', {}, 2, 'Too many arguments'],
])('responds to %j with the input %j and says why', async (args, input, more, code, why) => {
  const finished = await explain(args, input, more)
  expect(finished.stderr).toContain(why)
  expect(finished).toMatchObject({ code, stdout: '' })
})

import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli, runCliJson, runProvider, spawnTry, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'
import { Visitor } from './visitor.ts'

const directory = temporaryDirectory()
const cwd = directory.path
afterAll(() => directory.remove())

const password = 'correct horse battery'

interface NewClient {
  readonly clientId: string
  readonly clientSecret: string
}

/** A line of the greeting, such as the `Password`. */
function greeted(stdout: string, name: string): string {
  return new RegExp(`^ +${name} +(\\S+)$`, 'm').exec(stdout)?.[1] ?? ''
}

describe('the command line', () => {
  it('sets a provider up before its first start, which then makes no demonstration user', async () => {
    const user = await runCli(cwd, ['user', 'add', '--name', 'Quentin', '--password-stdin'], {
      input: `${password}\n`,
    })
    expect(user).toMatchObject({ code: 0, stdout: 'User quentin added (id 1).\n', stderr: '' })
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const keyFile = join(cwd, 'public.pem')
    writeFileSync(keyFile, publicKey.export({ type: 'spki', format: 'pem' }))
    const add = [
      'client',
      'add',
      '--name',
      'Printer',
      '--user',
      'quentin',
      '--callback',
      'http://127.0.0.1/cb',
    ]
    const client = await runCliJson<NewClient>(cwd, [
      ...add,
      '--callback',
      'app://x',
      '--rsa-public-key',
      keyFile,
    ])
    expect(await runCliJson(cwd, ['client', 'list'])).toEqual([
      {
        clientId: client.clientId,
        name: 'Printer',
        callbacks: ['http://127.0.0.1/cb', 'app://x'],
        hasRsaPublicKey: true,
      },
    ])
    const token = await runCliJson<{ oauthToken: string; oauthTokenSecret: string }>(cwd, [
      ...['token', 'add', '--client', client.clientId, '--user', 'quentin'],
    ])

    const provider = await runProvider(cwd)
    expect(provider.output.stdout).not.toContain('Password')
    const send = signer(
      provider.url,
      { key: client.clientId, secret: client.clientSecret },
      { key: token.oauthToken, secret: token.oauthTokenSecret },
    )
    const me = await send('GET', '/api/me', {})
    expect(await me.json()).toMatchObject({ name: 'quentin', client: { name: 'Printer' } })
    // While the provider runs: it sees what the command did.
    expect(await runCliJson(cwd, ['token', 'list', '--user', 'quentin'])).toMatchObject([
      { oauthToken: token.oauthToken },
    ])
    expect((await runCli(cwd, ['token', 'revoke', `--token=${token.oauthToken}`])).code).toBe(0)
    expect((await send('GET', '/api/me', {})).status).toBe(401)
    expect(await provider.stop()).toBe(0)

    expect((await runCli(cwd, ['client', 'remove', '--key', client.clientId])).code).toBe(0)
    expect(await runCliJson(cwd, ['client', 'list'])).toEqual([])
    expect(await runCliJson(cwd, ['user', 'list'])).toMatchObject([{ id: 1, name: 'quentin' }])
  })

  it.each([
    [['user', 'add', '--name', 'x'], 2, '--password is missing'],
    [['user', 'add', '--nmae', 'x'], 2, "Unknown option '--nmae'"],
    [['user', 'remove'], 2, 'There is no command "user remove"'],
    [['constructor'], 2, 'There is no command "constructor"'],
    [['user', 'list', '--database', 'elsewhere.sqlite'], 1, 'There is no database at'],
    [['user', 'add', '--name', 'no one', '--password', password], 1, '2 to 64 characters'],
    [['client', 'add', '--name', 'x', '--user', 'nobody'], 1, 'There is no user nobody'],
    [['client', 'add', '--name', 'x', '--callback', 'data:x'], 1, 'data scheme'],
    [['client', 'add', '--name', 'x', '--rsa-public-key', 'missing.pem'], 1, 'cannot be read'],
    [['client', 'remove', '--key', 'missing'], 1, 'No client has the key missing'],
    [['token', 'revoke', '--token', 'missing'], 1, 'There is no such token'],
  ])('answers %j with %i and says why', async (args, code, why) => {
    const finished = await runCli(cwd, args)
    expect(finished.stderr).toContain(why)
    expect(finished).toMatchObject({ code, stdout: '' })
  })

  it('refuses a database of another program in words, and writes nothing into it', async () => {
    const file = join(cwd, 'foreign.sqlite')
    const foreign = new DatabaseSync(file)
    foreign.exec('create table user (id); pragma user_version = 1')
    foreign.close()
    const before = readFileSync(file)
    const add = ['user', 'add', '--name', 'nina', '--password', password]
    for (const args of [['client', 'list'], add, ['start', '--port', '0']]) {
      const finished = await runCli(cwd, [...args, '--database', file])
      const stderr = `The database ${file} is another program's. It was left as it is.\n`
      expect(finished).toEqual({ code: 1, stdout: '', stderr })
    }
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('lets several commands make the same new database at once', async () => {
    const fresh = temporaryDirectory()
    const names = ['ada', 'ben', 'cleo', 'dan']
    const add = (name: string) => runCli(fresh.path, ['user', 'add', '--name', name, '--password', password])
    for (const { code, stderr } of await Promise.all(names.map(add))) expect([code, stderr]).toEqual([0, ''])
    const users = await runCliJson<{ name: string }[]>(fresh.path, ['user', 'list'])
    expect(users.map(({ name }) => name).sort()).toEqual(names)
    fresh.remove()
  })

  it('explains itself', async () => {
    expect((await runCli(cwd, ['--help'])).stdout).toContain('client add')
    expect((await runCli(cwd, ['client', 'add', '--help'])).stdout).toContain('--rsa-public-key FILE')
  })
})

describe('a start', () => {
  it('makes a demonstration once, and try goes through the whole flow with what it printed', async () => {
    const fresh = temporaryDirectory()
    const first = await runProvider(fresh.path)
    const { stdout } = first.output
    const keys = { key: greeted(stdout, 'Client key'), secret: greeted(stdout, 'Client secret') }
    expect(stdout).toContain(`--url ${first.url} --key ${keys.key} --secret ${keys.secret}`)
    const temporary = await signer(first.url, keys)('POST', '/oauth/initiate', { oauth_callback: 'oob' })
    const oauthToken = new URLSearchParams(await temporary.text()).get('oauth_token') ?? ''
    expect(await first.stop()).toBe(0)

    // What was begun before the restart goes on after it.
    const second = await runProvider(fresh.path)
    expect(second.output.stdout).not.toContain('Password')
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
    [{ PORT: 'many' }, 'PORT'],
    [{ ORIGIN: 'oauth.example.com' }, 'ORIGIN: must be'],
    [{ ORIGIN: 'https://:::' }, 'ORIGIN: must be'],
    [{ OAUTH1_TOKEN_LENGTH: '-1' }, 'OAUTH1_TOKEN_LENGTH'],
    [{ OAUTH1_SUPPORTED_SIGNATURE_METHODS: 'HMAC-MD5' }, 'HMAC-MD5'],
    [{ OAUTH1_SUPPORTED_SIGNATURE_METHODS: 'toString' }, 'there is no toString'],
    [{ HOST: '203.0.113.7', PORT: '0' }, 'is no address of this machine'],
  ])('refuses the settings %j and names the one at fault', async (env, name) => {
    const { code, stderr } = await runCli(cwd, ['start'], { env })
    expect(stderr).toContain(name)
    expect(code).toBe(1)
  })

  it.each([
    ['true', 'error=invalid_client'],
    ['false', 'error=invalid_signature'],
  ])('with COUNTERSIGN_DISTINCT_ERRORS=%s answers an unknown client with %s', async (switched, answer) => {
    const fresh = temporaryDirectory()
    const provider = await runProvider(fresh.path, { COUNTERSIGN_DISTINCT_ERRORS: switched })
    const send = signer(provider.url, { key: 'nobody', secret: 'secret' })
    expect(await (await send('POST', '/oauth/initiate', { oauth_callback: 'oob' })).text()).toContain(answer)
    await provider.stop()
    fresh.remove()
  })

  it('behind a public origin demands https, gives out secure cookies and makes no demonstration', async () => {
    const fresh = temporaryDirectory()
    const provider = await runProvider(fresh.path, { ORIGIN: 'https://oauth.example.com' })
    expect(provider.output.stdout).toContain('https is demanded')
    expect(provider.output.stdout).not.toContain('Password')
    const cookie = (await fetch(`${provider.url}/sign-in`)).headers.get('set-cookie')
    expect(cookie).toMatch(/^__Host-countersign=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    await provider.stop()
    fresh.remove()
  })
})

/** Runs `countersign try` and does what it asks the user for. */
async function tryFlow(path: string, url: string, keys: { key: string; secret: string }, visitor: Visitor) {
  const dance = spawnTry(path, ['--url', url, '--key', keys.key, '--secret', keys.secret])
  const page = await dance.line(/\/oauth\/authorize\?oauth_token=\S+/)
  await visitor.open(page)
  const { text } = await visitor.submit('/oauth/authorize', { decision: 'allow' })
  return dance.answer(/<code class="code">([^<]+)</.exec(text)?.[1] ?? '')
}

import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { runCli, runCliJson, runProvider, temporaryDirectory } from '../../provider/test/running-provider.ts'
import { signer } from '../../provider/test/signer.ts'
import { Visitor } from '../../provider/test/visitor.ts'
import { runHere } from './in-process.ts'

const directory = temporaryDirectory()
const cwd = directory.path
const root = fileURLToPath(new URL('../../..', import.meta.url))
afterAll(() => directory.remove())

const password = 'correct horse battery'

interface NewClient {
  readonly clientId: string
  readonly clientSecret: string
}

it('sets a provider up before its first start, which then makes no demonstration user', async () => {
  const user = await runCli(cwd, ['user', 'add', '--name', 'Quentin', '--password-stdin'], {
    input: `${password}\n`,
  })
  expect(user).toMatchObject({
    code: 0,
    stdout: 'User quentin added (id 1).\n',
    stderr: `A new database is created: ${join(realpathSync(cwd), 'data/countersign.sqlite')}\n`,
  })
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keyFile = join(cwd, 'public.pem')
  writeFileSync(keyFile, publicKey.export({ type: 'spki', format: 'pem' }))
  const add = ['client', 'add', '--name', 'Printer', '--user', 'quentin', '--callback', 'http://127.0.0.1/cb']
  const client = await runCliJson<NewClient>(cwd, [
    ...add,
    '--callback',
    'com.example.app://x',
    '--rsa-public-key',
    keyFile,
  ])
  expect(await runCliJson(cwd, ['client', 'list'])).toMatchObject([
    {
      clientId: client.clientId,
      name: 'Printer',
      callbacks: ['http://127.0.0.1/cb', 'com.example.app://x'],
      hasRsaPublicKey: true,
      mode: 'development',
      policy: { advice: true },
      ownerName: 'quentin',
      status: 'approved',
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

  const mode = ['client', 'mode', '--key', client.clientId, '--mode', 'live']
  expect(await runCliJson(cwd, mode)).toMatchObject({ clientId: client.clientId, mode: 'live' })
  expect((await runCli(cwd, ['client', 'list'])).stdout).toMatch(/Printer +live/)
  expect((await runCli(cwd, ['client', 'remove', '--key', client.clientId, '--yes'])).code).toBe(0)
  expect(await runCliJson(cwd, ['client', 'list'])).toEqual([])
  expect(await runCliJson(cwd, ['user', 'list'])).toMatchObject([{ id: 1, name: 'quentin' }])
})

it.each([
  [['user', 'add', '--name', 'x', '--password', password], 2, '--password is not accepted'],
  [['user', 'add', '--name', 'x', '--password-stdin', '--password-file', 'x'], 2, 'not both'],
  [['user', 'add', '--name', 'x', '--password-file', 'missing'], 1, 'cannot be read'],
  [['user', 'add', '--nmae', 'x'], 2, "Unknown option '--nmae'"],
  [['user', 'fly'], 2, 'There is no command "user fly".'],
  [['client', 'lits'], 2, 'Did you mean "client list"?'],
  [['strat'], 2, 'Did you mean "serve"?'],
  [['serv'], 2, 'Did you mean "serve"?'],
  [['client'], 2, 'Which command of client? There are client add, client list, client show, client set,'],
  [['x'.repeat(5000)], 2, 'There is no command'],
  [['constructor'], 2, 'There is no command "constructor"'],
  [['user', 'list', '--database', 'elsewhere.sqlite'], 1, 'There is no database at'],
  [['client', 'add', '--name', 'x', '--user', 'nobody'], 1, 'There is no user nobody'],
  [['client', 'add', '--name', 'x', '--callback', 'data:x'], 1, 'data scheme'],
  [['client', 'add', '--name', 'x', '--rsa-public-key', 'missing.pem'], 1, 'cannot be read'],
  [['client', 'remove', '--key', 'missing'], 1, 'No client has the key missing'],
  [['client', 'mode', '--key', 'missing', '--mode', 'live'], 1, 'No client has the key missing'],
  [['client', 'mode', '--key', 'missing'], 2, 'Nothing to change'],
  [
    ['client', 'add', '--name', 'x', '--mode', 'asleep'],
    2,
    '--mode cannot be "asleep": use development or live.',
  ],
  [['token', 'revoke', '--token', 'missing'], 1, 'There is no such token'],
  [['token', 'revoke'], 2, 'Use TOKEN, --user or --client.'],
  [['token', 'revoke', '--token', 'a', '--user', 'b'], 2, 'not both'],
  [['token', 'revoke', '--client', 'missing'], 1, 'No client has the key missing'],
  [['token', 'add', '--client', 'x', '--user', 'quentin', '--token', 'a'], 2, 'A token needs its secret'],
  [['token', 'add', '--client', 'x', '--user', 'quentin', '--token-secret', 'a'], 2, 'is not accepted'],
  [
    ['token', 'add', '--client', 'x', '--user', 'quentin', '--lifetime', 'long'],
    1,
    'whole number of seconds',
  ],
  [['client', 'add', '--name', 'x', '--secret', 'a'], 2, '--secret is not accepted'],
  [['client', 'add', '--name', 'x', '--key', 'a/b'], 1, 'Use a key of 1 to 200 letters'],
  [['client', 'edit', '--key', 'x'], 2, 'Nothing to change'],
  [['client', 'edit', '--key', 'missing', '--name', 'x'], 1, 'No client has the key missing'],
  [['client', 'edit', '--key', 'x', '--callback', 'https://a', '--without-callbacks'], 2, 'not both'],
  [['client', 'secret', '--key', 'missing'], 1, 'No client has the key missing'],
  [['client', 'policy', '--key', 'missing'], 1, 'No client has the key missing'],
  [['client', 'policy', '--key', 'x', '--file', 'missing.json'], 1, 'cannot be read'],
  [['client', 'policy', '--key', 'x', '--file', 'public.pem'], 1, 'is not JSON'],
])('responds to %j with %i and says why', async (args, code, why) => {
  process.chdir(cwd)
  const finished = await runHere(args)
  expect(finished.stderr).toContain(why)
  expect(finished).toMatchObject({ code, stdout: '' })
})

it('says how a password is given where none can be asked for', async () => {
  const finished = await runCli(cwd, ['user', 'add', 'x'])
  expect(finished).toMatchObject({ code: 1, stdout: '' })
  expect(finished.stderr).toContain('No password was given: use --password-file')
})

it('refuses a database of another program in words, and writes nothing into it', async () => {
  const file = join(cwd, 'foreign.sqlite')
  const foreign = new DatabaseSync(file)
  foreign.exec('create table user (id); pragma user_version = 1')
  foreign.close()
  const before = readFileSync(file)
  const add = ['user', 'add', '--name', 'nina']
  for (const args of [['client', 'list'], add, ['start', '--port', '0']]) {
    const env = { COUNTERSIGN_PASSWORD: password }
    const finished = await runCli(cwd, [...args, '--database', file], { env })
    const stderr = `The database ${file} belongs to another program. It was not changed.\n`
    expect(finished).toEqual({ code: 1, stdout: '', stderr })
  }
  expect(readFileSync(file).equals(before)).toBe(true)
})

it('lets several commands make the same new database at once', async () => {
  const fresh = temporaryDirectory()
  const names = ['ada', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gus', 'hal']
  const env = { COUNTERSIGN_PASSWORD: password }
  const add = (name: string) => runCli(fresh.path, ['user', 'add', '--name', name], { env })
  for (const { code, stderr } of await Promise.all(names.map(add)))
    expect([code, stderr.replace(/^A new database is created: .*\n/, '')]).toEqual([0, ''])
  const users = await runCliJson<{ name: string }[]>(fresh.path, ['user', 'list'])
  expect(users.map(({ name }) => name).sort()).toEqual(names)
  fresh.remove()
})

it('looks for its files where the command was typed, though npm runs it in the root of the repository', async () => {
  const { PATH, HOME } = process.env
  const args = ['--prefix', root, 'run', 'countersign', '--', 'user', 'list']
  const { stderr } = await promisify(execFile)('npm', args, {
    cwd,
    env: { PATH, HOME, COUNTERSIGN_DATABASE: 'here.sqlite' },
  }).catch((error: { stderr: string }) => error)
  expect(stderr).toContain(`There is no database at ${join(realpathSync(cwd), 'here.sqlite')}.`)
})

it('gives a user a new password, which ends what the old one opened', async () => {
  const fresh = temporaryDirectory()
  const run = (command: string, text: string) =>
    runCli(fresh.path, ['user', command, '--name', 'Vera', '--password-stdin'], { input: text })
  expect(await run('add', 'the old password\r\n')).toMatchObject({ code: 0 })
  const provider = await runProvider(fresh.path)
  const before = new Visitor(provider.url)
  await before.signIn('vera', 'the old password')
  expect((await before.open('/clients')).path).toBe('/clients')
  expect(await run('passwd', 'short')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('at least 8'),
  })
  const changed = await run('passwd', 'the new password')
  expect(changed).toMatchObject({ code: 0, stdout: 'User vera has a new password.\n' })
  expect((await before.open('/clients')).path).toContain('/sign-in')
  expect((await new Visitor(provider.url).signIn('vera', 'the old password')).status).toBe(422)
  expect((await new Visitor(provider.url).signIn('vera', 'the new password')).status).toBe(200)
  await provider.stop()
  fresh.remove()
})

it('takes a token that begins with a dash for what it is', async () => {
  for (const token of ['-NC1ajAe', '--NC1ajAe']) {
    const finished = await runCli(cwd, ['token', 'revoke', '--token', token, '--json'])
    expect(finished).toMatchObject({ code: 1, stderr: expect.stringContaining('token') })
    expect(finished.stderr).not.toContain('ambiguous')
  }
  expect((await runCli(cwd, ['token', 'revoke', '--token', '--json'])).code).toBe(2)
})

import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProvider, issueToken, openServices, type Services } from '../../provider/src/index.ts'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { signer } from '../../provider/test/signer.ts'
import { jsonHere, runHere } from './in-process.ts'

const directory = temporaryDirectory()
const database = join(directory.path, 'data.sqlite')
const password = 'correct horse battery'
const env = { COUNTERSIGN_PASSWORD: password, SCOPES: 'photos:read see your photos; photos:write add photos' }
const json = jsonHere(database, env)
const run = (...args: readonly string[]) => runHere([...args, '--database', database], env)
afterAll(() => directory.remove())

interface NewClient {
  readonly clientId: string
  readonly clientSecret: string
}
interface NewToken {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

beforeAll(async () => {
  for (const name of ['anna', 'bert', 'cleo']) await json('user', 'add', name)
})

it('shows a user by name, in either form, whatever its case', async () => {
  const shown = {
    name: 'anna',
    role: 'user',
    suspendedAt: null,
    hasPassword: true,
    tokens: 0,
    allowedClients: 0,
  }
  expect(await json('user', 'show', 'Anna')).toMatchObject(shown)
  expect(await json('user', 'show', '--name', 'anna')).toMatchObject(shown)
  const { stdout } = await run('user', 'show', 'anna')
  expect(stdout).toMatch(/^Name +anna\nID +1\nStatus +active\n/)
})

it('goes through all columns of a client: register, show, set, rotate', async () => {
  const client = await json<NewClient>(
    'client',
    'add',
    'Album',
    '--user',
    'anna',
    '--callback',
    'https://a.example/cb',
  )
  const key = client.clientId
  expect(await json('client', 'show', key)).toMatchObject({
    name: 'Album',
    ownerName: 'anna',
    mode: 'development',
    status: 'approved',
    callbacks: ['https://a.example/cb'],
    users: 0,
  })
  const set = await json('client', 'set', key, '--name', 'Photos', '--mode', 'live', '--without-callbacks')
  expect(set).toMatchObject({ clientId: key, name: 'Photos', mode: 'live', callbacks: [] })
  expect((await json<NewClient>('client', 'rotate', key)).clientSecret).not.toBe(client.clientSecret)
  expect(await json('client', 'suspend', key)).toMatchObject({ status: 'suspended' })
  expect(await json<object[]>('client', 'list', '--status', 'suspended')).toMatchObject([{ clientId: key }])
  expect(await json('client', 'approve', key)).toMatchObject({ status: 'approved' })
})

it('rotates a secret with an overlap in which both work', async () => {
  const client = await json<NewClient>('client', 'add', 'Rolling')
  const rolled = await json<NewClient>('client', 'rotate', client.clientId, '--overlap', '3600')
  const provider = await createProvider({ port: 0, database, logLevel: 'silent' })
  const token = await issueToken(provider.services, client.clientId, 1)
  const me = async (secret: string) => {
    const held = { key: token.oauthToken, secret: token.oauthTokenSecret }
    const send = signer(provider.address, { key: client.clientId, secret }, held)
    return (await send('GET', '/api/me', {})).status
  }
  const both = [await me(client.clientSecret), await me(rolled.clientSecret)]
  await provider.close()
  expect(both).toEqual([200, 200])
  expect(await json('client', 'usage', client.clientId, '--days', '2')).toMatchObject({
    accepted: 2,
    refused: 0,
  })
  expect((await run('client', 'usage', client.clientId, '--days', '2')).stdout).toMatch(
    /ACCEPTED.*\n.*\n.* 2 +0\n/,
  )
  expect((await run('client', 'rotate', client.clientId, '--overlap', 'soon')).stderr).toContain(
    'at most a year',
  )
  await json('client', 'remove', client.clientId, '--yes')
})

it('notes that an operator verified whose a client is', async () => {
  const { clientId } = await json<NewClient>('client', 'add', 'Known')
  const set = await json('client', 'set', clientId, '--verified', '--description', 'Prints photos')
  expect(set).toMatchObject({ verifiedAt: expect.any(Number) })
  expect(await json('client', 'set', clientId, '--no-verified')).toMatchObject({ verifiedAt: null })
  await json('client', 'remove', clientId, '--yes')
})

it('takes the names and options of earlier versions', async () => {
  const { clientId } = await json<NewClient>('client', 'add', '--name', 'Old ways')
  expect(await json('client', 'mode', '--key', clientId, '--mode', 'live')).toMatchObject({ mode: 'live' })
  expect(await json('client', 'edit', '--key', clientId, '--name', 'Old')).toMatchObject({ name: 'Old' })
  expect(await json('client', 'secret', '--key', clientId)).toMatchObject({ clientId })
  expect(await run('client', 'remove', '--key', clientId, '--yes')).toMatchObject({ code: 0 })
})

describe('a token', () => {
  let client: NewClient
  let token: NewToken
  const env = { SCOPES: 'photos:read see your photos; photos:write add photos' }

  beforeAll(async () => {
    client = await json<NewClient>('client', 'add', 'Tokens')
    token = await json<NewToken>(
      'token',
      'add',
      '--client',
      client.clientId,
      '--user',
      'bert',
      '--scope',
      'photos:read',
    )
  })

  /** The status of a request signed with a token, at a provider over the same file. */
  async function me({ oauthToken, oauthTokenSecret }: NewToken): Promise<number> {
    const scopes = { 'photos:read': 'see your photos', 'photos:write': 'add photos' }
    const provider = await createProvider({ port: 0, database, logLevel: 'silent', scopes })
    const keys = { key: client.clientId, secret: client.clientSecret }
    const send = signer(provider.address, keys, { key: oauthToken, secret: oauthTokenSecret })
    const { status } = await send('GET', '/api/me', {})
    await provider.close()
    return status
  }

  it('is shown without its secret, and changed', async () => {
    const shown = await json<Record<string, unknown>>('token', 'show', token.oauthToken)
    expect(shown).toMatchObject({
      clientName: 'Tokens',
      userName: 'bert',
      scope: 'photos:read',
      expiresAt: null,
    })
    expect(JSON.stringify(shown)).not.toContain(token.oauthTokenSecret)
    const set = ['token', 'set', token.oauthToken] as const
    expect(await json(...set, '--lifetime', '3600', '--scope', 'photos:write')).toMatchObject({
      scope: 'photos:write',
      expiresAt: expect.any(Number),
    })
    expect((await runHere([...set, '--scope', 'photos:eat', '--database', database], env)).stderr).toContain(
      'This client may not use the scope photos:eat',
    )
    expect(await json(...set, '--lifetime', '0')).toMatchObject({ expiresAt: null, scope: 'photos:write' })
  })

  it('is rotated: the new pair works, the old one no longer, and all else stays', async () => {
    const fresh = await json<NewToken>('token', 'rotate', token.oauthToken)
    expect([await me(token), await me(fresh)]).toEqual([401, 200])
    expect(await json('token', 'show', fresh.oauthToken)).toMatchObject({
      userName: 'bert',
      scope: 'photos:write',
    })
    expect((await run('token', 'rotate', token.oauthToken)).stderr).toContain('There is no such token.')
  })
})

describe('what destroys', () => {
  it('refuses where there is no terminal, says what would end, and does it with --yes', async () => {
    const { clientId } = await json<NewClient>('client', 'add', 'Doomed')
    for (const user of ['anna', 'bert', 'cleo'])
      await json('token', 'add', '--client', clientId, '--user', user)
    const refused = await run('client', 'remove', clientId)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('3 users will lose access with it, and 3 tokens will end.')
    expect(refused.stderr).toContain('Add --yes if you mean it.')
    const many = await run('token', 'revoke', '--client', clientId, '--user', 'anna')
    expect(many).toMatchObject({ code: 2, stderr: expect.stringContaining('1 token') })
    expect(await json('client', 'show', clientId)).toMatchObject({ users: 3, tokens: 3 })
    expect(await json('token', 'revoke', '--client', clientId, '--user', 'anna', '--yes')).toEqual({
      revoked: 1,
    })
    expect(await json('client', 'remove', clientId, '--yes')).toEqual({ removed: clientId, tokens: 2 })
    expect((await run('client', 'show', clientId)).code).toBe(1)
  })

  it('removes a user with their clients and every access', async () => {
    await json('user', 'add', 'dora')
    const own = await json<NewClient>('client', 'add', 'Dora’s own', '--user', 'dora')
    const other = await json<NewClient>('client', 'add', 'Somebody’s')
    await json('token', 'add', '--client', other.clientId, '--user', 'dora')
    const refused = await run('user', 'remove', 'dora')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(
      '1 client will lose access to the account (1 token), and 1 client of their own',
    )
    expect(await json('user', 'remove', 'dora', '--yes')).toEqual({ removed: 'dora', tokens: 1, clients: 1 })
    expect((await run('client', 'show', own.clientId)).stderr).toContain('No client has the key')
    expect(await json<object[]>('token', 'list', '--client', other.clientId)).toEqual([])
    await json('client', 'remove', other.clientId, '--yes')
  })
})

it('gives and takes the role of an administrator, and keeps the last one', async () => {
  expect(await json('user', 'set', 'anna', '--admin')).toMatchObject({ role: 'admin' })
  expect((await run('user', 'set', 'anna', '--no-admin')).stderr).toContain('last active administrator')
  expect(await json('user', 'set', 'bert', '--admin', '--suspend')).toMatchObject({
    role: 'admin',
    suspendedAt: expect.any(Number),
  })
  expect(await json<object[]>('user', 'list', '--status', 'suspended')).toMatchObject([{ name: 'bert' }])
  const back = await json('user', 'set', 'bert', '--no-admin', '--reinstate')
  expect(back).toMatchObject({ role: 'user', suspendedAt: null })
})

it('writes what an operator does into the audit log', async () => {
  const services: Services = await openServices({ database, logLevel: 'silent' })
  const rows = await services.db
    .selectFrom('audit_event')
    .select(['action', 'actor_kind'])
    .where('actor_kind', '=', 'operator')
    .execute()
  await services.close()
  const actions = new Set(rows.map(({ action }) => action))
  for (const action of [
    ...['user.added', 'user.role-changed', 'user.suspended', 'user.reinstated', 'user.deleted'],
    ...[
      'client.registered',
      'client.edited',
      'client.mode-changed',
      'client.secret-replaced',
      'client.deleted',
    ],
    ...['client.suspended', 'client.approved', 'token.issued', 'token.revoked'],
  ])
    expect(actions).toContain(action)
})

it('makes an invitation whose code is shown once', async () => {
  const made = await json<{ code: string; note: string; expiresAt: number }>(
    'user',
    'invite',
    'Ada of Example',
  )
  expect(made).toMatchObject({ code: expect.any(String), note: 'Ada of Example' })
  const { stdout } = await runHere(['user', 'invite', '--database', database], {
    ...env,
    PUBLIC_URL: 'https://oauth.example.com',
  })
  expect(stdout).toMatch(/Page {3}https:\/\/oauth\.example\.com\/sign-up\?invitation=\S+\n/)
})

it('sweeps once, and says what was removed', async () => {
  const services = await openServices({ database, logLevel: 'silent' })
  const ended = { sealed: '', expires_at: 1 }
  await services.db
    .insertInto('flash')
    .values(Array.from({ length: 1500 }, (_, index) => ({ key: `swept-${index}`, ...ended })))
    .execute()
  await services.close()
  expect(await json('sweep')).toMatchObject({ flashes: 1500, sessions: 0 })
  expect(await json('sweep')).toMatchObject({ flashes: 0 })
})

describe('a list', () => {
  const many = join(directory.path, 'many.sqlite')
  const list = jsonHere(many)

  beforeAll(async () => {
    const services = await openServices({ database: many, logLevel: 'silent' })
    const { db } = services
    const numbers = Array.from({ length: 1200 }, (_, index) => index + 1)
    await db
      .insertInto('user')
      .values(
        numbers.map((number) => ({ name: `user-${number}`, password_hash: '', created_at: 1_700_000_000 })),
      )
      .execute()
    const client = { client_secret: 'secret', default_redirect_uri: '' }
    await db
      .insertInto('oauth_client')
      .values(numbers.map((number) => ({ ...client, client_id: `key-${number}`, name: `Name ${number}` })))
      .execute()
    await db
      .insertInto('oauth_token_credential')
      .values(
        numbers.map((number) => ({
          client_id: 'key-1',
          oauth_token: `token-${number}`,
          oauth_token_secret: 'secret',
          user_id: 1,
          // Many have the same second.
          created_at: 1_700_000_000 + (number % 3),
        })),
      )
      .execute()
    await services.close()
  })

  it.each([
    ['user', 'name'],
    ['client', 'clientId'],
    ['token', 'oauthToken'],
  ] as const)('of every %s comes whole, each once, in pieces or not', async (group, field) => {
    const all = await list<Record<string, string>[]>(group, 'list')
    expect(new Set(all.map((row) => row[field])).size).toBe(1200)
    expect(all.length).toBe(1200)
    const pieces: unknown[] = []
    let after: string[] = []
    for (let page = 0; page < 3; page++) {
      const args = [group, 'list', '--limit', '500', ...after, '--database', many, '--json']
      const { code, stdout, stderr } = await runHere(args)
      expect(code).toBe(0)
      pieces.push(...JSON.parse(stdout))
      after = stderr === '' ? [] : ['--after', JSON.parse(stderr).next.after]
      expect(after.length).toBe(page < 2 ? 2 : 0)
    }
    expect(pieces).toEqual(all)
  })

  it('has headings, dates, and a last line that can be pasted to go on', async () => {
    const { stdout, stderr } = await runHere([
      'user',
      'list',
      '--limit',
      '2',
      '--search',
      'USER-1',
      '--database',
      many,
    ])
    expect(stdout).toMatch(
      /^ID +NAME +STATUS +SINCE \(UTC\)\n1 +user-1 +active +2023-11-14 22:13\n10 +user-10 /,
    )
    const [, next] = /^Next: .*countersign (?:-- )?(.*)\n$/.exec(stderr) ?? []
    expect(next).toBe(`user list --search USER-1 --limit 2 --database ${many} --after 10`)
    expect((await runHere(next?.split(' ') ?? [])).stdout).toContain('user-11')
  })

  it('takes signs of SQL in a search as they are', async () => {
    expect(await list<object[]>('client', 'list', '--search', 'Name 1_')).toEqual([])
    expect(await list<object[]>('client', 'list', '--search', '100%')).toEqual([])
    expect(await list<object[]>('client', 'list', '--search', 'KEY-1200')).toHaveLength(1)
  })

  it.each([
    [['user', 'list', '--limit', '0'], 2, '--limit must be a whole number from 1 on'],
    [['user', 'list', '--after', 'x y'], 1, 'No list ends at x y'],
    [['token', 'list', '--after', '7'], 1, 'No list ends at 7'],
    [
      ['user', 'list', '--status', 'asleep'],
      2,
      '--status cannot be "asleep": use active, suspended or admin.',
    ],
    [['client', 'list', '--user', 'nobody'], 1, 'There is no user nobody.'],
  ])('refuses %j', async (args, code, message) => {
    const finished = await runHere([...args, '--database', many])
    expect(finished.code).toBe(code)
    expect(finished.stderr).toContain(message)
  })
})

it.each([
  [['client', 'show', 'missing'], 1, 'unknown_client', 'client list'],
  [['user', 'show', 'missing'], 1, 'unknown_user', 'user list'],
  [['token', 'show', 'missing'], 1, 'unknown_token', 'token list'],
  [['client', 'show'], 2, 'usage', 'help client show'],
  [['client', 'show', 'a', '--key', 'b'], 2, 'usage', 'help client show'],
  [['client', 'add', 'x', '--callback', 'data:x'], 1, 'refused', undefined],
])('responds to %j with an error as JSON, on standard error alone', async (args, code, errorCode, next) => {
  const finished = await run(...args, '--json')
  expect(finished).toMatchObject({ code, stdout: '' })
  const { error } = JSON.parse(finished.stderr)
  expect(error).toMatchObject({ code: errorCode, message: expect.any(String) })
  if (next === undefined) expect(error.field).toBe('callbacks')
  else expect(error.next).toMatch(new RegExp(` ${next}$`))
})

it('says what to type where there is no database', async () => {
  const args = ['client', 'list', '--database', join(directory.path, 'none.sqlite')]
  const { code, stderr } = await runHere([...args, '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(stderr).error).toMatchObject({
    code: 'no_database',
    next: expect.stringMatching(/ db migrate$/),
  })
})

import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { available, programs } from '../../countersign/test/services.ts'
import { createProvider } from '../../provider/src/index.ts'
import { runCli, temporaryDirectory } from '../../provider/test/running-provider.ts'
import { signer } from '../../provider/test/signer.ts'
import { jsonHere, runHere } from './in-process.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const file = (name: string, content = '') => {
  const path = join(directory.path, name)
  if (content !== '') writeFileSync(path, content)
  return path
}
const counts = (added: number, others = {}) => ({
  added,
  replaced: 0,
  unchanged: 0,
  expired: 0,
  faulty: 0,
  ...others,
})

interface Report {
  readonly users: number
  readonly clients: object
  readonly tokens: object
  readonly faults: number
  readonly isWritten: boolean
  readonly faultList: readonly { readonly at: string; readonly message: string }[]
}

/** Who a token signs for, at a provider over the database. */
async function me(database: string, client: Keys, token: Keys): Promise<unknown> {
  const provider = await createProvider({ port: 0, database, logLevel: 'silent' })
  const response = await signer(provider.address, client, token)('GET', '/api/me', {})
  await provider.close()
  return response.status === 200 ? response.json() : response.status
}
interface Keys {
  readonly key: string
  readonly secret: string
}

if ((await available('authlib')) && (await available('requests-oauthlib'))) {
  describe('the database of a real Authlib provider', () => {
    const old = file('authlib.sqlite')
    const database = file('taken-over.sqlite')
    const json = jsonHere(database)
    const client = { key: 'old-client', secret: 'old client secret & 100 %' }

    it('is taken over: old keys, secrets and tokens sign as before, and a second run changes nothing', async () => {
      const script = join(import.meta.dirname, '../../countersign/test/stores/authlib_database.py')
      const { stdout } = await promisify(execFile)(programs.python, [script, old])
      const { token } = JSON.parse(stdout)
      const keys = { key: token.oauth_token, secret: token.oauth_token_secret }

      const dry = await json<Report>('import', '--authlib', old, '--create-users', '--dry-run').catch(String)
      // There is no database yet, and a dry run makes none.
      expect(dry).toContain('There is no database at')
      const faulty = await runHere(['import', '--authlib', old, '--database', database, '--json'])
      expect(faulty.code).toBe(1)
      expect(JSON.parse(faulty.stdout)).toMatchObject({ isWritten: false, faults: 2 })
      expect(JSON.parse(faulty.stdout).faultList[1]).toEqual({
        at: 'table token_credential, id 1',
        message: expect.stringContaining('no client has the key old-client'),
      })

      const first = await json<Report>('import', '--authlib', old, '--create-users')
      expect(first).toMatchObject({ users: 2, clients: counts(1), tokens: counts(1), isWritten: true })
      const second = await json<Report>('import', '--authlib', old, '--create-users')
      const unchanged = counts(0, { unchanged: 1 })
      expect(second).toMatchObject({ users: 0, clients: unchanged, tokens: unchanged, faults: 0 })
      expect(await json('client', 'show', 'old-client')).toMatchObject({
        ownerName: 'developer',
        callbacks: ['https://client.test/authorized'],
        mode: 'live',
      })

      const provider = await createProvider({ port: 0, database, logLevel: 'silent' })
      const session = `import sys
from requests_oauthlib import OAuth1Session
url, key, secret, token, token_secret = sys.argv[1:]
print(OAuth1Session(key, client_secret=secret, resource_owner_key=token, resource_owner_secret=token_secret).get(url).text)`
      const args = [`${provider.address}/api/me`, client.key, client.secret, keys.key, keys.secret]
      const signed = await promisify(execFile)(programs.python, ['-c', session, ...args])
      expect(JSON.parse(signed.stdout)).toMatchObject({ name: 'ada', client: { name: 'old-client' } })
      await provider.close()
    })

    it('maps its users to those that are here', async () => {
      const other = file('mapped.sqlite')
      const mapped = jsonHere(other, { COUNTERSIGN_PASSWORD: 'correct horse battery' })
      await mapped('user', 'add', 'ada-lovelace')
      await mapped('user', 'add', 'dev')
      const users = file('users.csv', 'ada,ada-lovelace\ndeveloper,dev\n')
      expect(await mapped('import', '--authlib', old, '--users', users)).toMatchObject({
        users: 0,
        faults: 0,
      })
      expect(await mapped<object[]>('token', 'list')).toMatchObject([{ userName: 'ada-lovelace' }])
    })

    it('says which tables there are where the right ones are missing', async () => {
      const args = ['import', '--authlib', old, '--client-table', 'clients', '--database', database]
      const { code, stderr } = await runHere(args)
      expect(code).toBe(1)
      expect(stderr).toContain('has no table clients. It has client, token_credential, user')
    })
  })
}

describe('files', () => {
  const database = file('files.sqlite')
  const json = jsonHere(database, { COUNTERSIGN_PASSWORD: 'correct horse battery' })
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString().trim()

  it('of CSV are taken over, with callbacks, keys and times; spreadsheets may write semicolons', async () => {
    const clients = file(
      'clients.csv',
      `\uFEFFclient_id;client_secret;client_name;default_redirect_uri;rsa_public_key;created_at
album;"se;cret ""1""";Álbum;https://a.example/cb https://a.example/other;;2020-02-03 04:05:06
signer;;Signer;;"${pem}";1580702706
`,
    )
    const tokens = file(
      'tokens.csv',
      `client,token,secret,user,scope,expires_at
album,token-1,token secret 1,anna,,
album,token-2,token-secret-2,,,1000
`,
    )
    const args = ['import', '--clients', clients, '--tokens', tokens, '--create-users']
    expect(await json<Report>(...args)).toMatchObject({
      users: 1,
      clients: counts(2),
      tokens: counts(1, { expired: 1 }),
      isWritten: true,
    })
    expect(await json('client', 'show', 'album')).toMatchObject({
      name: 'Álbum',
      callbacks: ['https://a.example/cb', 'https://a.example/other'],
      createdAt: Date.UTC(2020, 1, 3, 4, 5, 6) / 1000,
    })
    expect(await json('client', 'show', 'signer')).toMatchObject({
      hasRsaPublicKey: true,
      createdAt: 1_580_702_706,
    })
    const token = { key: 'token-1', secret: 'token secret 1' }
    expect(await me(database, { key: 'album', secret: 'se;cret "1"' }, token)).toMatchObject({ name: 'anna' })
  })

  it('of JSON and JSON Lines likewise', async () => {
    const clients = file(
      'clients.json',
      JSON.stringify([{ key: 'json', secret: 'json-secret', callbacks: ['app.json:/cb'] }]),
    )
    const tokens = file(
      'tokens.jsonl',
      '{"client":"json","token":"j-1","secret":"j-secret","user":"anna"}\n\n',
    )
    expect(await json<Report>('import', '--clients', clients, '--tokens', tokens)).toMatchObject({
      faults: 0,
    })
    const client = { key: 'json', secret: 'json-secret' }
    expect(await me(database, client, { key: 'j-1', secret: 'j-secret' })).toMatchObject({ name: 'anna' })
  })

  it('with faults are told line by line, and nothing of them is written unless that is wanted', async () => {
    const clients = file(
      'faulty.csv',
      `key,secret,callbacks
good,good-secret,https://good.example/cb
,no-key,
bad key,secret-secret,
json,another-secret,
good,good-secret,https://good.example/cb
short,only
page,page-secret,page.example/cb
`,
    )
    const tokens = file(
      'faulty.jsonl',
      '{"client":"nobody","token":"t","secret":"s"}\nnot json\n{"client":"good","token":"t-1","secret":"s","user":"stranger"}\n',
    )
    const args = ['import', '--clients', clients, '--tokens', tokens, '--database', database]
    const refused = await runHere([...args, '--json'])
    expect(refused.code).toBe(1)
    const report: Report = JSON.parse(refused.stdout)
    expect(report).toMatchObject({ isWritten: false, clients: counts(1, { faulty: 5 }) })
    const told = report.faultList.map(({ at, message }) => `${at}: ${message}`)
    const expected = [
      'faulty.csv, line 3: the key is missing',
      expect.stringMatching(/^faulty\.csv, line 4: Use a key of/),
      'faulty.csv, line 5: it exists already with a different secret, callbacks: replace it, or leave it out',
      'faulty.csv, line 6: the source has this client twice',
      'faulty.csv, line 7: it has more or fewer fields than the headings',
      expect.stringMatching(/^faulty\.csv, line 8: page\.example\/cb: begin it with https/),
      'faulty.jsonl, line 1: no client has the key nobody',
      expect.stringMatching(/^faulty\.jsonl, line 2: it is not JSON/),
      expect.stringMatching(/^faulty\.jsonl, line 3: there is no user stranger/),
    ]
    // A record that differs from the stored one is found after records that are wrong by themselves.
    expect(told).toEqual(expect.arrayContaining(expected))
    expect(told).toHaveLength(expected.length)
    expect((await runHere(['client', 'show', 'good', '--database', database])).code).toBe(1)

    const skipped = await runHere([...args, '--skip-faulty'])
    expect(skipped).toMatchObject({ code: 0, stdout: expect.stringContaining('Written.') })
    expect(skipped.stderr).toContain('faulty.csv, line 3: the key is missing\n')
    expect((await runHere(['client', 'show', 'good', '--database', database])).code).toBe(0)
  })

  it('with a field whose name is misspelt are refused; what else they have is their own', async () => {
    const json = jsonHere(file('misspelt.sqlite'))
    await json('db', 'migrate')
    const report = async (headings: string) => {
      const clients = file('misspelt.csv', `${headings}\nk,s,Album,x\n`)
      const { stdout } = await runHere([
        'import',
        '--clients',
        clients,
        '--database',
        file('misspelt.sqlite'),
        '--json',
      ])
      return (JSON.parse(stdout) as Report).faultList.map(({ message }) => message)
    }
    expect(await report('key,secret,nmae,date')).toEqual(['there is no field nmae: did you mean name?'])
    expect(await report('key,secret,name,callback_s')).toEqual([
      'there is no field callback_s: did you mean callbacks?',
    ])
    expect(await report('key,secret,name,date')).toEqual([])
  })

  it('leave out the tokens of a client that is left out', async () => {
    const clients = file(
      'owned.json',
      JSON.stringify([{ key: 'owned', secret: 'owned-secret', owner: 'stranger' }]),
    )
    const tokens = file('owned.jsonl', '{"client":"owned","token":"o-1","secret":"o-secret"}')
    const args = ['import', '--clients', clients, '--tokens', tokens, '--skip-faulty']
    expect(await json<Report>(...args)).toMatchObject({ faults: 2, tokens: counts(0, { faulty: 1 }) })
  })

  it('overwrite what differs with --replace, once that is confirmed', async () => {
    const clients = file('replaced.json', JSON.stringify([{ key: 'json', secret: 'rolled-secret' }]))
    const args = ['import', '--clients', clients, '--replace', '--database', database]
    const refused = await runHere(args)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('1 client and 0 tokens here will be overwritten.')
    expect(await json<Report>('import', '--clients', clients, '--replace', '--yes')).toMatchObject({
      clients: counts(0, { replaced: 1 }),
    })
    const token = { key: 'j-1', secret: 'j-secret' }
    expect(await me(database, { key: 'json', secret: 'json-secret' }, token)).toBe(401)
    expect(await me(database, { key: 'json', secret: 'rolled-secret' }, token)).toMatchObject({
      name: 'anna',
    })
  })

  it.each([
    [['import'], 2, 'Name a source'],
    [['import', '--clients', 'clients.xml'], 1, 'must end in .csv, .json or .jsonl'],
    [['import', '--clients', 'missing.csv'], 1, 'cannot be read'],
    [['import', '--clients', 'a.csv', '--authlib', 'b.sqlite'], 2, 'not both'],
    [['import', '--authlib', 'missing.sqlite'], 1, 'There is no database at'],
    [['import', '--authlib', 'oracle://db/x'], 1, 'The address of the database must be'],
  ])('refuses %j', async (args, code, message) => {
    const finished = await runHere([...args, '--database', database])
    expect(finished.stderr).toContain(message)
    expect(finished.code).toBe(code)
  })
})

it('takes 100,000 tokens over in little memory', { timeout: 600_000 }, async () => {
  const tokens = createWriteStream(file('many.csv'))
  tokens.write('client,token,secret\n')
  for (let number = 0; number < 100_000; number++)
    tokens.write(`many,token-${number},secret-of-token-${number}\n`)
  await new Promise((resolve) => tokens.end(resolve))
  const clients = file('many-clients.json', '[{"key":"many","secret":"many-secret"}]')
  const args = [
    'import',
    '--clients',
    clients,
    '--tokens',
    file('many.csv'),
    '--database',
    'many.sqlite',
    '--json',
  ]
  // Most of it is what the program itself takes. The file would be some 60 MB as objects.
  const env = { NODE_OPTIONS: '--max-old-space-size=72' }
  const { code, stdout, stderr } = await runCli(directory.path, args, { env })
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toMatchObject({ tokens: counts(100_000), isWritten: true })
})

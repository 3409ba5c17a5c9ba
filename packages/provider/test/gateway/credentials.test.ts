import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { pino } from 'pino'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Keys, ThirdParty } from '../../../../test/support/third-party.ts'
import { available, services, uniqueName } from '../../../countersign/test/services.ts'
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts'
import type { SettingsInput } from '../../src/settings/settings.ts'
import { removeKeys } from '../processes/provider-group.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { client, type Seen, upstreamOfFile } from './setting.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const upstream = upstreamOfFile()

const hasRedis = await available('redis')

let folders = 0
function filesOf(contents: Readonly<Record<string, string>>): string[] {
  const folder = join(directory.path, String(++folders))
  mkdirSync(folder)
  return Object.entries(contents).map(([name, content]) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 })
    return join(folder, name)
  })
}

async function opened(
  credentialsFiles: string[],
  { gateway: own, ...more }: SettingsInput = {},
): Promise<Gateway> {
  const settings = { upstream: upstream.address, port: 0, adminPort: 0, credentialsFiles, ...own }
  const given = { database: ':memory:', logLevel: 'silent', shutdownSeconds: 1, ...more } as const
  const gateway = await createGateway({ ...given, gateway: settings })
  onTestFinished(() => gateway.close())
  return gateway
}

/** The status of a signed request, and what the upstream saw of it. */
async function sent(gateway: Gateway, signer: ThirdParty, token?: Keys) {
  const url = `${gateway.address}/photos?size=large`
  const response = await fetch(url, {
    headers: { authorization: signer.authorization('GET', url, { token }) },
  })
  const { headers = {} } = (await response.json()) as Partial<Seen>
  return { status: response.status, headers }
}

const album = new ThirdParty(client)
const token = { key: 't1', secret: 'secret-1' }
const clientsCsv = `key,secret\n${client.key},${client.secret}\n`
const tokensCsv = `client,token,secret,user,scope\n${client.key},t1,secret-1,anna,photos:read\n`

describe('a gateway over files of credentials', () => {
  it.each([
    [
      'one JSON file with two lists',
      {
        'all.json': JSON.stringify({
          tokens: [{ client_id: 'album', oauth_token: 't1', oauth_token_secret: 'secret-1', user: 'anna' }],
          clients: [{ client_id: 'album', client_secret: 'album-secret' }],
        }),
      },
    ],
    ['CSV, tokens before their clients', { 'tokens.csv': tokensCsv, 'clients.csv': clientsCsv }],
    [
      'JSON Lines with both',
      {
        'all.jsonl':
          '{"key":"album","secret":"album-secret"}\n{"client":"album","token":"t1","secret":"secret-1","user":"anna"}\n',
      },
    ],
  ])('accepts the clients and tokens of %s', async (_, contents) => {
    const gateway = await opened(filesOf(contents))
    expect(gateway).toMatchObject({ services: undefined, credentials: { clients: 1, tokens: 1 } })
    const { status, headers } = await sent(gateway, album, token)
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'x-oauth-user': 'anna', 'x-oauth-client': 'album' })
    for (const [signer, tried] of [
      [album, { key: 't1', secret: 'wrong' }],
      [album, { key: 't2', secret: 'secret-1' }],
      [new ThirdParty({ key: 'album', secret: 'wrong' }), token],
      [new ThirdParty({ key: 'other', secret: 'album-secret' }), token],
    ] as const)
      expect((await sent(gateway, signer, tried)).status).toBe(401)
  })

  it('tells the API any text as the user, percent-encoded in the header and as it is in the assertion', async () => {
    const user = 'Żaneta Ō 100 %'
    const tokens = `client;token;secret;user\nalbum;t1;secret-1;${user}\n`
    const gateway = await opened(filesOf({ 'clients.csv': clientsCsv, 'tokens.csv': tokens }))
    const { headers } = await sent(gateway, album, token)
    expect(decodeURIComponent(String(headers['x-oauth-user']))).toBe(user)
    expect(decodeJwt(String(headers['x-oauth-assertion'])).sub).toBe(user)
  })

  it('takes scopes that no setting names, and refuses a token without the one that a route needs', async () => {
    const tokens = `${tokensCsv}album,t2,secret-2,ben,\n`
    const [clientsFile = '', tokensFile = '', routesFile = ''] = filesOf({
      'clients.csv': clientsCsv,
      'tokens.csv': tokens,
      'routes.json': '{ "routes": [{ "path": "/photos", "scope": "photos:read" }] }',
    })
    const gateway = await opened([clientsFile, tokensFile], { gateway: { routesFile } })
    expect((await sent(gateway, album, token)).headers['x-oauth-scope']).toBe('photos:read')
    expect((await sent(gateway, album, { key: 't2', secret: 'secret-2' })).status).toBe(403)
  })

  it('accepts a client with a key of the RSA family, and without a token where the route says so', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const key = 'example.edu:course 5'.replace(' ', '/')
    const clients = [{ key, rsa_public_key: publicKey }, { ...client }]
    const [file = '', routesFile = ''] = filesOf({
      'clients.json': JSON.stringify(clients),
      'routes.json': '{ "routes": [{ "path": "/**", "access": "two-legged" }] }',
    })
    const gateway = await opened([file], { gateway: { routesFile } })
    const signed = await sent(gateway, new ThirdParty({ key, secret: '' }, 'RSA-SHA256', privateKey))
    expect(signed).toMatchObject({ status: 200, headers: { 'x-oauth-client': key } })
    expect(signed.headers['x-oauth-user']).toBeUndefined()
    expect((await sent(gateway, album)).status).toBe(200)
    expect((await sent(gateway, new ThirdParty({ key, secret: '' }))).status).toBe(401)
  })

  it('refuses a token after its end', async () => {
    const tokens =
      'client,token,secret,expires_at\nalbum,t1,secret-1,2020-01-01\nalbum,t2,secret-2,2999-01-01\n'
    const gateway = await opened(filesOf({ 'clients.csv': clientsCsv, 'tokens.csv': tokens }))
    expect((await sent(gateway, album, token)).status).toBe(401)
    expect((await sent(gateway, album, { key: 't2', secret: 'secret-2' })).status).toBe(200)
  })

  it('refuses a replayed request, also after a restart over the same database', async () => {
    const files = filesOf({ 'clients.csv': clientsCsv, 'tokens.csv': tokensCsv })
    const database = join(directory.path, 'nonces.sqlite')
    const origin = 'https://api.example.com'
    const authorization = album.authorization('GET', `${origin}/photos`, { token })
    const statuses: number[] = []
    for (let start = 0; start < 2; start++) {
      const gateway = await opened(files, { database, gateway: { origin } })
      for (let time = 0; time < 2; time++) {
        const response = await fetch(`${gateway.address}/photos`, { headers: { authorization } })
        statuses.push(response.status)
        await response.text()
      }
      await gateway.close()
    }
    expect(statuses).toEqual([200, 401, 401, 401])
  })

  it('takes what changes while it runs, keeps what it has where that is faulty, and its metrics say so', async () => {
    const files = filesOf({ 'clients.csv': clientsCsv, 'tokens.csv': tokensCsv })
    const lines: string[] = []
    const log = pino({}, { write: (line: string) => void lines.push(line) })
    const gateway = await createGateway(
      {
        database: ':memory:',
        gateway: { upstream: upstream.address, port: 0, adminPort: 0, credentialsFiles: files },
      },
      log,
    )
    onTestFinished(() => gateway.close())
    const gauge = async (name: string) => {
      const page = await (await fetch(`${gateway.adminAddress}/metrics`)).text()
      return new RegExp(`^countersign_gateway_${name} (.*)$`, 'm').exec(page)?.[1]
    }
    const patience = { timeout: 30_000, interval: 200 }
    expect([await gauge('credentials_valid'), await gauge('tokens')]).toEqual(['1', '1'])
    writeFileSync(String(files[1]), 'client,token,secret,user\nalbum,t2,secret-2,ben\n')
    const added = { key: 't2', secret: 'secret-2' }
    await vi.waitFor(async () => expect((await sent(gateway, album, added)).status).toBe(200), patience)
    expect((await sent(gateway, album, token)).status).toBe(401)
    writeFileSync(String(files[1]), 'client,token,secret\nalbum,t2,"hunter2\n')
    await vi.waitFor(async () => expect(await gauge('credentials_valid')).toBe('0'), patience)
    expect((await sent(gateway, album, added)).status).toBe(200)
    expect(Number(await gauge('credentials_loaded_timestamp_seconds'))).toBeGreaterThan(1_600_000_000)
    expect((await fetch(`${gateway.adminAddress}/readyz`)).status).toBe(200)
    expect(lines.join('')).toContain('line 2: a quotation mark is not closed')
    expect(lines.join('')).not.toMatch(/hunter2|secret-\d|album-secret/)
  }, 90_000)

  it('does not start over files with faults, and says all of them without a secret', async () => {
    const files = filesOf({
      'clients.csv': 'key,secret\nalbum,hunter2-1\nalbum,hunter2-2\n',
      'tokens.jsonl':
        '{"client":"album","token":"t","secret":hunter2}\n{"client":"x","token":"t","secret":"s"}\n',
      'more.json': '[{"secret":"hunter2]',
    })
    const error = await opened([...files, 'missing.csv']).catch((fault) => fault)
    expect(error.name).toBe('ConfigurationError')
    expect(error.message.split('\n')).toEqual([
      'GATEWAY_CREDENTIALS: the files cannot be used.',
      `${files[0]}, line 3: another client has this key`,
      `${files[1]}, line 1: it is not JSON: look at column 40`,
      `${files[2]} is not JSON: look at line 1, column 12.`,
      expect.stringMatching(/^The file missing\.csv cannot be read: ENOENT/),
      `${files[1]}, line 2: no client has its key`,
    ])
    expect(error.stack).not.toContain('hunter2')
  })

  if (hasRedis) {
    it('shares nonces with others in Redis, and opens no database then', async () => {
      const files = filesOf({ 'clients.csv': clientsCsv, 'tokens.csv': tokensCsv })
      const database = join(directory.path, 'unused.sqlite')
      const redisPrefix = uniqueName('gateway')
      onTestFinished(() => removeKeys(redisPrefix))
      const origin = 'https://api.example.com'
      const settings = { database, redisUrl: services.redis.url, redisPrefix, gateway: { origin } }
      const both = [await opened(files, settings), await opened(files, settings)]
      const statuses = async () => {
        const authorization = album.authorization('GET', `${origin}/photos`, { token })
        const sending = both.map(({ address }) => fetch(`${address}/photos`, { headers: { authorization } }))
        return (await Promise.all(sending)).map(({ status }) => status).sort()
      }
      // What was signed in the second when this Redis was first used may have been accepted before.
      await vi.waitFor(async () => expect(await statuses()).toEqual([200, 401]), 30_000)
      const ready = await (await fetch(`${both[0]?.adminAddress}/readyz`)).json()
      expect(ready).toEqual({ status: 'ready', parts: { redis: 'ok', process: 'ok' } })
      expect(existsSync(database)).toBe(false)
    }, 60_000)
  }

  it('takes no users and clients besides', async () => {
    const gateway = { upstream: upstream.address, credentialsFiles: filesOf({ 'clients.csv': clientsCsv }) }
    for (const fixtures of [{ users: [{ name: 'anna' }] }, { clients: [client] }])
      await expect(createGateway({ database: ':memory:', gateway, ...fixtures })).rejects.toThrow(
        /^GATEWAY_CREDENTIALS: users and clients cannot be given/,
      )
  })

  it('does not start where tokens are to end unused, for no one writes down when they were used', async () => {
    const options = { tokenIdleSeconds: 3600 }
    await expect(opened(filesOf({ 'clients.csv': clientsCsv }), { options })).rejects.toThrow(
      /^OAUTH1_TOKEN_IDLE_SECONDS: must be 0 with credentials files/,
    )
  })

  it('stores neither clients nor tokens', async () => {
    const database = join(directory.path, 'empty.sqlite')
    const gateway = await opened(filesOf({ 'clients.csv': clientsCsv, 'tokens.csv': tokensCsv }), {
      database,
    })
    expect((await sent(gateway, album, token)).status).toBe(200)
    await gateway.close()
    expect(readFileSync(database, 'latin1')).not.toMatch(/album-secret|secret-1/)
  })
})

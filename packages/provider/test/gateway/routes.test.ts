import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { readPath } from '../../src/gateway/request-path.ts'
import { type Route, routeFinder } from '../../src/gateway/routes.ts'
import { readRoutes } from '../../src/gateway/routes-file.ts'
import { runCli, temporaryDirectory } from '../running-provider.ts'
import { client, openSetting, type RecordingUpstream, recordingUpstream, type Setting } from './setting.ts'

const directory = temporaryDirectory()
let files = 0
function file(content: unknown): string {
  const path = join(directory.path, `routes-${++files}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const routes = [
  { path: '/status', access: 'public' },
  { path: '/open/**', methods: ['GET'], access: 'public' },
  { path: '/photos/*/likes', methods: ['GET'], scope: 'photos:read' },
  { path: '/photos/**', methods: ['POST'], scope: 'photos:write' },
  { path: '/reports/**', access: 'two-legged' },
]

let upstream: RecordingUpstream
let setting: Setting
beforeAll(async () => {
  upstream = await recordingUpstream()
  setting = await openSetting(upstream.address, { gateway: { routesFile: file({ routes }) } })
})
afterAll(async () => {
  await setting.close()
  await upstream.close()
  directory.remove()
})

const thirdParty = new ThirdParty(client)

describe('a route', () => {
  it.each<[method: string, path: string, unsigned: number, byClient: number, byUser: number]>([
    ['GET', '/status', 200, 200, 200],
    ['POST', '/status', 200, 200, 200],
    ['GET', '/open', 200, 200, 200],
    ['GET', '/open/a/b', 200, 200, 200],
    ['HEAD', '/open/a/b', 200, 200, 200],
    ['POST', '/open/a/b', 401, 400, 200],
    ['GET', '/opened', 401, 400, 200],
    ['GET', '/photos/1/likes', 401, 400, 200],
    ['GET', '/photos/1', 401, 400, 200],
    ['POST', '/photos/1', 401, 400, 403],
    ['GET', '/reports/2026', 401, 200, 400],
    ['GET', '/other', 401, 400, 200],
  ])('%s %s: unsigned %i, by a client %i, by a user %i', async (method, path, unsigned, byClient, byUser) => {
    const url = setting.address + path
    const status = async (authorization?: string) =>
      (await fetch(url, { method, headers: authorization === undefined ? {} : { authorization } })).status
    expect(await status()).toBe(unsigned)
    expect(await status(thirdParty.authorization(method, url))).toBe(byClient)
    expect(await status(thirdParty.authorization(method, url, { token: setting.token }))).toBe(byUser)
  })

  it('that is public tells the upstream of no one', async () => {
    const url = `${setting.address}/status`
    const authorization = thirdParty.authorization('GET', url, { token: setting.token })
    await fetch(url, { headers: { authorization, 'x-oauth-user': '1' } })
    const names = Object.keys(upstream.seen.at(-1)?.headers ?? {})
    expect(names.filter((name) => /oauth|authorization/.test(name))).toEqual([])
  })

  it('for clients alone tells the upstream of no user', async () => {
    const url = `${setting.address}/reports/1`
    await fetch(url, { headers: { authorization: thirdParty.authorization('GET', url) } })
    const { headers = {} } = upstream.seen.at(-1) ?? {}
    expect(headers).toMatchObject({ 'x-oauth-client': client.key })
    expect(headers['x-oauth-user']).toBeUndefined()
    expect(headers['x-oauth-scope']).toBeUndefined()
  })
})

describe('a path that some server reads as a path of another route', () => {
  const find = routeFinder([
    { pattern: '/admin/**', access: { kind: 'two-legged' } },
    { pattern: '/**', access: { kind: 'public' } },
  ])

  it.each([
    '/Admin/users',
    '/ADMIN',
    '/admin;a=1/users',
    '/admin;/users',
    '/%41dmin/users',
    '/%2561dmin/users',
    '/x/../admin',
    '/x/%2e%2e/admin',
    '/x/..%2fadmin',
    '/x/..;/admin',
    '//admin',
    '/admin%2fusers',
    '/x\\..\\admin',
  ])('is refused: %s', (path) => {
    expect(() => find('GET', readPath(path))).toThrow(/path|dot segment|segment/)
  })

  it.each<[path: string, kind: Route['access']['kind']]>([
    ['/admin', 'two-legged'],
    ['/admin/', 'two-legged'],
    ['/admin/users', 'two-legged'],
    ['/%61dmin/users', 'two-legged'],
    ['/administrator', 'public'],
    ['/a;b=1/c', 'public'],
    ['/caf%C3%A9/%E6%97%A5', 'public'],
    ['/100%25', 'public'],
    ['/a/..b/c...', 'public'],
    ['/', 'public'],
  ])('but %s is not', (path, kind) => {
    expect(find('GET', readPath(path)).access.kind).toBe(kind)
  })
})

describe('the file of routes', () => {
  it.each<[what: string, content: unknown, fault: RegExp]>([
    ['no JSON', '{', /is not JSON/],
    ['a list', [], /must be an object such as \{ "routes"/],
    ['no routes', {}, /routes must be a list such as/],
    ['another name', { route: [], routes: [] }, /has no field route/],
    ['a misspelt field', { routes: [{ path: '/a', scopes: 'x' }] }, /routes\[0\] has no field scopes/],
    ['no path', { routes: [{ access: 'public' }] }, /routes\[0\]\.path must be a path/],
    ['a path without a slash', { routes: [{ path: 'a' }] }, /must begin with a slash/],
    ['a path with a query', { routes: [{ path: '/a?b' }] }, /without a query/],
    ['a star in a segment', { routes: [{ path: '/a*' }] }, /a whole segment/],
    ['two stars in the middle', { routes: [{ path: '/**/a' }] }, /at its end/],
    ['a dot segment', { routes: [{ path: '/a/../b' }] }, /dot segment/],
    ['an unknown access', { routes: [{ path: '/a', access: 'open' }] }, /one of public, signed, two-legged/],
    ['an unknown verb', { routes: [{ path: '/a', methods: ['get'] }] }, /GET includes HEAD/],
    ['no verbs', { routes: [{ path: '/a', methods: [] }] }, /must name a method/],
    ['a scope of no token', { routes: [{ path: '/a', access: 'public', scope: 'x' }] }, /only allowed with/],
    ['a hidden route', { routes: [{ path: '/a/**' }, { path: '/a/b' }] }, /routes\[1\] is never reached/],
  ])('with %s says what to write', (_what, content, fault) => {
    expect(() => readRoutes(file(content))).toThrow(fault)
  })

  it('that is absent is named', () => {
    expect(() => readRoutes('/nowhere/routes.json')).toThrow(/GATEWAY_ROUTES_FILE.*does not exist/)
  })

  it('is shown by gateway check, and so are its faults', async () => {
    const right = await runCli(directory.path, [
      'gateway',
      'check',
      '--upstream',
      upstream.address,
      '--routes',
      file({ routes }),
    ])
    expect(right).toMatchObject({ code: 0, stderr: '' })
    expect(right.stdout).toMatch(
      /^\/photos\/\*\/likes {2,}GET {2,}a signature with a user's token for photos:read$/m,
    )
    expect(right.stdout).toMatch(/^everything else {2,}all {2,}a signature with a user's token$/m)
    const wrong = await runCli(directory.path, ['gateway', 'check', '--routes', file({ routes: [7] })])
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toMatch(/routes\[0\] must be an object/)
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { signer } from '../../provider/test/signer.ts'
import { jsonHere, runHere } from './in-process.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const api = ['--upstream', 'http://127.0.0.1:9000']
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Starts `countersign gateway`, and waits until it has said where it is. */
async function startGateway(args: readonly string[]) {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, GATEWAY_ADMIN_PORT: '0', LOG_LEVEL: 'silent' }
  const command = ['--conditions=countersign-source', main, 'gateway', ...args]
  const child = spawn(process.execPath, command, { env })
  const exited = once(child, 'exit')
  const printed = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes('everything else')) resolve(text)
    })
    exited.then(() => reject(new Error(`The gateway ended, and printed ${text}`)))
  })
  return {
    printed,
    address: /runs at (\S+)/.exec(printed)?.[1] ?? '',
    /** SIGTERM, and the exit code that follows. */
    async stop(): Promise<number | null> {
      child.kill('SIGTERM')
      return (await exited)[0]
    },
    kill: () => child.kill('SIGKILL'),
  }
}

let files = 0
/** A file of one client, and one of tokens, as the command line names them. */
function credentialsFiles(tokens: string): string {
  const clients = { name: `clients${++files}.csv`, content: 'key,secret\nalbum,album-secret\n' }
  const given = { name: `tokens${files}.csv`, content: `client,token,secret,user\n${tokens}` }
  const paths = [clients, given].map(({ name, content }) => {
    writeFileSync(join(directory.path, name), content, { mode: 0o600 })
    return join(directory.path, name)
  })
  return paths.join(',')
}

it('a gateway lets signed requests through to an API, says whose they are, and ends at SIGTERM', async () => {
  const api = createServer((req, res) => res.end(JSON.stringify(req.headers))).listen(0, '127.0.0.1')
  await once(api, 'listening')
  const database = join(directory.path, 'gateway.sqlite')
  const json = jsonHere(database, { COUNTERSIGN_PASSWORD: 'correct horse battery' })
  const user = await json<{ id: number }>('user', 'add', 'anna')
  const client = await json<{ clientId: string; clientSecret: string }>('client', 'add', 'Album')
  const token = await json<{ oauthToken: string; oauthTokenSecret: string }>(
    ...(['token', 'add', '--client', client.clientId, '--user', 'anna'] as const),
  )
  const upstream = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  const running = await startGateway(['--upstream', upstream, '--port', '0', '--database', database])
  const { address } = running
  try {
    const send = signer(
      address,
      { key: client.clientId, secret: client.clientSecret },
      { key: token.oauthToken, secret: token.oauthTokenSecret },
    )
    const seen = (await (await send('GET', '/photos?size=large', {})).json()) as Record<string, string>
    expect(seen).toMatchObject({ 'x-oauth-user': String(user.id), 'x-oauth-client': client.clientId })
    expect((await fetch(`${address}/photos`)).status).toBe(401)
    expect(await running.stop()).toBe(0)
  } finally {
    running.kill()
    api.close()
    api.closeAllConnections()
  }
})

it('a gateway needs no provider where files hold clients and tokens, and says what they hold', async () => {
  const api = createServer((req, res) => res.end(JSON.stringify(req.headers))).listen(0, '127.0.0.1')
  await once(api, 'listening')
  const upstream = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  const files = credentialsFiles('album,t1,secret-1,anna\n')
  const database = join(directory.path, 'nonces.sqlite')
  const args = ['--upstream', upstream, '--port', '0', '--database', database, '--credentials', files]
  const running = await startGateway(args)
  try {
    expect(running.printed).toContain(`  Clients   ${files.replace(',', ', ')} (1 client and 1 token)\n`)
    expect(running.printed).toContain(`  Nonces    ${database}\n`)
    const keys = { key: 'album', secret: 'album-secret' }
    const send = signer(running.address, keys, { key: 't1', secret: 'secret-1' })
    expect(await (await send('GET', '/photos', {})).json()).toMatchObject({ 'x-oauth-user': 'anna' })
    expect(await running.stop()).toBe(0)
  } finally {
    running.kill()
    api.close()
    api.closeAllConnections()
  }
})

it('the check of a gateway counts what files hold, and says every fault of routes and files', async () => {
  const files = credentialsFiles('album,t1,secret-1,anna\nalbum,t2,secret-2,ben\n')
  const checked = await runHere(['gateway', 'check', ...api, '--credentials', files])
  expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining('1 client and 2 tokens.\n')])
  const json = await runHere(['gateway', 'check', ...api, '--json'], { GATEWAY_CREDENTIALS: files })
  expect(JSON.parse(json.stdout)).toMatchObject({ credentials: { clients: 1, tokens: 2 } })
  const faulty = credentialsFiles('album,t1,,hunter2\nnobody,t2,hunter2,ben\n')
  const refused = await runHere(['gateway', 'check', '--credentials', faulty, '--routes', 'missing.json'])
  expect([refused.code, refused.stderr]).toEqual([1, expect.not.stringContaining('hunter2')])
  for (const fault of [
    'missing.json does not exist',
    'line 2: the secret is missing',
    'line 3: no client has',
  ])
    expect(refused.stderr).toContain(fault)
  const unknown = await runHere(['gateway', 'check', '--credentials', 'clients.xml'])
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/^GATEWAY_CREDENTIALS: must be/)])
})

it('a gateway without an API, or with one that is no address, says what to write', async () => {
  const database = join(directory.path, 'unused.sqlite')
  for (const [args, fault] of [
    [[], 'GATEWAY_UPSTREAM: must be set to the address of the API'],
    [['--upstream', 'nonsense'], 'GATEWAY_UPSTREAM'],
  ] as const) {
    const { code, stderr } = await runHere(['gateway', ...args, '--database', database])
    expect([code, stderr]).toEqual([1, expect.stringContaining(fault)])
    const checked = await runHere(['gateway', 'check', ...args])
    expect([checked.code, checked.stderr]).toEqual([1, expect.stringContaining(fault)])
  }
  const { code, stderr } = await runHere(['gateway', '--port', '8080'], { TRUSTED_PROXIES: 'loopback' })
  expect([code, stderr]).toEqual([2, expect.stringContaining('GATEWAY_ADMIN_PORT')])
})

it('the check of a gateway points at methods that need no scope where others do', async () => {
  const routes = join(directory.path, 'loose.json')
  const read = { path: '/photos/**', methods: ['GET'], scope: 'photos:read' }
  const write = { path: '/photos/**', methods: ['POST', 'PUT'], scope: 'photos:write' }
  writeFileSync(routes, JSON.stringify({ routes: [read, write] }))
  const loose = await runHere(['gateway', 'check', ...api, '--routes', routes])
  expect(loose.stdout).toContain('/photos/**: PATCH, DELETE, OPTIONS need no scope.')
  writeFileSync(routes, JSON.stringify({ routes: [read, { ...write, methods: undefined }] }))
  expect((await runHere(['gateway', 'check', ...api, '--routes', routes])).stdout).not.toContain('no scope')
})

it('the check of a gateway says what methods without a route of their own really need', async () => {
  const file = join(directory.path, 'wider.json')
  const notes = async (...routes: readonly object[]) => {
    writeFileSync(file, JSON.stringify({ routes }))
    const { stdout } = await runHere(['gateway', 'check', ...api, '--routes', file, '--json'])
    return JSON.parse(stdout).notes
  }
  const read = { path: '/photos/*', methods: ['GET', 'POST'], scope: 'read' }
  const all = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
  expect(await notes(read, { path: '/**', scope: 'write' })).toEqual([])
  expect(await notes({ ...read, methods: all })).toEqual([])
  expect(await notes(read, { path: '/photos/**', access: 'public' })).toEqual([
    '/photos/*: PUT, PATCH, DELETE, OPTIONS need no signature, because of the route /photos/**. Put a route for /photos/* that names no methods before it.',
  ])
  const alone = { path: '/**', methods: ['PUT'], access: 'two-legged' }
  expect(await notes(read, { path: '/photos/new', access: 'public' }, alone)).toEqual([
    '/photos/*: PUT needs no token, because of the route /**. Put a route for /photos/* that names no methods before it.',
    '/photos/*: PATCH, DELETE, OPTIONS need no scope. End with a route for it that names no methods.',
  ])
})

it('the check of a gateway takes its options after its name only', async () => {
  for (const options of [['--routes', 'nosuch.json'], api]) {
    const { code, stdout, stderr } = await runHere(['gateway', ...options, 'check'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(
      /^Write the options after "gateway check"\.\nUsage: .* gateway check \[options\]\n/,
    )
  }
})

it('the check of a gateway says that nothing can pass without a token where no file has one', async () => {
  const clients = join(directory.path, 'alone.csv')
  writeFileSync(clients, 'key,secret\nalbum,album-secret\n', { mode: 0o600 })
  const checked = await runHere(['gateway', 'check', ...api, '--credentials', clients])
  expect(checked.stdout).toContain('The files hold no token')
})

it('a gateway takes no TLS file of the provider, whose settings it shares', async () => {
  const tls = { PUBLIC_URL: 'http://oauth.example', TLS_CERTIFICATE_FILE: 'no.pem', TLS_KEY_FILE: 'no.key' }
  const checked = await runHere(['gateway', 'check', ...api], tls)
  expect([checked.code, checked.stderr]).toEqual([0, ''])
})

import { existsSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { expect, it } from 'vitest'
import { app, client, rsaPrivateKey } from './exchange-server.ts'
import { env, expectAllMoved, linesOf, setting } from './exchange-setting.ts'
import { runHere } from './in-process.ts'

it('signed requests move tokens without any secret on the way', async () => {
  const { files, server, moved } = await setting(30)
  let seen = ''
  server.intercept((_, req) => {
    seen += JSON.stringify(req.headers)
    return false
  })
  const signed = ['--signed', '--key', client.clientId, '--signature-method', 'HMAC-SHA256']
  const args = ['exchange', ...files, '--endpoint', `${server.base}/exchange`, ...signed]
  const wrong = await runHere(args, { COUNTERSIGN_CLIENT_SECRET: 'wrong' })
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('invalid_signature')])
  expect((await runHere([...args, '--scope', 'photos.read'], env)).code).toBe(0)
  expectAllMoved(server, moved())
  expect(seen).toContain('HMAC-SHA256')
  expect(seen).not.toContain('-secret')
})

it('metadata that do not end are not read to their end', async () => {
  const { files, server } = await setting(1)
  server.intercept((res) => {
    const more = () => {
      while (!res.destroyed && res.write(' '.repeat(65_536)));
    }
    res.on('drain', more)
    more()
    return true
  })
  const args = ['exchange', ...files, '--client-id', app.clientId, '--issuer', server.base]
  const { code, stderr } = await runHere(args, env)
  expect([code, stderr]).toEqual([1, expect.stringContaining('The issuer has no metadata.')])
  expect(server.exchanges).toEqual([])
})

it('a client that has no secret signs with its RSA key', async () => {
  const { files, server, path, moved } = await setting(10)
  const key = join(path, 'key.pem')
  writeFileSync(key, rsaPrivateKey)
  const signed = ['--signed', '--key', client.clientId, '--signature-method', 'RSA-SHA256']
  const args = ['exchange', ...files, '--endpoint', `${server.base}/exchange`, ...signed]
  expect((await runHere(args)).stderr).toContain('--rsa-private-key is missing: RSA-SHA256 signs with it.')
  expect((await runHere([...args, '--rsa-private-key', key])).code).toBe(0)
  expectAllMoved(server, moved())
})

it.each(['client_secret_post', 'none'])('a client that says who it is by %s is served', async (way) => {
  const { files, server, moved } = await setting(5)
  const path = way === 'none' ? '/public/token' : '/token'
  const args = ['exchange', ...files, '--endpoint', server.base + path, '--client-id', app.clientId]
  const { code, stderr } = await runHere([...args, '--client-auth', way, '--subject-token-type', 'x'], env)
  expect([code, stderr]).toEqual([0, ''])
  expectAllMoved(server, moved())
})

it.each(['/.well-known/oauth-authorization-server/tenant', '/tenant/.well-known/openid-configuration'])(
  'finds the token endpoint in the metadata at %s',
  async (path) => {
    const { files, server, moved } = await setting(5)
    const issuer = `${server.base}/tenant`
    let named = issuer
    server.intercept((res, req) => {
      if (req.url === path) res.end(JSON.stringify({ issuer: named, token_endpoint: `${server.base}/token` }))
      return req.url === path
    })
    const args = ['exchange', ...files, '--client-id', app.clientId, '--issuer', issuer]
    expect((await runHere(args, env)).code).toBe(0)
    expectAllMoved(server, moved())
    named = 'https://other.example'
    expect((await runHere(args, env)).stderr).toContain('belong to another issuer')
  },
)

it('reads JSON and JSON lines as well', async () => {
  const { server, path } = await setting(4)
  const records = server.tokens.map(({ oauthToken: token, oauthTokenSecret: secret }) => ({ token, secret }))
  const contents = {
    json: JSON.stringify(records),
    jsonl: records.map((one) => JSON.stringify(one)).join('\n'),
  }
  for (const [ending, content] of Object.entries(contents)) {
    const [file, out] = [join(path, `list.${ending}`), join(path, `out-${ending}`)]
    writeFileSync(file, content)
    const usual = ['--endpoint', `${server.base}/token`, '--client-id', app.clientId]
    const { code } = await runHere(['exchange', '--tokens', file, '--out', out, ...usual], env)
    expect([code, existsSync(`${out}.failed`)]).toEqual([0, true])
    expectAllMoved(server, linesOf(out))
  }
})

it('a lock of a process that is gone is taken over, and one of another machine is not', async () => {
  const { run, server, out } = await setting(3)
  writeFileSync(`${out}.lock`, JSON.stringify({ pid: process.pid, host: 'elsewhere' }))
  const { code, stderr } = await run()
  expect([code, server.requests]).toEqual([1, []])
  expect(stderr).toContain(`(process ${process.pid}) writes`)
  // The number is in use again, by another process.
  writeFileSync(`${out}.lock`, JSON.stringify({ pid: process.pid, host: hostname(), began: 'earlier' }))
  expect((await run()).code).toBe(0)
  expect(existsSync(`${out}.lock`)).toBe(false)
})

it.each<[string[], string]>([
  [['--client-id', 'app'], 'Use --endpoint or --issuer.'],
  [['--client-id', 'app', '--endpoint', 'http://example.com/token'], '--endpoint must begin with https'],
  [['--client-id', 'app', '--issuer', 'http://127.0.0.1.example.com'], '--issuer must begin with https'],
  [['--client-id', 'app', '--endpoint', 'https://a:b@example.com/'], 'without a user, a password'],
  [['--endpoint', 'https://example.com/'], '--client-id is missing.'],
  [['--signed', '--endpoint', 'https://example.com/'], '--key is missing.'],
  [
    ['--signed', '--key', 'a', '--client-id', 'b', '--endpoint', 'https://a.example/'],
    'does not go with --signed',
  ],
  [['--key', 'a', '--client-id', 'b', '--endpoint', 'https://a.example/'], 'does not go without --signed'],
  [['--client-id', 'b', '--endpoint', 'https://a.example/', '--client-secret', 'x'], 'is not accepted'],
  [['--client-id', 'b', '--endpoint', 'https://a.example/', '--concurrency', '0'], 'from 1 to 100'],
  [
    ['--client-id', 'b', '--endpoint', 'https://a.example/', '--subject-token-type', 'y'],
    'countersign, x, or a URN',
  ],
  [['--client-id', 'b', '--endpoint', 'https://a.example/', '--failed', 'out'], 'three different files'],
])('%j is not understood, and it says why', async (args, why) => {
  const { code, stdout, stderr } = await runHere(['exchange', '--tokens', 'a.csv', '--out', 'out', ...args])
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(why)])
})

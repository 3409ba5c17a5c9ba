import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer } from 'node:https'
import { expect, it } from 'vitest'
import { listen } from '../../countersign/test/adapters/listen.ts'
import { available } from '../../countersign/test/services.ts'
import { authority } from '../../provider/test/certificates.ts'
import { app } from './exchange-server.ts'
import { ends, env, expectAllMoved, setting } from './exchange-setting.ts'
import { runHere } from './in-process.ts'

it('a wrong secret of the client stops the run at once', async () => {
  const { args, server, refused } = await setting(200)
  const wrong = { ...env, COUNTERSIGN_OAUTH2_CLIENT_SECRET: 'wrong-secret-of-the-app' }
  const { code, stderr } = await runHere(args(), wrong)
  expect(code).toBe(1)
  expect(stderr).toContain('invalid_client')
  expect(stderr).toContain('The client is unknown there, or its secret is wrong.')
  expect(stderr).not.toContain('wrong-secret')
  expect(server.requests.length).toBeLessThanOrEqual(4)
  expect(refused()).toEqual([])
})

it.each([
  [404, '', 'Is the address of the endpoint right?'],
  [302, '', 'It redirects elsewhere.'],
  [400, '{"error":"unauthorized_client"}', 'This client may not exchange tokens'],
  [400, '{"error":"unsupported_grant_type"}', 'There is no token exchange at this endpoint.'],
  [200, '<html>', '200 without a token'],
])('a response of %i %j stops the run and says why', async (status, body, why) => {
  const { run, server } = await setting(50)
  server.intercept((res) => {
    res.writeHead(status, { location: '/elsewhere' }).end(body)
    return true
  })
  const { code, stderr } = await run()
  expect([code, stderr]).toEqual([1, expect.stringContaining(why)])
  expect(server.requests.length).toBeLessThanOrEqual(4)
})

it('what a server repeats of a secret is not printed', async () => {
  const { run, server } = await setting(5)
  server.intercept((res, req) => {
    const body: Buffer[] = []
    req.on('data', (piece) => body.push(piece))
    req.on('end', () => {
      const secret = new URLSearchParams(Buffer.concat(body).toString()).get('oauth_token_secret')
      res.writeHead(400).end(JSON.stringify({ error: 'invalid_target', error_description: `No: ${secret}` }))
    })
    return true
  })
  const { code, stdout, stderr } = await run()
  expect([code, stderr]).toEqual([1, expect.stringContaining(': 400')])
  expect(stdout + stderr).not.toContain('old-secret')
})

it('after 429 all workers wait as long as Retry-After asks', async () => {
  const { run, server, moved } = await setting(30)
  const times: number[] = []
  let refusedAt = 0
  server.intercept((res) => {
    times.push(performance.now())
    if (times.length !== 10) return false
    refusedAt = performance.now()
    res.writeHead(429, { 'retry-after': '1' }).end()
    return true
  })
  expect((await run()).code).toBe(0)
  expectAllMoved(server, moved())
  // Those that were under way may still come; then no worker asks for a second.
  const after = times.filter((time) => time > refusedAt)
  expect(after.filter((time) => time - refusedAt < 990).length).toBeLessThanOrEqual(3)
})

it('503 with a date, 500 and broken connections are tried again', async () => {
  const { run, server, moved } = await setting(60)
  let count = 0
  server.intercept((res, req) => {
    const turn = ++count > 24 ? 0 : count % 6
    if (turn === 1) res.writeHead(503, { 'retry-after': new Date().toUTCString() }).end()
    else if (turn === 2) req.socket.destroy()
    else if (turn === 3) {
      res.writeHead(200, { 'content-length': '500' }).write('{"access_token":"cut off')
      setImmediate(() => req.socket.destroy())
    } else if (turn === 4) res.writeHead(500).end()
    else return false
    return true
  })
  expect((await run('--concurrency', '20', '--tries', '30')).code).toBe(0)
  expectAllMoved(server, moved())
})

it('a server that is not there stops the run after some tries, and the next run goes on', async () => {
  const { run, server, moved } = await setting(20)
  server.intercept((_, req) => {
    if (server.exchanges.length < 5) return false
    req.socket.destroy()
    return true
  })
  const { code, stderr } = await run('--tries', '2')
  expect([code, stderr]).toEqual([1, expect.stringContaining('the server does not respond as it should')])
  expect(moved().length).toBeGreaterThanOrEqual(5)
  server.intercept(() => false)
  expect((await run()).code).toBe(0)
  expectAllMoved(server, moved())
})

it('a response that never comes is given up', async () => {
  const { run, server } = await setting(4)
  server.intercept(() => true)
  const { code, stderr } = await run('--tries', '1', '--timeout', '1')
  expect([code, stderr]).toEqual([1, expect.stringContaining('no response in time')])
})

it('a server that asks for hours is not waited for', async () => {
  const { run, server } = await setting(4)
  server.intercept((res) => {
    res.writeHead(429, { 'retry-after': '7200' }).end()
    return true
  })
  expect((await run()).stderr).toContain('The server asks to wait for 120 minutes')
})

it('a scope that the tokens do not stand for stops the run', async () => {
  const { run, refused } = await setting(10)
  const { code, stderr } = await run('--scope', 'photos.write')
  expect([code, stderr, refused()]).toEqual([1, expect.stringContaining('ask for less, or leave it out'), []])
})

if (await available('openssl')) {
  it('a server whose certificate is not trusted is sent nothing, and the run stops at once', async () => {
    const { files, path } = await setting(50)
    const certificate = authority(path).issue('untrusted')
    let requests = 0
    const options = {
      cert: readFileSync(certificate.certificateFile),
      key: readFileSync(certificate.keyFile),
    }
    const other = await listen(createServer(options, () => requests++) as unknown as Server)
    ends.push(other.close)
    const endpoint = other.base.replace('http://127.0.0.1', 'https://localhost')
    const args = ['exchange', ...files, '--endpoint', endpoint, '--client-id', app.clientId]
    const { code, stderr } = await runHere(args, env)
    expect([code, stderr]).toEqual([1, expect.stringContaining('nothing would work')])
    expect([requests, stderr]).toEqual([0, expect.stringContaining('certificate')])
  })
}

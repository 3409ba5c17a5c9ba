import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { app, csvOf, runExchangeServer } from './exchange-server.ts'
import { hasTerminal } from './terminal.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A server with many tokens, and the command as a process over a file of them. */
async function setting(count: number) {
  const server = await runExchangeServer(count)
  const { path, remove } = temporaryDirectory()
  ends.push(remove, server.close)
  writeFileSync(join(path, 'tokens.csv'), csvOf(server.tokens))
  const out = join(path, 'out.jsonl')
  const args = ['exchange', '--tokens', 'tokens.csv', '--out', 'out.jsonl', '--client-id', app.clientId]
  const start = (...more: readonly string[]) => {
    const command = [
      '--conditions=countersign-source',
      main,
      ...args,
      '--endpoint',
      `${server.base}/token`,
      ...more,
    ]
    const { PATH, HOME } = process.env
    const env = { PATH, HOME, COUNTERSIGN_OAUTH2_CLIENT_SECRET: app.clientSecret }
    const child = spawn(process.execPath, command, { cwd: path, env })
    ends.push(() => child.kill('SIGKILL'))
    return { child, ended: ended(child) }
  }
  const lines = () =>
    readFileSync(out, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line): Record<string, string> => JSON.parse(line))
  /** Resolves when so many exchanges have taken place, in the middle of the next. */
  const reached = (exchanges: number) =>
    new Promise<void>((resolve) => {
      server.intercept(() => {
        if (server.exchanges.length >= exchanges) resolve()
        return false
      })
    })
  return { server, path, out, args, start, lines, reached }
}

async function ended(child: ChildProcess) {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (text) => {
    stdout += text
  })
  child.stderr?.on('data', (text) => {
    stderr += text
  })
  const [code, signal] = await once(child, 'close')
  return { code, signal, stdout, stderr }
}

it('of 1,000 tokens none is lost and each has one valid pair, though the command is killed again and again', async () => {
  const { server, start, lines, reached } = await setting(1000)
  for (const exchanges of [100, 350, 700]) {
    const inTheMiddle = reached(exchanges)
    const { child, ended } = start('--json')
    await inTheMiddle
    child.kill('SIGKILL')
    expect((await ended).signal).toBe('SIGKILL')
  }
  const last = await start('--json').ended
  expect(last.stderr).toBe('')
  expect(last.code).toBe(0)
  const { movedNow, ...summary } = JSON.parse(last.stdout)
  expect(summary).toEqual({ tokens: 1000, moved: 1000, signInAgain: 0, left: 0, dryRun: false })
  expect(movedNow).toBeLessThan(320)
  const moved = lines()
  expect(new Set(moved.map(({ token_sha256: hash }) => hash)).size).toBe(1000)
  expect(moved.map(({ access_token: token }) => token).sort()).toEqual(server.valid())
  expect(server.valid().length).toBe(1000)
  // Only what was under way when it was killed is exchanged twice.
  expect(server.exchanges.length).toBeLessThanOrEqual(1000 + 3 * 8)
}, 300_000)

it('SIGINT ends it after the requests under way, and nothing is exchanged twice', async () => {
  const { server, out, start, lines, reached } = await setting(400)
  const inTheMiddle = reached(50)
  const { child, ended } = start()
  await inTheMiddle
  child.kill('SIGINT')
  const { code, stdout } = await ended
  expect([code, stdout]).toEqual([130, expect.stringMatching(/^400 tokens in the file\n\d+ moved/)])
  expect(existsSync(`${out}.lock`)).toBe(false)
  expect(lines().length).toBe(server.exchanges.length)
  expect((await start().ended).code).toBe(0)
  expect(server.exchanges.length).toBe(400)
})

it('a second run over the same file is refused while the first one runs', async () => {
  const { server, start } = await setting(20)
  const steps = new EventEmitter()
  const [asked, released] = [once(steps, 'asked'), once(steps, 'released')]
  server.intercept((res) => {
    steps.emit('asked')
    void released.then(() => res.writeHead(503, { 'retry-after': '0' }).end())
    return true
  })
  const running = start()
  await asked
  const { code, stderr } = await start('--json').ended
  expect(code).toBe(1)
  expect(JSON.parse(stderr).error).toMatchObject({
    code: 'locked',
    message: expect.stringContaining(`Another run (process ${running.child.pid}) writes out.jsonl`),
  })
  server.intercept(() => false)
  steps.emit('released')
  expect((await running.ended).code).toBe(0)
  expect(server.valid().length).toBe(20)
})

if (hasTerminal()) {
  it('shows a bar on a terminal, and no secret', async () => {
    const { server, path, args } = await setting(60)
    await server.revoke('t0007-old-token')
    const command = `'${process.execPath}' --conditions=countersign-source '${main}' ${args.join(' ')} --endpoint ${server.base}/token`
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: path,
      env: { ...process.env, COUNTERSIGN_OAUTH2_CLIENT_SECRET: app.clientSecret },
    })
    const { code, stdout } = await ended(child)
    expect(code).toBe(3)
    expect(stdout).toMatch(/\r\[#{24}\] 60 of 60, \d[\d.]*\/s, 1 must sign in again, 0:00 left/)
    expect(stdout).not.toMatch(/access-|refresh-|old-token|old-secret|app secret/)
  })
}

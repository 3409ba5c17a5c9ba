import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { freePort } from '../../provider/test/certificates.ts'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Starts `countersign …`, and closes one of its outputs as a pipe's reader does that reads nothing. */
function unread(output: 'stdout' | 'stderr', args: readonly string[], given: Record<string, string> = {}) {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, ['--conditions=countersign-source', main, ...args], {
    cwd: directory.path,
    env: { PATH, HOME, ...given },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child[output].destroy()
  return child
}

/** The exit code, and what came on the output that is read. */
async function ended(child: ChildProcess, output: 'stdout' | 'stderr') {
  let text = ''
  child[output]?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  const [code] = await once(child, 'close')
  return [code, text]
}

it.each([['help'], ['completion bash'], ['config check --json'], ['complete -- client']])(
  '%s ends quietly, as at SIGPIPE, when no one reads it',
  async (line) => {
    expect(await ended(unread('stdout', line.split(' ')), 'stderr')).toEqual([141, ''])
  },
)

it('does its work when no one reads its messages', async () => {
  const made = unread('stderr', ['client', 'add', 'Album', '--database', 'new.sqlite', '--json'])
  expect(await ended(made, 'stdout')).toEqual([0, expect.stringContaining('"name":"Album"')])
  expect(await ended(unread('stderr', ['nonsense']), 'stdout')).toEqual([2, ''])
})

it.each(['serve', 'gateway --upstream http://127.0.0.1:9'])('%s runs on without a reader', async (line) => {
  const [port, adminPort] = [await freePort(), await freePort()].map(String)
  const args = [...line.split(' '), '--port', String(port), '--database', `${line.slice(0, 5)}.sqlite`]
  const child = unread('stdout', args, { GATEWAY_ADMIN_PORT: String(adminPort), LOG_LEVEL: 'silent' })
  const finished = ended(child, 'stderr')
  try {
    const health = `http://127.0.0.1:${line === 'serve' ? port : adminPort}/healthz`
    const isUp = () =>
      fetch(health).then(
        ({ ok }) => ok,
        () => false,
      )
    while (child.exitCode === null && !(await isUp())) await setTimeout(50)
    // The greeting, which nobody reads, comes just after the port is open.
    await setTimeout(300)
    expect(await isUp()).toBe(true)
    child.kill('SIGTERM')
    expect((await finished)[0]).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { addClient, closeStore } from '../src/store.ts'

/** Starts `next dev` on a free port. Stop another one of this folder first: Next.js allows one. */
export async function start() {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const next = fileURLToPath(import.meta.resolve('next/dist/bin/next'))
  const env = { ...process.env, OAUTH1_ORIGIN: origin, NEXT_TELEMETRY_DISABLED: '1' }
  const child = spawn(process.execPath, [next, 'dev', '--hostname', 'localhost', '--port', String(port)], {
    env,
    stdio: 'inherit',
  })
  const ended = once(child, 'exit')

  async function stop() {
    child.kill()
    await ended
    await closeStore()
  }
  const isServing = () => fetch(`${origin}/api/me`).then(Boolean, () => false)
  while (!(await isServing())) {
    if (child.exitCode !== null) throw new Error('Next.js did not start: see above.')
    await sleep(100)
  }
  return { origin, addClient, stop }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

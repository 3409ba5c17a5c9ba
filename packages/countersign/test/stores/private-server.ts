import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A server of this test's own, which it may stop in the middle. */
export interface PrivateServer {
  readonly port: number
  /** `SIGKILL` ends it at once; `SIGSTOP` freezes it with its connections open, `SIGCONT` lets it go on. */
  readonly signal: (signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => Promise<void>
  /** Starts it again on the same port, empty. */
  readonly restart: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function startRedis(...options: string[]): Promise<PrivateServer> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-redis-'))
  const start = (port: number) =>
    spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', ...options],
      { stdio: 'ignore' },
    )
  return startServer(start, directory)
}

/** Three masters that share the slots between them, and stop and go on together. */
export async function startRedisCluster(): Promise<
  Omit<PrivateServer, 'port'> & { readonly ports: readonly number[] }
> {
  const nodes: PrivateServer[] = []
  const all = async (act: (node: PrivateServer) => Promise<void>) => {
    await Promise.all(nodes.map(act))
  }
  const close = () => all((node) => node.close())
  try {
    for (let node = 0; node < 3; node++) nodes.push(await startRedis('--cluster-enabled', 'yes'))
    const ports = nodes.map(({ port }) => port)
    const addresses = ports.map((port) => `127.0.0.1:${port}`)
    await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])
    await ready(ports)
    return {
      ports,
      signal: (signal) => all((node) => node.signal(signal)),
      async restart() {
        await all((node) => node.restart())
        await ready(ports)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Each node learns of the whole cluster in its own time. */
async function ready(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const info = () => promisify(execFile)('redis-cli', ['-p', String(port), 'cluster', 'info'])
    while (!(await info()).stdout.includes('cluster_state:ok')) await sleep(50)
  }
}

export function startMemcached(...options: string[]): Promise<PrivateServer> {
  // As root it demands a user to become.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  return startServer((port) =>
    spawn('memcached', ['-l', '127.0.0.1', '-p', String(port), '-U', '0', ...user, ...options], {
      stdio: 'ignore',
    }),
  )
}

/** The members of a Redis cluster also listen 10000 ports higher. */
const highestPort = 55_535

async function startServer(start: (port: number) => ChildProcess, directory = ''): Promise<PrivateServer> {
  const port = await freePort()
  let child = start(port)
  let guard = guardOf(child, directory)
  const ended = async () => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  const server: PrivateServer = {
    port,
    async signal(signal) {
      child.kill(signal)
      if (signal === 'SIGKILL') await ended()
      if (signal === 'SIGSTOP') await frozen(child)
    },
    async restart() {
      guard.kill('SIGKILL')
      child = start(port)
      guard = guardOf(child, directory)
      await listening(port, child)
    },
    async close() {
      guard.kill('SIGKILL')
      child.kill('SIGKILL')
      await ended()
      if (directory !== '') await rm(directory, { recursive: true, force: true })
    },
  }
  try {
    await listening(port, child)
  } catch (error) {
    await server.close()
    throw error
  }
  return server
}

/**
 * Until then threads of a busy machine's server still respond: the signal reaches one of them first, and it stops the
 * others.
 */
async function frozen(child: ChildProcess): Promise<void> {
  const tasks = `/proc/${child.pid}/task`
  // Where nothing tells, all that can be done is to leave it the time.
  if (!existsSync(tasks)) return sleep(500)
  const isRunning = (task: string) => !/\) T /.test(readFileSync(`${tasks}/${task}/stat`, 'utf8'))
  while (readdirSync(tasks).some(isRunning)) await sleep(5)
}

/** Waits for the end of this process, however it comes, and then takes the server along: nothing remains. */
function guardOf(server: ChildProcess, directory: string): ChildProcess {
  const wait = 'read -r line; kill -9 "$1"; rm -rf "$2"'
  return spawn('sh', ['-c', wait, 'sh', String(server.pid), directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}.`)
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await sleep(20)
    } finally {
      socket.destroy()
    }
  }
}

async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    if (port <= highestPort) return port
  }
}

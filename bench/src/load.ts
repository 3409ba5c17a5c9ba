import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { authorizationFor } from './credentials.ts'
import { printTable, withinBounds } from './measure.ts'

/** Every application in the folder `apps`. */
const frameworks = readdirSync(new URL('apps', import.meta.url))
  .map((file) => file.replace('.ts', ''))
  .filter((name) => name !== 'app' && name !== 'main')
const requests = 1_500
const connections = 20
const rounds = 25
/** Warm-up rounds. */
const warmUp = 4

/**
 * For every framework, in turn and in the same process: a bare route, one that computes an HMAC, and one behind the
 * full check.
 */
export async function benchLoad(): Promise<void> {
  const rows: string[][] = []
  for (const framework of frameworks) rows.push(await measure(framework))
  printTable(
    `A protected route against the bare one (${requests} requests x ${rounds} rounds, ${connections} connections, the best round of each)`,
    [
      '',
      'bare, requests/s',
      'kept with one createHmac',
      'kept after the whole check',
      'the same in processor time',
    ],
    rows,
  )
}

async function measure(framework: string): Promise<string[]> {
  const figures = await loadRoutes(framework, ['bare', 'hmac', 'protected'], rounds)
  const rate = Math.round(requests / best(figures.bare, 'seconds'))
  return [
    framework,
    `${rate}`,
    percent(kept(figures, 'hmac', 'seconds')),
    percent(kept(figures, 'protected', 'seconds')),
    percent(kept(figures, 'protected', 'cpu')),
  ]
}

/** The minimum share of the bare route's speed for the protected one. */
const leastKept = 0.3

/** Fails when a protected route has become slow compared with the bare one; a few rounds only show that. */
export async function boundLoad(): Promise<void> {
  for (const framework of frameworks) {
    await withinBounds(framework, async () => {
      const part = kept(await loadRoutes(framework, ['bare', 'protected'], 6), 'protected', 'cpu')
      return { holds: part >= leastKept, text: `kept ${percent(part)} (at least ${percent(leastKept)})` }
    })
  }
}

type Route = 'bare' | 'hmac' | 'protected'
type Figures = Record<Route, Round[]>

async function loadRoutes(framework: string, routes: readonly Route[], rounds: number): Promise<Figures> {
  const app = await startApp(framework)
  const figures: Figures = { bare: [], hmac: [], protected: [] }
  for (let round = -warmUp; round < rounds; round++) {
    for (const route of routes) {
      const result = await load(app, route)
      if (round >= 0) figures[route].push(result)
    }
  }
  app.process.kill()
  return figures
}

function kept(figures: Figures, route: Route, figure: keyof Round): number {
  return best(figures.bare, figure) / best(figures[route], figure)
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}

/** The least disturbed round: other load on the machine only ever makes a round slower. */
function best(rounds: readonly Round[], figure: keyof Round): number {
  return Math.min(...rounds.map((round) => round[figure]))
}

interface App {
  readonly process: ChildProcess
  readonly port: number
  readonly lines: AsyncIterator<string>
}

interface Round {
  readonly seconds: number
  /** Microseconds of processor time that the server used. */
  readonly cpu: number
}

async function startApp(framework: string): Promise<App> {
  const main = fileURLToPath(new URL('apps/main.ts', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, main, framework], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const reader: Interface = createInterface({ input: child.stdout })
  const lines = reader[Symbol.asyncIterator]()
  return { process: child, port: Number((await lines.next()).value), lines }
}

/** Sends prepared requests over persistent connections, one at a time on each; both routes get signed ones. */
async function load(app: App, route: string): Promise<Round> {
  const url = `http://127.0.0.1:${app.port}/${route}?file=vacation.jpg&size=original`
  const prepared = Array.from(
    { length: requests },
    () =>
      `GET /${route}?file=vacation.jpg&size=original HTTP/1.1\r\nHost: 127.0.0.1:${app.port}\r\nAccept: */*\r\nAuthorization: ${authorizationFor(url)}\r\n\r\n`,
  )
  const before = await cpuOf(app)
  // This process never sleeps while it waits: waking it would add to the server's time, and more so on the slower
  // route.
  let waiting = true
  const spin = () => void (waiting && setImmediate(spin))
  spin()
  const start = process.hrtime.bigint()
  await Promise.all(Array.from({ length: connections }, () => drain(app.port, prepared)))
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  waiting = false
  return { seconds, cpu: (await cpuOf(app)) - before }
}

async function cpuOf({ process, lines }: App): Promise<number> {
  process.stdin?.write('\n')
  return Number((await lines.next()).value)
}

/** Sends prepared requests over one connection, one after the other, until none is left. */
export function drain(port: number, prepared: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const next = () => {
      const request = prepared.pop()
      if (request === undefined) {
        socket.destroy()
        resolve()
      } else socket.write(request, 'latin1')
    }
    socket.on('connect', next).on('error', reject)
    // Each response is small and arrives in one piece.
    socket.on('data', (data) => {
      if (data.toString('latin1', 9, 12) !== '200')
        reject(new Error(`Received ${data.toString('latin1', 0, 200)}`))
      else next()
    })
  })
}

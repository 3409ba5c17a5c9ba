import { createHash, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { available } from '../../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../../countersign/test/stores/backends/databases.ts'
import { seededRandom } from '../processes/random.ts'
import { publicUrl } from '../processes/signed-request.ts'
import { type ProviderProcess, runGateway, temporaryDirectory } from '../running-provider.ts'
import { type ApiProcess, type Logged, readLog, startApi } from './api-process.ts'
import { Load, postedBody, type Sent, send } from './load.ts'
import { openSetting } from './setting.ts'

/** Kills of the API, and as many of the gateway, in each lane. */
const kills = Number(process.env['COUNTERSIGN_KILLS'] ?? 2)
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
/** One of them is killed when so many requests at most succeeded since its start, and then so much later at most. */
const mostSuccesses = 12
const mostMilliseconds = 40

vi.setConfig({ testTimeout: 900_000 })

const databases = (await available('postgres')) ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const)

it.each(databases)(
  `the API and then the gateway are killed ${kills} times each under load, over %s (COUNTERSIGN_SEED=${seed})`,
  async (database) => {
    console.log(`Over ${database} they are killed at moments of COUNTERSIGN_SEED=${seed}.`)
    const lane = await openLane(database)
    try {
      const whileApiDies = await underLoad(lane, 'api', () => lane.killApi())
      const whileGatewayDies = await underLoad(lane, 'gateway', () => lane.killGateway())
      // A gateway that lives has a response to everything.
      expectOutcomes(whileApiDies, [200, 502, 504, 'broken off'])
      expectOutcomes(whileGatewayDies, [200, 'none', 'broken off'])
      const log = readLog(lane.log)
      expectNothingElse(log, [...whileApiDies, ...whileGatewayDies])
      expectOnce(log, whileApiDies, 2)
      expectOnce(log, whileGatewayDies, 1)
      tell(database, [...whileApiDies, ...whileGatewayDies])
    } finally {
      await lane.close()
    }
  },
)

/** A gateway and an API, each a process. */
interface Lane {
  readonly log: string
  address(): string
  start(name: string): Load
  killApi(): Promise<void>
  killGateway(): Promise<void>
  close(): Promise<void>
}

async function openLane(database: (typeof databases)[number]): Promise<Lane> {
  const directory = temporaryDirectory()
  const log = join(directory.path, 'api.log')
  const isPostgres = database === 'postgres'
  const url = isPostgres ? databaseConfig('postgres') : join(directory.path, 'gateway.sqlite')
  if (isPostgres) await createDatabase(url)
  let api: ApiProcess = await startApi(log, await steadyPort())
  const setting = await openSetting(api.address, { database: url })
  await setting.close()
  const env = {
    DATABASE_URL: url,
    REDIS_URL: '',
    GATEWAY_UPSTREAM: api.address,
    GATEWAY_PUBLIC_URL: publicUrl,
  }
  let gateway: ProviderProcess = await runGateway(directory.path, env)
  const address = () => gateway.url
  return {
    log,
    address,
    start: (name) => new Load(address, setting.token, name),
    async killApi() {
      await api.kill()
      api = await startApi(log, api.port)
    },
    async killGateway() {
      process.kill(gateway.pid, 'SIGKILL')
      expect(await gateway.stop()).toBeNull()
      gateway = await runGateway(directory.path, env)
    },
    async close() {
      await gateway.stop()
      await api.kill()
      if (isPostgres) await removeDatabase(url)
      directory.remove()
    },
  }
}

/** A free port that no connection of another process is given while nothing listens on it. */
async function steadyPort(): Promise<number> {
  const server = createServer()
  for (;;) {
    server.listen(randomInt(15_000, 30_000), '127.0.0.1')
    try {
      await once(server, 'listening')
      break
    } catch {
      // Taken: another one.
    }
  }
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** What was sent while something was killed again and again. After each kill requests succeed again. */
async function underLoad(lane: Lane, name: string, kill: () => Promise<void>): Promise<readonly Sent[]> {
  const random = seededRandom(seed + name.length)
  const sent: Sent[] = []
  for (let count = 0; count < kills; count++) {
    const load = lane.start(`${name}-${count}`)
    try {
      await load.more(1 + Math.floor(random() * mostSuccesses))
      await sleep(random() * mostMilliseconds)
      await kill()
      await load.more(mostSuccesses)
    } finally {
      await load.stop()
    }
    await expectNoneAcceptedTwice(lane, load.sent)
    sent.push(...load.sent)
  }
  return sent
}

/** @param allowed - What a client with a right signature may see: never that it is wrong. */
function expectOutcomes(sent: readonly Sent[], allowed: readonly Sent['outcome'][]): void {
  const seenBy = (kind: Sent['kind']) =>
    sent.filter((each) => each.kind === kind).map(({ outcome }) => outcome)
  for (const outcome of [...seenBy('GET'), ...seenBy('POST')]) expect(allowed).toContain(outcome)
  const refused = [401, ...allowed.filter((outcome) => typeof outcome === 'string')]
  for (const outcome of seenBy('unsigned')) expect(refused).toContain(outcome)
  expect(seenBy('altered body')).not.toContain(200)
}

/** The API saw no unsigned request, and never the end of an altered one. */
function expectNothingElse(log: ReadonlyMap<string, Logged>, sent: readonly Sent[]): void {
  const kinds = new Map(sent.map(({ path, kind }) => [path, kind]))
  expect([...log.keys()].filter((path) => !kinds.has(path) || kinds.get(path) === 'unsigned')).toEqual([])
  const complete = [...log].filter(([, { completed }]) => completed > 0).map(([path]) => kinds.get(path))
  expect(new Set(complete)).toEqual(new Set(['GET', 'POST']))
}

/**
 * Each success was seen by the API, and each POST at most once, with the body that was sent.
 *
 * @param most - How often a GET may be seen: a gateway sends it once more when the API broke the connection.
 */
function expectOnce(log: ReadonlyMap<string, Logged>, sent: readonly Sent[], most: number): void {
  for (const { path, kind, outcome } of sent) {
    const { begun, completed, bodies } = log.get(path) ?? { begun: 0, completed: 0, bodies: [] }
    expect(begun, `${kind} ${path}`).toBeLessThanOrEqual(kind === 'GET' ? most : 1)
    if (outcome === 200) expect(completed, `${kind} ${path}`).toBeGreaterThanOrEqual(1)
    const body = kind === 'POST' ? postedBody(path) : ''
    const right = `${body.length} ${createHash('sha1').update(body).digest('base64')}`
    expect(bodies.filter((each) => each !== right)).toEqual([])
  }
}

/** Sent once more, what reached the API is refused; what did not reach it may pass, but once. */
async function expectNoneAcceptedTwice(lane: Lane, sent: readonly Sent[]): Promise<void> {
  const before = readLog(lane.log)
  for (const { path, kind, request, outcome } of sent) {
    const again = await send(lane.address(), request)
    if (outcome === 200 || kind === 'unsigned' || before.has(path)) expect(again, `${kind} ${path}`).toBe(401)
    else expect([200, 401]).toContain(again)
    if (again === 200) expect(await send(lane.address(), request)).toBe(401)
  }
  const after = readLog(lane.log)
  for (const { path } of sent)
    expect(after.get(path)?.begun ?? 0, path).toBeLessThanOrEqual(before.get(path)?.begun ?? 1)
}

function tell(database: string, sent: readonly Sent[]): void {
  const counts = new Map<Sent['outcome'], number>()
  for (const { outcome } of sent) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const shown = [...counts].map(([outcome, count]) => `${count} times ${outcome}`).join(', ')
  console.log(`Over ${database}, of ${sent.length} requests: ${shown}.`)
}

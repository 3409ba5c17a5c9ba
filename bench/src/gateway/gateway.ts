import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '../../../packages/provider/test/running-provider.ts'
import { signed } from '../../../test/support/signer.ts'
import { median, printTable, withinBounds } from '../measure.ts'
import { type Child, type GatewayKeys, startChild } from './child.ts'
import { sendAll } from './sending.ts'

/** Requests in a round of each contender: over all connections at once, and one after the other. */
const requests = 1_000
const single = 200
const connections = 32
const rounds = 7
/** Warm-up rounds. */
const warmUp = 3

/** The target of the requests, and how to create one. */
interface Contender {
  readonly child: Child
  readonly prepare: () => string
}

/** Of all rounds. */
interface Figures {
  /** Of each round. */
  readonly rates: number[]
  /** Microseconds of processor time a request, of each round. */
  readonly costs: number[]
  /** Milliseconds of each request. */
  readonly times: number[]
  /** The same without any other request at the same time. */
  readonly singleTimes: number[]
}

/** The gateway beside a proxy that checks nothing, over the same connections to the same upstream. */
export async function benchGateway(): Promise<void> {
  const figures = await measure(rounds)
  const rows = Object.entries(figures).map(([name, own]) => {
    const bare = figures[name.includes('form') ? names.bareForm : names.bare]
    return [name, ...row(own, bare)]
  })
  printTable(
    `The gateway beside a bare proxy (${requests} requests over ${connections} connections x ${rounds} rounds; "alone" is one request after the other)`,
    [
      '',
      'requests/s',
      'x bare proxy',
      'processor time, us/request',
      'median, ms',
      '99 of 100 within, ms',
      'alone, median, ms',
      'added to the bare proxy, ms',
    ],
    rows,
  )
}

/** The minimum share of the bare proxy's speed for signed requests: half of the measured one. */
const leastKept = 0.07

/** Fails when a signed request has become slow compared with the bare proxy. */
export async function boundGateway(): Promise<void> {
  await withinBounds('the gateway, signed', async () => {
    const figures = await measure(4, [names.bare, names.memory])
    const part = best(figures[names.memory]?.rates) / best(figures[names.bare]?.rates)
    const text = `${part.toFixed(2)} x the bare proxy (at least ${leastKept})`
    return { holds: part >= leastKept, text }
  })
}

const names = {
  upstream: 'the upstream alone',
  bare: 'bare proxy',
  bareForm: 'bare proxy, form of 1 kB',
  open: 'gateway, public route',
  credentials: 'gateway, signed, credentials file, nonces in memory',
  memory: 'gateway, signed, SQLite in memory',
  file: 'gateway, signed, SQLite file',
  form: 'gateway, signed, form of 1 kB, SQLite file',
}

async function measure(
  count: number,
  chosen: readonly string[] = Object.values(names),
): Promise<Record<string, Figures>> {
  const folder = temporaryDirectory()
  const children: Child[] = []
  const start = async (...given: Parameters<typeof startChild>) => {
    const child = await startChild(...given)
    children.push(child)
    return child
  }
  try {
    const all = await contenders(folder.path, start)
    return await inTurn(
      Object.entries(all).filter(([name]) => chosen.includes(name)),
      count,
    )
  } finally {
    for (const child of children) await child.stop()
    folder.remove()
  }
}

async function contenders(folder: string, start: typeof startChild): Promise<Record<string, Contender>> {
  const upstream = await start('upstream', folder)
  const env = { GATEWAY_UPSTREAM: upstream.address, GATEWAY_PORT: '0', GATEWAY_ADMIN_PORT: '0' }
  const routesFile = join(folder, 'routes.json')
  writeFileSync(routesFile, '{ "routes": [{ "path": "/public/**", "access": "public" }] }')
  const withStore = { ...env, GATEWAY_ROUTES_FILE: routesFile, ...withoutLimits }
  const proxy = await start('proxy', folder, env)
  const file = await start('gateway', folder, {
    ...withStore,
    DATABASE_URL: `sqlite:${join(folder, 'gateway.sqlite')}`,
  })
  const memory = await start('gateway', folder, { ...withStore, DATABASE_URL: ':memory:' })
  const credentialsFile = join(folder, 'credentials.json')
  writeFileSync(credentialsFile, JSON.stringify(ofFile))
  const credentials = await start('gateway', folder, {
    ...withStore,
    DATABASE_URL: ':memory:',
    GATEWAY_CREDENTIALS: credentialsFile,
  })
  const fileKeys = await file.setup()
  const memoryKeys = await memory.setup()
  const plain = (child: Child, path = '/photos/1') => ({ child, prepare: () => request(child, path) })
  return {
    [names.upstream]: plain(upstream),
    [names.bare]: plain(proxy),
    [names.open]: plain(file, '/public/1'),
    [names.credentials]: { child: credentials, prepare: () => signedRequest(credentials, keysOfFile) },
    [names.memory]: { child: memory, prepare: () => signedRequest(memory, memoryKeys) },
    [names.file]: { child: file, prepare: () => signedRequest(file, fileKeys) },
    [names.bareForm]: { child: proxy, prepare: () => signedRequest(proxy, fileKeys, form) },
    [names.form]: { child: file, prepare: () => signedRequest(file, fileKeys, form) },
  }
}

const keysOfFile: GatewayKeys = {
  client: { clientId: 'album', clientSecret: 'album-secret' },
  token: { oauthToken: 't1', oauthTokenSecret: 't1-secret' },
}
const ofFile = {
  clients: [{ key: 'album', secret: 'album-secret' }],
  tokens: [{ client: 'album', token: 't1', secret: 't1-secret', user: 'anna' }],
}

/** No limits per address: here, one address sends everything. */
const withoutLimits = { RATE_LIMIT_OAUTH_PER_ADDRESS: '0', RATE_LIMIT_OAUTH_PER_CLIENT: '0' }

const form = Array.from({ length: 20 }, (_, at) => [`field${at}`, 'x'.repeat(42)] as const)

function request({ address }: Child, path: string, more: readonly string[] = [], body = ''): string {
  const lines = [`${body === '' ? 'GET' : 'POST'} ${path} HTTP/1.1`, `Host: ${new URL(address).host}`]
  return `${[...lines, 'Accept: */*', ...more].join('\r\n')}\r\n\r\n${body}`
}

function signedRequest(child: Child, { client, token }: GatewayKeys, form: Pairs = []): string {
  const path = '/photos/1?size=original'
  const method = form.length === 0 ? 'GET' : 'POST'
  const { headers, body } = signed({ method, url: child.address + path, form, client, token })
  const authorization = `Authorization: ${headers['authorization']}`
  if (body === undefined) return request(child, path, [authorization])
  const type = 'Content-Type: application/x-www-form-urlencoded'
  return request(child, path, [authorization, type, `Content-Length: ${body.length}`], body)
}

type Pairs = readonly (readonly [string, string])[]

/** Round after round, so that a change in the machine's speed affects all. */
async function inTurn(contenders: readonly (readonly [string, Contender])[], count: number) {
  const figures: Record<string, Figures> = {}
  for (const [name] of contenders) figures[name] = { rates: [], costs: [], times: [], singleTimes: [] }
  for (let round = -warmUp; round < count; round++) {
    for (const [name, contender] of contenders) {
      const into = figures[name]
      if (into === undefined) continue
      await loadOnce(contender, round < 0 ? { rates: [], costs: [], times: [], singleTimes: [] } : into)
    }
  }
  return figures
}

async function loadOnce({ child, prepare }: Contender, into: Figures): Promise<void> {
  const prepared = Array.from({ length: requests }, prepare)
  const before = await child.cpu()
  const start = performance.now()
  await Promise.all(Array.from({ length: connections }, () => sendAll(child.address, prepared, into.times)))
  const seconds = (performance.now() - start) / 1000
  into.rates.push(requests / seconds)
  into.costs.push(((await child.cpu()) - before) / requests)
  const one = Array.from({ length: single }, prepare)
  await sendAll(child.address, one, into.singleTimes)
}

function row(own: Figures, bare: Figures | undefined): string[] {
  const alone = median(own.singleTimes)
  const added = bare === undefined ? 0 : alone - median(bare.singleTimes)
  return [
    best(own.rates).toFixed(0),
    (best(own.rates) / best(bare?.rates)).toFixed(2),
    Math.min(...own.costs).toFixed(0),
    median(own.times).toFixed(1),
    (own.times.toSorted((a, b) => a - b)[Math.floor(own.times.length * 0.99)] ?? 0).toFixed(1),
    alone.toFixed(2),
    added.toFixed(2),
  ]
}

/** The least disturbed round: other load on the machine only ever makes a round slower. */
function best(rates: readonly number[] = []): number {
  return Math.max(...rates)
}

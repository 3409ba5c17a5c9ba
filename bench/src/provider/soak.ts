import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  approve,
  exchange,
  initiate,
  keysOf,
} from '../../../packages/provider/test/processes/provider-group.ts'
import {
  deliver,
  type Keys,
  publicUrl,
  signedRequest,
} from '../../../packages/provider/test/processes/signed-request.ts'
import { temporaryDirectory } from '../../../packages/provider/test/running-provider.ts'
import { Visitor } from '../../../packages/provider/test/visitor.ts'
import { median, printTable } from '../measure.ts'
import { type ProviderState, type RunningProvider, startProvider } from './running-provider.ts'

const password = 'correct horse battery'
const flowsAtOnce = 3
/** Short, so that data from one minute is removed within the next. */
const lifeSeconds = 20
/**
 * How much memory may grow between the second quarter of the run and the last: the engine and its caches are never
 * quite stable.
 */
const mostHeapGrowth = 0.15
const mostRssGrowth = 0.25

/**
 * Everything that the provider does, over and over again in one process: flows, API calls, refusals, sign-ins, pages.
 * Memory, handles and rows must stay constant.
 *
 * @param minutes - How long.
 * @param isBound - Whether growth is a failure.
 */
export async function benchSoak(minutes: number, isBound: boolean): Promise<void> {
  const directory = temporaryDirectory()
  const provider = await startProvider({
    DATABASE_URL: `sqlite:${join(directory.path, 'soak.sqlite')}`,
    COUNTERSIGN_SYNCHRONOUS: 'normal',
    PUBLIC_URL: publicUrl,
    CLIENT_ADDRESS_HEADER: 'x-forwarded-for',
    OAUTH1_TIMESTAMP_WINDOW_SECONDS: String(lifeSeconds),
    OAUTH1_TEMPORARY_CREDENTIAL_LIFETIME_SECONDS: String(lifeSeconds),
    RATE_LIMIT_SIGN_IN: '0',
  })
  try {
    const samples = await soak(provider, minutes)
    print(samples, minutes)
    const faults = faultsOf(samples)
    for (const fault of faults) console.error(fault)
    if (isBound && faults.length > 0) process.exitCode = 1
  } finally {
    await provider.stop()
    directory.remove()
  }
}

interface Sample extends ProviderState {
  readonly minute: number
  /** Flows that were completed by then. */
  readonly flows: number
}

async function soak(provider: RunningProvider, minutes: number): Promise<Sample[]> {
  const { client } = await provider.setup()
  const end = Date.now() + minutes * 60_000
  const done = { flows: 0, addresses: 0 }
  const isOver = () => Date.now() >= end
  const visitor = () => {
    const { addresses } = done
    done.addresses++
    const address = `198.${18 + ((addresses >> 16) & 1)}.${(addresses >> 8) & 255}.${addresses & 255}`
    return new Visitor(provider.address, { 'x-forwarded-for': address })
  }
  const acts = Array.from({ length: flowsAtOnce }, async () => {
    const member = visitor()
    await member.signIn('anna', password)
    while (!isOver()) {
      await oneFlow(provider.address, member, client)
      done.flows++
    }
  })
  acts.push(repeat(isOver, () => oneSignIn(visitor)))
  const samples: Sample[] = []
  const begin = Date.now()
  const interval = Math.min(60_000, (minutes * 60_000) / 24)
  while (!isOver()) {
    await Promise.race([sleep(interval), Promise.all(acts)])
    const minute = (Date.now() - begin) / 60_000
    samples.push({ ...(await provider.state()), minute, flows: done.flows })
  }
  await Promise.all(acts)
  return samples
}

async function repeat(isOver: () => boolean, act: () => Promise<void>): Promise<void> {
  while (!isOver()) await act()
}

async function oneFlow(address: string, member: Visitor, client: Keys): Promise<void> {
  const temporary = await initiate(address, client)
  const verifier = await approve(member, temporary)
  const token = await keysOf(await deliver(address, exchange(client, temporary, verifier)))
  const me = () => signedRequest('GET', '/api/me', client, token)
  const request = me()
  await expectStatus(address, request, 200)
  // A replay; another client's secret; and a resource whose scope was not requested.
  await expectStatus(address, request, 401)
  await expectStatus(address, signedRequest('GET', '/api/me', { ...client, secret: 'wrong' }, token), 401)
  await expectStatus(address, signedRequest('GET', '/api/authorizations', client, token), 403)
  for (let i = 0; i < 5; i++) await expectStatus(address, me(), 200)
  for (const page of ['/', '/clients', '/authorizations', '/playground', '/explain', '/no-such-page'])
    await member.open(page)
  await expectStatus(address, signedRequest('POST', '/oauth/revoke', client, token), 200)
  await expectStatus(address, me(), 401)
}

async function expectStatus(
  address: string,
  request: Parameters<typeof deliver>[1],
  status: number,
): Promise<void> {
  const response = await deliver(address, request)
  const text = await response.text()
  if (response.status !== status) throw new Error(`${request.url}: ${response.status} for ${status}: ${text}`)
}

/** Each from a different address: a wrong password for an unknown name, and a right one. */
async function oneSignIn(visitor: () => Visitor): Promise<void> {
  const stranger = visitor()
  await stranger.signIn(`stranger${Math.floor(Math.random() * 1e9)}`, 'wrong password')
  const member = visitor()
  await member.signIn('anna', password)
  await member.open('/')
  await member.submit('/sign-out')
}

/** Describes everything out of bounds. The first quarter is the start, which does not count. */
function faultsOf(samples: readonly Sample[]): string[] {
  const quarter = Math.floor(samples.length / 4)
  const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)]
  const growth = (of: (sample: Sample) => number) => median(late.map(of)) / median(early.map(of)) - 1
  const faults: string[] = []
  const check = (what: string, value: number, most: number) => {
    if (!(value <= most)) faults.push(`${what}: ${value.toFixed(2)}, more than ${most}`)
  }
  check(
    'The heap has grown by a part of',
    growth(({ heapUsed }) => heapUsed),
    mostHeapGrowth,
  )
  check(
    'The process has grown by a part of',
    growth(({ rss }) => rss),
    mostRssGrowth,
  )
  const handles = (of: readonly Sample[]) => median(of.map((sample) => sample.handles))
  check('Handles more than before', handles(late) - handles(early), 20)
  const most = (table: string) => Math.max(...samples.map(({ rows }) => rows[table] ?? 0))
  check('Tokens', most('oauth_token_credential'), flowsAtOnce + 1)
  check('Sessions', most('session'), 100)
  check('Recent requests', most('recent_request'), 3 * 100 + 100)
  check('Flashes', most('flash'), 100)
  // Sweeping runs every minute: no row may be older than that plus its lifetime and the grace period of a nonce.
  for (const sample of samples) {
    const before = samples.findLast(({ minute }) => minute <= sample.minute - (lifeSeconds * 2 + 150) / 60)
    if (before === undefined) continue
    const lately = sample.flows - before.flows + flowsAtOnce
    check('Temporary credentials', sample.rows['oauth_temporary_credential'] ?? 0, lately)
    check('Decisions', sample.rows['decision'] ?? 0, lately)
    check('Nonces', sample.rows['oauth_nonce'] ?? 0, lately * 12)
  }
  return faults
}

function print(samples: readonly Sample[], minutes: number): void {
  const every = Math.max(1, Math.floor(samples.length / 12))
  const megabytes = (octets: number) => (octets / 1e6).toFixed(1)
  printTable(
    `A soak of ${minutes} minutes: flows, API calls, refusals, sign-ins and pages against one process`,
    ['minute', 'flows', 'heap, MB', 'process, MB', 'handles', 'nonces', 'tokens', 'sessions'],
    samples
      .filter((_, index) => (index + 1) % every === 0)
      .map(({ minute, flows, heapUsed, rss, handles, rows }) => [
        minute.toFixed(1),
        `${flows}`,
        megabytes(heapUsed),
        megabytes(rss),
        `${handles}`,
        `${rows['oauth_nonce']}`,
        `${rows['oauth_token_credential']}`,
        `${rows['session']}`,
      ]),
  )
}

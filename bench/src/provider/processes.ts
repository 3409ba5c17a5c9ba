import { availableParallelism } from 'node:os'
import { present, services, uniqueName } from '../../../packages/countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../../packages/countersign/test/stores/backends/databases.ts'
import { signed } from '../../../test/support/signer.ts'
import { drain } from '../load.ts'
import { printTable } from '../measure.ts'
import { type ProviderKeys, type RunningProvider, startProvider } from './running-provider.ts'

const requests = 6_000
/** Warm-up for each process, in which the engine compiles hot code. */
const warmUp = 2_500
const connections = 16

/** The throughput of 1, 2 and 4 processes over one PostgreSQL and one Redis, and the cost of a request. */
export async function benchProcesses(): Promise<void> {
  if (!((await present('postgres')) && (await present('redis')))) {
    console.log('\nSkipped: processes (no PostgreSQL, or no Redis).')
    return
  }
  const rows: string[][] = []
  for (const [name, cache] of [
    ['', '0'],
    [', clients and tokens remembered for 5 s', '5'],
  ] as const)
    for (const count of [1, 2, 4]) rows.push(await measure(count, name, cache))
  printTable(
    `GET /api/me of 1, 2 and 4 processes over one PostgreSQL and one Redis (${requests} requests, ${connections} connections)`,
    [
      '',
      'requests/s here',
      'processor time of the provider, µs/request',
      'a core of its own would do, requests/s',
    ],
    rows,
  )
  console.log(
    `\nThis machine has ${availableParallelism()} cores, which the processes share with PostgreSQL, Redis and the client that sends: requests/s here do not show how it grows with more cores; the cost of a request does.`,
  )
}

async function measure(count: number, name: string, cacheSeconds: string): Promise<string[]> {
  const url = databaseConfig('postgres')
  await createDatabase(url)
  const env = {
    DATABASE_URL: url,
    REDIS_URL: services.redis.url,
    REDIS_PREFIX: `${uniqueName('bench')}:`,
    CREDENTIAL_CACHE_SECONDS: cacheSeconds,
  }
  const processes: RunningProvider[] = []
  try {
    for (let i = 0; i < count; i++) processes.push(await startProvider(env))
    const keys = await (processes[0] as RunningProvider).setup()
    await load(processes, keys, warmUp * count)
    const { seconds, cpu } = await load(processes, keys, requests)
    const rate = Math.round(requests / seconds)
    const cost = cpu / requests
    const title = `${count} ${count === 1 ? 'process' : 'processes'}${name}`
    return [title, `${rate}`, cost.toFixed(0), `${Math.round(1e6 / cost)}`]
  } finally {
    for (const each of processes) await each.stop()
    await removeDatabase(url)
  }
}

async function load(processes: readonly RunningProvider[], keys: ProviderKeys, count: number) {
  const share = Math.ceil(count / processes.length)
  const prepared = processes.map(({ address }) =>
    Array.from({ length: share }, () => preparedRequest(address, keys)),
  )
  const cpuOf = async () => {
    const states = await Promise.all(processes.map((each) => each.state()))
    return states.reduce((sum, { cpu }) => sum + cpu, 0)
  }
  const before = await cpuOf()
  const start = process.hrtime.bigint()
  await Promise.all(
    processes.flatMap(({ address }, index) =>
      Array.from({ length: connections / processes.length }, () =>
        drain(Number(new URL(address).port), prepared[index] as string[]),
      ),
    ),
  )
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  return { seconds, cpu: (await cpuOf()) - before }
}

function preparedRequest(address: string, { client, token }: ProviderKeys): string {
  const { headers } = signed({
    url: `${address}/api/me`,
    client: { clientId: client.key, clientSecret: client.secret },
    token: { oauthToken: token.key, oauthTokenSecret: token.secret },
  })
  return `GET /api/me HTTP/1.1\r\nHost: ${new URL(address).host}\r\nAuthorization: ${headers['authorization']}\r\n\r\n`
}

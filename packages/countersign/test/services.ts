import { connect } from 'node:net'

/** The servers that tests run against where they are there: an address from the environment, or the usual one. */
export const services = {
  postgres: { url: process.env['PG_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test' },
  mariadb: { url: process.env['MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test' },
  redis: { url: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379' },
  memcached: { url: process.env['MEMCACHED_URL'] ?? '127.0.0.1:11211' },
} as const

export type ServiceName = keyof typeof services

const defaultPorts: Readonly<Record<ServiceName, number>> = {
  postgres: 5432,
  mariadb: 3306,
  redis: 6379,
  memcached: 11211,
}
const answers = new Map<ServiceName, Promise<boolean>>()

/**
 * Whether a service takes connections. What needs an absent one is left out, with a line that says so.
 *
 * @throws Error when it is absent and `COUNTERSIGN_REQUIRE_SERVICES=1` forbids leaving anything out.
 * @example
 * ```ts
 * if (await available('redis')) describeStore({ … })
 * ```
 */
export async function available(name: ServiceName): Promise<boolean> {
  const known = answers.get(name)
  if (known) return known
  const answer = probe(name)
  answers.set(name, answer)
  if (await answer) return true
  const message = `${name} does not answer at ${services[name].url}`
  if (process.env['COUNTERSIGN_REQUIRE_SERVICES'] === '1') throw new Error(`${message}.`)
  console.warn(`SKIPPED: ${message}; its tests are left out.`)
  return false
}

/** A name that no other test file or run uses: for databases, tables and key prefixes. */
export function uniqueName(prefix: string): string {
  // What tests leave behind is known by the name of the run: see leftovers.ts.
  const run = process.env['COUNTERSIGN_TEST_RUN'] ?? process.pid.toString(36)
  return `${prefix}_${run}_${process.pid.toString(36)}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`
}

function probe(name: ServiceName): Promise<boolean> {
  const { url } = services[name]
  const { hostname, port } = new URL(url.includes('://') ? url : `tcp://${url}`)
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port: port === '' ? defaultPorts[name] : Number(port),
      timeout: 2000,
    })
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
    socket.once('timeout', () => finish(false))
  })
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Hooks } from 'countersign'
import { describe, expect, it, vi } from 'vitest'
import { available } from '../services.ts'
import type { Backend } from './backend.ts'
import { databaseConfig } from './backends/databases.ts'
import { temporary } from './behaviour.ts'

const rounds = 3
const credentials = 60

const stores: (readonly [name: string, backend: string, config: string])[] = [
  ['Kysely on SQLite', 'kysely', databaseConfig('sqlite')],
  ['Drizzle on SQLite', 'drizzle-sqlite', databaseConfig('sqlite')],
  ['TypeORM on SQLite', 'typeorm-mixins', databaseConfig('sqlite')],
  ['hooks by hand on SQLite', 'no-orm', databaseConfig('sqlite')],
]
if (await available('postgres')) {
  stores.push(
    ['Kysely on PostgreSQL', 'kysely', databaseConfig('postgres')],
    ['Drizzle on PostgreSQL', 'drizzle-pg', databaseConfig('postgres')],
    ['TypeORM on PostgreSQL', 'typeorm-mixins', databaseConfig('postgres')],
    ['Prisma on PostgreSQL', 'prisma-client', databaseConfig('postgres')],
  )
}
if (await available('mariadb')) stores.push(['Kysely on MariaDB', 'kysely', databaseConfig('mariadb')])

describe.each(stores)('a process that is killed while it exchanges, with %s', (_, name, config) => {
  const url = new URL(`backends/${name}.ts`, import.meta.url)

  it('loses no approval, and issues no token without spending one', async () => {
    const backend = (await import(url.href)) as Backend
    await backend.reset(config)
    const { hooks, close } = await backend.open(config)
    try {
      for (let round = 0; round < rounds; round++) {
        const names = await approvedCredentials(hooks as Hooks)
        // Each round ends at another moment: right after so many exchanges have begun.
        await killedAfter(url, config, names, 1 + Math.floor(Math.random() * (credentials / 2)))
        await Promise.all(names.map((oauthToken) => expectWhole(hooks as Hooks, oauthToken)))
      }
    } finally {
      await close()
      await backend.remove?.(config)
    }
  })
})

function approvedCredentials(hooks: Hooks): Promise<string[]> {
  return Promise.all(
    Array.from({ length: credentials }, async () => {
      const credential = temporary({ clientId: 'killed' })
      await hooks.createTemporaryCredential(credential)
      await hooks.createAuthorizationVerifier(credential.oauthToken, { userId: 7, oauthVerifier: 'v' })
      return credential.oauthToken
    }),
  )
}

async function killedAfter(backend: URL, config: string, names: string[], begun: number): Promise<void> {
  const worker = fork(
    fileURLToPath(new URL('exchange-worker.ts', import.meta.url)),
    [backend.href, config, names.join()],
    { execArgv: ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'] },
  )
  const exit = once(worker, 'exit')
  let seen = 0
  worker.on('message', () => {
    if (++seen === begun) worker.kill('SIGKILL')
  })
  const [code, signal] = await exit
  // A fast one may have ended before the signal arrived: then all are whole.
  expect([0, 'SIGKILL']).toContain(signal ?? code)
  expect(seen).toBeGreaterThanOrEqual(begun)
}

async function expectWhole(hooks: Hooks, oauthToken: string): Promise<void> {
  // A database may still be ending the transaction of the process that is gone.
  const look = async () => {
    const credential = await hooks.getTemporaryCredential(oauthToken)
    const token = await hooks.queryToken('killed', oauthToken)
    expect([credential?.oauthVerifier, token?.userId]).toEqual(token ? [undefined, 7] : ['v', undefined])
  }
  await vi.waitFor(look, { timeout: 20_000, interval: 50 })
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { available } from '../services.ts'
import { createDatabase, databaseConfig, removeDatabase } from '../stores/backends/databases.ts'
import { IssuingDatabase } from './issuing-database.ts'
import { Setting } from './setting.ts'

const worker = fileURLToPath(new URL('exchange-worker.ts', import.meta.url))
const rounds = 4

const stores: [name: string, config: string][] = [['SQLite', databaseConfig('sqlite')]]
if (await available('postgres')) stores.push(['PostgreSQL', databaseConfig('postgres')])
if (await available('mariadb')) stores.push(['MariaDB', databaseConfig('mariadb')])

describe.each(stores)('a process that is killed while it exchanges, on %s', (_, config) => {
  it('leaves nothing that the next exchange does not revoke', async () => {
    await createDatabase(config)
    const database = new IssuingDatabase(config)
    try {
      await database.createTables()
      for (let round = 0; round < rounds; round++) {
        await killedAfter(config, 1 + Math.floor(Math.random() * 20))
        const { grants, hooks } = database
        const { access_token } = await new Setting({ grants, hooks }).ask()
        await expect.poll(() => database.valid(), { timeout: 20_000 }).toEqual([access_token])
      }
    } finally {
      await database.close()
      await removeDatabase(config)
    }
  })
})

/** Each time at another moment: right after so many exchanges have begun. */
async function killedAfter(config: string, begun: number): Promise<void> {
  const child = fork(worker, [config], {
    execArgv: ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'],
  })
  const exit = once(child, 'exit')
  let seen = 0
  child.on('message', () => {
    if (++seen === begun) child.kill('SIGKILL')
  })
  const [, signal] = await exit
  expect([signal, seen >= begun]).toEqual(['SIGKILL', true])
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../countersign/test/stores/backends/databases.ts'
import { openDatabase, schemaSteps } from '../src/database/database.ts'
import { migrations } from '../src/database/migrations.ts'
import { temporaryDirectory } from './running-provider.ts'

const steps = Object.keys(migrations)
const directory = temporaryDirectory()
afterAll(() => directory.remove())
const database = fileURLToPath(new URL('../src/database/database.ts', import.meta.url))

/** Another process that waits for a sign, opens the database, and tells how that went. */
function opener(url: string) {
  const program = `
    import { openDatabase } from ${JSON.stringify(database)}
    process.stdout.write('ready')
    process.stdin.once('data', async () => {
      try {
        const db = await openDatabase(process.argv[1])
        await db.selectFrom('audit_event').selectAll().execute()
        await db.destroy()
        process.stdout.write(' opened')
      } catch (error) { process.stdout.write(' ' + error.message) }
      process.exit(0)
    })`
  const flags = ['--conditions=countersign-source', '--input-type=module', '--eval']
  const child = spawn(process.execPath, [...flags, program, url], { stdio: ['pipe', 'pipe', 'inherit'] })
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    told += text
  })
  const ended = once(child, 'close')
  return {
    ready: once(child.stdout, 'data'),
    async open(): Promise<string> {
      child.stdin.write('now')
      await ended
      return told
    },
  }
}

describe.each([
  ['SQLite', 'sqlite'],
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
] as const)('the steps of the schema on %s', async (_, kind) => {
  if (kind !== 'sqlite' && !(await available(kind))) return
  let url: string
  beforeEach(async () => {
    url = kind === 'sqlite' ? join(directory.path, `${Math.random()}.sqlite`) : databaseConfig(kind)
    if (kind !== 'sqlite') await createDatabase(url)
  })
  afterEach(() => removeDatabase(url))

  it('are taken once when five processes open an empty database at once', async () => {
    const openers = Array.from({ length: 5 }, () => opener(url))
    await Promise.all(openers.map(({ ready }) => ready))
    const told = await Promise.all(openers.map(({ open }) => open()))
    expect(told).toEqual(Array(5).fill('ready opened'))
    expect(await schemaSteps(url)).toEqual({ done: steps, missing: [] })
  })

  it('are listed without a change, and refused where they are missing and may not be taken', async () => {
    expect(await schemaSteps(url)).toEqual({ done: [], missing: steps })
    await expect(openDatabase(url, { migrate: false })).rejects.toThrow(
      /lacks 0001_first_tables, .*\. Run countersign db migrate/,
    )
    expect(await schemaSteps(url)).toEqual({ done: [], missing: steps })
    if (kind === 'sqlite') expect(existsSync(url)).toBe(false)
    await (await openDatabase(url)).destroy()
    const db = await openDatabase(url, { migrate: false })
    expect(await db.selectFrom('user').selectAll().execute()).toEqual([])
    await db.destroy()
  })

  it('of a newer version are left as they are', async () => {
    const db = await openDatabase(url)
    if (kind === 'sqlite') await sql`pragma user_version = 99`.execute(db)
    else
      await sql`insert into kysely_migration (name, timestamp) values ('9999_later', '2040-01-01')`.execute(
        db,
      )
    await db.destroy()
    await expect(openDatabase(url)).rejects.toThrow('was written by a newer version')
    await expect(schemaSteps(url)).rejects.toThrow('was written by a newer version')
  })

  it('are not taken in a database of another program', async () => {
    if (kind !== 'sqlite') {
      const db = await openDatabase(url)
      await sql`drop table kysely_migration`.execute(db)
      await db.destroy()
      await expect(openDatabase(url)).rejects.toThrow('holds tables of another program')
    }
  })
})

import { readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { leftOut, services } from './services.ts'

/**
 * Tests remove the databases that they make, but not when they fail, or when only others of their file are run. What
 * bears the name of this run is removed after it. What the run left out is told last, where it is read.
 */
export function setup(): void {
  process.env['COUNTERSIGN_TEST_RUN'] = `${process.pid.toString(36)}x${Date.now().toString(36)}`
}

export async function teardown(): Promise<void> {
  const told = leftOut()
  const start = `countersign_${process.env['COUNTERSIGN_TEST_RUN']}_`
  for (const name of readdirSync(tmpdir())) {
    if (name.startsWith(start)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
  await Promise.allSettled([fromPostgres(start), fromMariadb(start)])
  process.stdout.write(told)
}

async function fromPostgres(start: string): Promise<void> {
  const client = new pg.Client({ connectionString: services.postgres.url, connectionTimeoutMillis: 2000 })
  await client.connect()
  const { rows } = await client.query('select datname from pg_database where starts_with(datname, $1)', [
    start,
  ])
  for (const { datname } of rows) await client.query(`drop database if exists "${datname}" with (force)`)
  await client.end()
}

async function fromMariadb(start: string): Promise<void> {
  const connection = await createConnection({ uri: services.mariadb.url, connectTimeout: 2000 })
  const [rows] = await connection.query(
    'select schema_name as name from information_schema.schemata where left(schema_name, ?) = ?',
    [start.length, start],
  )
  for (const { name } of rows as { name: string }[])
    await connection.query(`drop database if exists \`${name}\``)
  await connection.end()
}

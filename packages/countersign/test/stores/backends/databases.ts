import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { services, uniqueName } from '../../services.ts'

/** Where a test keeps its data: a new file, or a new database of a server. */
export function databaseConfig(kind: 'sqlite' | 'postgres' | 'mariadb'): string {
  const name = uniqueName('countersign')
  if (kind === 'sqlite') return join(tmpdir(), `${name}.db`)
  const url = new URL(services[kind].url)
  url.pathname = `/${name}`
  return url.href
}

/** Creates the database that a URL names; a file comes into being by itself. */
export async function createDatabase(config: string): Promise<void> {
  await onServer(config, 'create database')
}

/** Removes a database or a file, and whatever is in it. */
export async function removeDatabase(config: string): Promise<void> {
  if (await onServer(config, 'drop database if exists')) return
  for (const suffix of ['', '-wal', '-shm']) rmSync(config + suffix, { force: true })
}

async function onServer(config: string, statement: string): Promise<boolean> {
  if (config.startsWith('postgres:')) {
    const client = new pg.Client(services.postgres.url)
    await client.connect()
    await client.query(`${statement} "${nameIn(config)}"`)
    await client.end()
    return true
  }
  if (config.startsWith('mysql:')) {
    const connection = await createConnection(services.mariadb.url)
    await connection.query(`${statement} \`${nameIn(config)}\``)
    await connection.end()
    return true
  }
  return false
}

function nameIn(config: string): string {
  return new URL(config).pathname.slice(1)
}

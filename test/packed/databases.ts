import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../packages/countersign/test/stores/backends/databases.ts'

/** The databases of created projects: one for each, on the servers that the tests use. */
export class Databases {
  readonly #made: string[] = []

  /** What a project's DATABASE_URL is; undefined where its store reads none. */
  async create(store: string, folder: string): Promise<string | undefined> {
    if (store === 'prisma-sqlite') return `file:${join(folder, 'oauth.sqlite')}`
    const kind = store.endsWith('-postgres') ? 'postgres' : store.endsWith('-mysql') ? 'mariadb' : undefined
    if (kind === undefined) return undefined
    const url = databaseConfig(kind)
    await createDatabase(url)
    this.#made.push(url)
    return url
  }

  /** What `prisma migrate deploy` does; it needs an engine that it downloads. */
  async migratePrisma(url: string, folder: string): Promise<void> {
    const sql = await readFile(join(folder, 'prisma/migrations/0_init/migration.sql'), 'utf8')
    if (url.startsWith('file:')) {
      const database = new DatabaseSync(url.slice('file:'.length))
      database.exec(sql)
      database.close()
    } else if (url.startsWith('postgres:')) {
      const client = new pg.Client(url)
      await client.connect()
      await client.query(sql)
      await client.end()
    } else {
      const connection = await createConnection({ uri: url, multipleStatements: true })
      await connection.query(sql)
      await connection.end()
    }
  }

  async removeAll(): Promise<void> {
    for (const url of this.#made) await removeDatabase(url)
  }
}

import { DatabaseSync } from 'node:sqlite'
import { nodeSqlite } from 'countersign/kysely'
import { CamelCasePlugin, type Generated, Kysely, type LogEvent, SqliteDialect } from 'kysely'
import { afterEach } from 'vitest'

/** Destroyed after each test. */
export const opened: { destroy(): Promise<void> }[] = []
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy()
})

export function inMemory<DB>(options: { log?: (event: LogEvent) => void; camelCase?: boolean } = {}) {
  const db = new Kysely<DB>({
    dialect: new SqliteDialect({ database: nodeSqlite(new DatabaseSync(':memory:')) }),
    ...(options.log ? { log: options.log } : {}),
    ...(options.camelCase ? { plugins: [new CamelCasePlugin()] } : {}),
  })
  opened.push(db)
  return db
}

/** Tables as Authlib's mixins make them: no RSA key, no scope, and columns of the application's own. */
interface Adopted {
  application: {
    id: Generated<number>
    client_id: string
    client_secret: string
    default_redirect_uri: string
    user_id: number
    name: string
  }
  access: {
    id: Generated<number>
    client_id: string
    oauth_token: string
    oauth_token_secret: string
    user_id: number
    note: string | null
  }
}

export async function adopted(log?: (event: LogEvent) => void, camelCase = false) {
  const db = inMemory<Adopted>({ ...(log ? { log } : {}), camelCase })
  const text = [
    `create table application (id integer primary key, client_id varchar(48), client_secret varchar(120) not null,
       default_redirect_uri text not null, user_id integer, name text)`,
    `create table access (id integer primary key, client_id varchar(48), oauth_token varchar(84) unique,
       oauth_token_secret varchar(84), user_id integer, note text)`,
    "insert into application values (1, 'c', 's', 'https://a.example/ready', 7, 'Printer')",
    "insert into access values (5, 'c', 't', 'ts', 9, null)",
  ]
  for (const sql of text) await db.executeQuery({ ...db.selectFrom('access').selectAll().compile(), sql })
  return db
}

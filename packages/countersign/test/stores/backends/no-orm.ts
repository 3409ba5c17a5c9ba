import { DatabaseSync } from 'node:sqlite'
import { schema, sqliteHooks } from '../../../../../examples/no-orm/hooks.ts'
import type { OpenStore } from '../backend.ts'

/** The example that implements the hooks by hand; its clients have no RSA keys, so the suite adds none. */
function connect(config: string): DatabaseSync {
  const db = new DatabaseSync(config, { timeout: 5000 })
  db.exec('pragma journal_mode = wal')
  return db
}

export async function reset(config: string): Promise<void> {
  const db = connect(config)
  db.exec(schema.replaceAll('user_id text', 'user_id integer'))
  db.close()
}

export async function open(config: string): Promise<OpenStore> {
  const db = connect(config)
  const hooks = sqliteHooks(db)
  return {
    hooks,
    addToken: async (token) => void (await hooks.createTokenCredential(token)),
    close: async () => db.close(),
  }
}

export { removeDatabase as remove } from './databases.ts'

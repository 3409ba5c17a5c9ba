import type { DatabaseSync } from 'node:sqlite'
import type { Database } from '../../../../../examples/worker/d1.ts'

/** D1 is SQLite, and binds a number as `node:sqlite` does. */
export function d1Over(db: DatabaseSync): Database {
  const statement = (sql: string, values: never[] = []): ReturnType<Database['prepare']> => {
    const all = () => db.prepare(sql).all(...values)
    return {
      bind: (...bound) => statement(sql, bound as never[]),
      first: async <Row>() => (all()[0] ?? null) as Row | null,
      all: async <Row>() => ({ results: all() as Row[] }),
      run: async () => ({ meta: { changes: Number(db.prepare(sql).run(...values).changes) } }),
    }
  }
  return { prepare: (sql) => statement(sql), batch: (all) => Promise.all(all.map((each) => each.run())) }
}

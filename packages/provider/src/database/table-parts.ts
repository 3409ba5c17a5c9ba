import type { CreateTableBuilder } from 'kysely'
import type { Database } from './schema.ts'

/** An index of one column, named after both. */
export async function createIndex({ schema }: Database, table: string, column: string): Promise<void> {
  await schema.createIndex(`${table}_${column}`).on(table).column(column).execute()
}

/** A deleted user takes its rows with it. A constraint of the table: MySQL ignores one of a column. */
export function belongsToUser<T extends string, C extends string, Column extends C>(
  table: CreateTableBuilder<T, C>,
  name: string,
  column: Column,
): CreateTableBuilder<T, C> {
  return table.addForeignKeyConstraint(name, [column], 'user', ['id'], (key) => key.onDelete('cascade'))
}

/** A deleted client takes its rows with it. */
export function belongsToClient<T extends string, C extends string>(
  table: CreateTableBuilder<T, C | 'client_id'>,
  name: string,
): CreateTableBuilder<T, C | 'client_id'> {
  return table.addForeignKeyConstraint(name, ['client_id'], 'oauth_client', ['client_id'], (key) =>
    key.onDelete('cascade'),
  )
}

import type { CreateTableBuilder } from 'kysely'
import type { Database } from './schema.ts'

/** An index of one column, named after both. */
export async function createIndex({ schema }: Database, table: string, column: string): Promise<void> {
  await schema.createIndex(`${table}_${column}`).on(table).column(column).execute()
}

/** Deleting a user deletes its rows. A table constraint, because MySQL ignores column constraints. */
export function belongsToUser<T extends string, C extends string, Column extends C>(
  table: CreateTableBuilder<T, C>,
  name: string,
  column: Column,
): CreateTableBuilder<T, C> {
  return table.addForeignKeyConstraint(name, [column], 'user', ['id'], (key) => key.onDelete('cascade'))
}

/** Deleting a client deletes its rows. */
export function belongsToClient<T extends string, C extends string>(
  table: CreateTableBuilder<T, C | 'client_id'>,
  name: string,
): CreateTableBuilder<T, C | 'client_id'> {
  return table.addForeignKeyConstraint(name, ['client_id'], 'oauth_client', ['client_id'], (key) =>
    key.onDelete('cascade'),
  )
}

import { sql } from 'kysely'
import { identifier, withId } from './dialect.ts'
import type { Database } from './schema.ts'
import { belongsToClient } from './table-parts.ts'

const secondsOfDay = 24 * 3600

/**
 * How each client signs, and when it last did: one row for each method and place, so that lists of any length read
 * quickly.
 */
export async function signings(db: Database): Promise<void> {
  await db.schema
    .createTable('client_signing')
    .$call(withId(db))
    .addColumn('client_id', identifier, (column) => column.notNull())
    .addColumn('signature_method', 'varchar(60)', (column) => column.notNull())
    .addColumn('place', 'varchar(20)', (column) => column.notNull())
    .addColumn('first_at', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('client_signing_key', ['client_id', 'signature_method', 'place'])
    .$call((table) => belongsToClient(table, 'client_signing_client'))
    .execute()
  await db.schema
    .createIndex('client_signing_latest')
    .on('client_signing')
    .columns(['last_at', 'id'])
    .execute()
  // Earlier counts tell the first use, to the day.
  await db
    .insertInto('client_signing')
    .columns(['client_id', 'signature_method', 'place', 'first_at', 'last_at'])
    .expression((eb) =>
      eb
        .selectFrom('client_usage')
        .select(({ fn }) => [
          'client_id',
          'signature_method',
          'place',
          sql<number>`${fn.min('day')} * ${sql.lit(secondsOfDay)}`.as('first_at'),
          fn.max('last_at').as('last_at'),
        ])
        .groupBy(['client_id', 'signature_method', 'place']),
    )
    .execute()
}

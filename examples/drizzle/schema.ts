import {
  clientColumns,
  expiryIndex,
  nonceColumns,
  temporaryCredentialColumns,
  tokenCredentialColumns,
  tokenLifeColumns,
} from 'countersign/drizzle/sqlite'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const user = sqliteTable('user', { id: text('id').primaryKey(), name: text('name').notNull() })

const userId = () => text('user_id').references(() => user.id, { onDelete: 'cascade' })

export const client = sqliteTable('oauth_client', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  ...clientColumns(),
})

export const temporaryCredential = sqliteTable(
  'oauth_temporary_credential',
  { ...temporaryCredentialColumns(), userId: userId() },
  expiryIndex,
)

export const tokenCredential = sqliteTable(
  'oauth_token_credential',
  {
    id: integer('id').primaryKey(),
    ...tokenCredentialColumns(),
    ...tokenLifeColumns(),
    userId: userId(),
  },
  expiryIndex,
)

export const nonce = sqliteTable('oauth_nonce', nonceColumns(), expiryIndex)

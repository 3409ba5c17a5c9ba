import {
  clientColumns,
  expiryIndex,
  nonceColumns,
  policyColumn,
  temporaryCredentialColumns,
  tokenCredentialColumns,
  tokenLifeColumns,
} from 'countersign/drizzle/mysql'
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core'

// `userId` has the type of your users' identifier; let it reference your table of users. Add columns of your own as you
// like, then run `npm run migration`.
export const client = mysqlTable('oauth_client', { ...clientColumns(), ...policyColumn() })

export const temporaryCredential = mysqlTable(
  'oauth_temporary_credential',
  { ...temporaryCredentialColumns(), userId: varchar('user_id', { length: 255 }) },
  expiryIndex,
)

export const tokenCredential = mysqlTable(
  'oauth_token_credential',
  { ...tokenCredentialColumns(), ...tokenLifeColumns(), userId: varchar('user_id', { length: 255 }) },
  expiryIndex,
)

export const nonce = mysqlTable('oauth_nonce', nonceColumns(), expiryIndex)

import {
  clientColumns,
  expiryIndex,
  nonceColumns,
  policyColumn,
  temporaryCredentialColumns,
  tokenCredentialColumns,
  tokenLifeColumns,
} from 'countersign/drizzle/sqlite'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

// `userId` has the type of your users' identifier; let it reference your table of users. Add columns of your own as you
// like, then run `npm run migration`.
export const client = sqliteTable('oauth_client', { ...clientColumns(), ...policyColumn() })

export const temporaryCredential = sqliteTable(
  'oauth_temporary_credential',
  { ...temporaryCredentialColumns(), userId: text('user_id') },
  expiryIndex,
)

export const tokenCredential = sqliteTable(
  'oauth_token_credential',
  { ...tokenCredentialColumns(), ...tokenLifeColumns(), userId: text('user_id') },
  expiryIndex,
)

export const nonce = sqliteTable('oauth_nonce', nonceColumns(), expiryIndex)

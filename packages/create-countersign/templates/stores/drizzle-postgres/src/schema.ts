import {
  clientColumns,
  expiryIndex,
  nonceColumns,
  policyColumn,
  temporaryCredentialColumns,
  tokenCredentialColumns,
  tokenLifeColumns,
} from 'countersign/drizzle/pg'
import { pgTable, text } from 'drizzle-orm/pg-core'

// `userId` has the type of your users' identifier; let it reference your table of users. Add columns of your own as you
// like, then run `npm run migration`.
export const client = pgTable('oauth_client', { ...clientColumns(), ...policyColumn() })

export const temporaryCredential = pgTable(
  'oauth_temporary_credential',
  { ...temporaryCredentialColumns(), userId: text('user_id') },
  expiryIndex,
)

export const tokenCredential = pgTable(
  'oauth_token_credential',
  { ...tokenCredentialColumns(), ...tokenLifeColumns(), userId: text('user_id') },
  expiryIndex,
)

export const nonce = pgTable('oauth_nonce', nonceColumns(), expiryIndex)

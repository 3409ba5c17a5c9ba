import type { Client, TemporaryCredential, TokenCredential } from 'countersign'
import {
  clientColumns,
  type NonceRow,
  nonceColumns,
  policyColumn,
  temporaryCredentialColumns,
  tokenCredentialColumns,
  tokenLifeColumns,
} from 'countersign/typeorm'
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm'
import { columnOptions } from './columns.ts'

// The user's identifier is text; let `user_id` reference your users, and add columns of your own as you like.
const id: EntitySchemaColumnOptions = { type: 'int', primary: true, generated: true }
const indices = [{ columns: ['expiresAt'] }]

export const client: EntitySchema<Client & { id: number }> = new EntitySchema({
  name: 'oauth_client',
  columns: { id, ...clientColumns(columnOptions), ...policyColumn() },
})

export const tokenCredential: EntitySchema<TokenCredential & { id: number }> = new EntitySchema({
  name: 'oauth_token_credential',
  columns: { id, ...tokenCredentialColumns(columnOptions), ...tokenLifeColumns() },
  indices,
})

export const temporaryCredential: EntitySchema<TemporaryCredential & { id: number }> = new EntitySchema({
  name: 'oauth_temporary_credential',
  columns: { id, ...temporaryCredentialColumns(columnOptions) },
  indices,
})

export const nonce: EntitySchema<NonceRow> = new EntitySchema({
  name: 'oauth_nonce',
  columns: nonceColumns(columnOptions),
  indices,
})

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
import { EntitySchema } from 'typeorm'
import { collationFor, typeormBackend } from './typeorm-connection.ts'

const id = { type: 'int', primary: true, generated: true } as const
const indices = [{ columns: ['expiresAt'] }]

/** Entity schemas with our columns. */
export const { reset, open, remove } = typeormBackend((config) => {
  const options = collationFor(config)
  return {
    client: new EntitySchema<Client & { id: number }>({
      name: 'oauth_client',
      columns: { id, ...clientColumns(options), ...policyColumn() },
    }),
    tokenCredential: new EntitySchema<TokenCredential & { id: number }>({
      name: 'oauth_token_credential',
      columns: { id, ...tokenCredentialColumns(options), ...tokenLifeColumns() },
      indices,
    }),
    temporaryCredential: new EntitySchema<TemporaryCredential & { id: number }>({
      name: 'oauth_temporary_credential',
      columns: { id, ...temporaryCredentialColumns(options) },
      indices,
    }),
    nonce: new EntitySchema<NonceRow>({ name: 'oauth_nonce', columns: nonceColumns(options), indices }),
  }
})

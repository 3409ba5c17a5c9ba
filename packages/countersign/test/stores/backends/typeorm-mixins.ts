import {
  ClientMixin,
  NonceMixin,
  PolicyMixin,
  TemporaryCredentialMixin,
  TokenCredentialMixin,
  TokenLifeMixin,
} from 'countersign/typeorm'
import { BaseEntity, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { collationFor, typeormBackend } from './typeorm-connection.ts'

/** Classes that extend our mixins; the decorators are called by hand, for this file runs under plain Node. */
export const { reset, open, remove } = typeormBackend((config) => {
  const options = collationFor(config)
  class Client extends PolicyMixin(ClientMixin(BaseEntity, options)) {
    declare id: number
  }
  class TokenCredential extends TokenLifeMixin(TokenCredentialMixin(BaseEntity, options)) {
    declare id: number
  }
  class TemporaryCredential extends TemporaryCredentialMixin(BaseEntity, options) {
    declare id: number
  }
  class Nonce extends NonceMixin(BaseEntity, options) {}

  Entity('oauth_client')(Client)
  Entity('oauth_token_credential')(TokenCredential)
  Entity('oauth_temporary_credential')(TemporaryCredential)
  Entity('oauth_nonce')(Nonce)
  for (const entity of [Client, TokenCredential, TemporaryCredential]) {
    PrimaryGeneratedColumn()(entity.prototype, 'id')
  }
  return {
    client: Client,
    tokenCredential: TokenCredential,
    temporaryCredential: TemporaryCredential,
    nonce: Nonce,
  }
})

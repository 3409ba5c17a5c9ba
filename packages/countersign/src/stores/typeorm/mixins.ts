import { Column, Index } from 'typeorm'
import type { RsaPublicKeys } from '../../crypto/rsa-bundle.ts'
import type { UserId } from '../../server/models.ts'
import type { ClientPolicy } from '../../server/policy.ts'
import {
  type ColumnSet,
  type ColumnSetOptions,
  clientColumns,
  nonceColumns,
  policyColumn,
  temporaryCredentialColumns,
  tokenCredentialColumns,
  tokenLifeColumns,
} from './columns.ts'

/** What `ClientMixin` adds. */
export interface ClientColumns {
  clientId: string
  clientSecret: string | null
  callbacks: readonly string[]
  rsaPublicKey: RsaPublicKeys | null
}

/** What `PolicyMixin` adds. */
export interface PolicyColumn {
  policy: ClientPolicy | null
}

/** What `TokenCredentialMixin` adds. */
export interface TokenCredentialColumns {
  clientId: string
  oauthToken: string
  oauthTokenSecret: string
  userId: UserId | null
  scope: string | null
}

/** What `TokenLifeMixin` adds: seconds since 1970. */
export interface TokenLifeColumns {
  expiresAt: number | null
  lastUsedAt: number | null
}

/** What `TemporaryCredentialMixin` adds. */
export interface TemporaryCredentialColumns extends TokenCredentialColumns {
  oauthCallback: string
  oauthVerifier: string | null
  expiresAt: number
}

/** What `NonceMixin` adds. */
export interface NonceColumns {
  nonceKey: string
  expiresAt: number
}

/** Any class that can be extended. */
// biome-ignore lint/suspicious/noExplicitAny: TypeScript demands any[] of the constructor of a mixin
export type Base<T> = abstract new (...args: any[]) => T

/** The class `B` with the members of `T` added. */
export type Mixed<B extends Base<object>, T> = B & Base<T>

/**
 * A base class with the columns of a client, for an entity that adds its own.
 *
 * @example
 * ```ts
 * class Client extends ClientMixin(BaseEntity) { … }
 * ```
 */
export function ClientMixin<B extends Base<object>>(
  Parent: B,
  options?: ColumnSetOptions,
): Mixed<B, ClientColumns> {
  return mixed(Parent, clientColumns(options))
}

/**
 * A base class with the column of a client's own policy, for an entity of clients that may have one.
 *
 * @example
 * ```ts
 * class Client extends PolicyMixin(ClientMixin(BaseEntity)) { … }
 * ```
 */
export function PolicyMixin<B extends Base<object>>(Parent: B): Mixed<B, PolicyColumn> {
  return mixed(Parent, policyColumn())
}

/** A base class with the columns of a token credential, for an entity that adds its own. */
export function TokenCredentialMixin<B extends Base<object>>(
  Parent: B,
  options?: ColumnSetOptions,
): Mixed<B, TokenCredentialColumns> {
  return mixed(Parent, tokenCredentialColumns(options))
}

/**
 * A base class with the columns that a policy with `tokenLifetimeSeconds` or `tokenIdleSeconds` needs, for the entity of
 * token credentials.
 *
 * @example
 * ```ts
 * class TokenCredential extends TokenLifeMixin(TokenCredentialMixin(BaseEntity)) { … }
 * ```
 */
export function TokenLifeMixin<B extends Base<object>>(Parent: B): Mixed<B, TokenLifeColumns> {
  return mixed(Parent, tokenLifeColumns())
}

/** A base class with the columns of a temporary credential, for an entity that adds its own. */
export function TemporaryCredentialMixin<B extends Base<object>>(
  Parent: B,
  options?: ColumnSetOptions,
): Mixed<B, TemporaryCredentialColumns> {
  return mixed(Parent, temporaryCredentialColumns(options))
}

/** A base class with the columns of a nonce. */
export function NonceMixin<B extends Base<object>>(
  Parent: B,
  options?: ColumnSetOptions,
): Mixed<B, NonceColumns> {
  return mixed(Parent, nonceColumns(options))
}

/** Applies the decorators by hand: the source stays free of syntax that Node cannot strip. */
function mixed<B extends Base<object>, T>(Parent: B, columns: ColumnSet<string>): Mixed<B, T> {
  abstract class Mixin extends Parent {}
  for (const [property, options] of Object.entries(columns)) {
    Column(options)(Mixin.prototype, property)
    if (property === 'expiresAt') Index()(Mixin.prototype, property)
  }
  return Mixin as unknown as Mixed<B, T>
}

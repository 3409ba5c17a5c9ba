import type { Awaitable } from './hooks.ts'

/** The OAuth 2 grants for which an OAuth 1.0 token was exchanged. */
export interface TokenGrants {
  readonly clientId: string
  readonly oauthToken: string
  /** The grant whose tokens are valid; undefined until the first exchange has ended. */
  readonly current: string | undefined
  /** Grants of exchanges that have not ended. */
  readonly pending: readonly string[]
  /** Grants whose tokens must be revoked. */
  readonly outdated: readonly string[]
  /** Counts the writes, from 1. */
  readonly version: number
}

/** The hooks that record what tokens were exchanged for; `memoryHooks` and `kyselyGrantHooks` provide them. */
export interface TokenGrantHooks {
  /** The last record for this token, or undefined. */
  queryTokenGrants(clientId: string, oauthToken: string): Awaitable<TokenGrants | undefined>

  /**
   * Atomic: replaces the previous version; for version 1 there must be none. True for exactly one caller; for the
   * others that version is gone, and nothing is written.
   */
  writeTokenGrants(grants: TokenGrants): Awaitable<boolean>

  /** Optional: ends a token at this time, in seconds since 1970, unless it ends sooner. */
  limitTokenLife?(clientId: string, oauthToken: string, expiresAt: number): Awaitable<void>
}

/** The name of a hook of `countersign/bridge`, as in the event `store_failed`. */
export type ExchangeHookName =
  | keyof TokenGrantHooks
  | 'pairedClient'
  | 'clientsPairedWith'
  | 'scopesFor'
  | 'issueTokens'
  | 'revokeTokens'
  | 'takeAttempt'
  | 'verifyBearer'

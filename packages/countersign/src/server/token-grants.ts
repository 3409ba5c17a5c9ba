import type { Awaitable } from './hooks.ts'

/** Which OAuth 2 grants an OAuth 1.0 token was exchanged for. */
export interface TokenGrants {
  readonly clientId: string
  readonly oauthToken: string
  /** The grant whose tokens are valid; undefined until the first exchange has ended. */
  readonly current: string | undefined
  /** Grants of exchanges that have not ended. */
  readonly pending: readonly string[]
  /** Grants whose tokens are to be revoked. */
  readonly outdated: readonly string[]
  /** Counts the writes, from 1. */
  readonly version: number
}

/** The hooks that remember what tokens were exchanged for: `memoryHooks` has them, and `kyselyGrantHooks`. */
export interface TokenGrantHooks {
  /** What was written last for this token, or undefined. */
  queryTokenGrants(clientId: string, oauthToken: string): Awaitable<TokenGrants | undefined>

  /**
   * Atomic: writes in the place of the version before, which for version 1 means that there must be none. True for
   * exactly one caller; the others find that version gone, and nothing is written.
   */
  writeTokenGrants(grants: TokenGrants): Awaitable<boolean>

  /** Optional: ends a token at this time, in seconds since 1970, unless it ends sooner. */
  limitTokenLife?(clientId: string, oauthToken: string, expiresAt: number): Awaitable<void>
}

/** The name of a hook of `countersign/bridge`, as the event `store_failed` has it. */
export type ExchangeHookName =
  | keyof TokenGrantHooks
  | 'pairedClient'
  | 'clientsPairedWith'
  | 'scopesFor'
  | 'issueTokens'
  | 'revokeTokens'
  | 'takeAttempt'
  | 'verifyBearer'

import type { AuthorizationServer, ResourceProtector } from 'countersign'
import type {
  ClientOf,
  kyselyHooks,
  OAuth1ClientColumns,
  OAuth1NonceColumns,
  OAuth1TemporaryCredentialColumns,
  OAuth1TokenCredentialColumns,
  TokenCredentialOf,
} from 'countersign/kysely'
import type { Generated, Kysely } from 'kysely'

/** Times are seconds since 1970. */
export interface Tables {
  user: { id: Generated<number>; name: string; password_hash: string; created_at: number }
  session: { token_hash: string; user_id: number; expires_at: number }
  oauth_client: OAuth1ClientColumns & {
    id: Generated<number>
    name: string
    /** Who registered it; null for a client of the operator. */
    owner_id: number | null
    created_at: Generated<number>
  }
  oauth_temporary_credential: OAuth1TemporaryCredentialColumns
  oauth_token_credential: OAuth1TokenCredentialColumns & { created_at: Generated<number> }
  oauth_nonce: OAuth1NonceColumns
  /** What was decided about a temporary credential, until that would have expired. */
  decision: { oauth_token: string; client_id: string; user_id: number; allowed: number; expires_at: number }
  /** What a visitor's next page says once, sealed with the visitor's token. */
  flash: { key: string; sealed: string; expires_at: number }
  /** What the owner of a client is shown of its requests. */
  recent_request: {
    /** As in the log, and in the response's `X-Request-Id`. */
    request_id: string
    client_id: string
    at_milliseconds: number
    outcome: string
    endpoint: string
    method: string
    path: string
    code: string | null
    cause: string | null
    /** Of a refusal: JSON. */
    details: string | null
    expires_at: number
  }
}

export type Database = Kysely<Tables>

/** A client as the library's hooks return it: with its name and owner. */
export type ProviderClient = ClientOf<Tables>
export type ProviderToken = TokenCredentialOf<Tables>

export type ProviderHooks = ReturnType<typeof kyselyHooks<Tables>>
export type ProviderServer = AuthorizationServer<ProviderClient, ProviderToken>
export type ProviderProtector = ResourceProtector<ProviderClient, ProviderToken>

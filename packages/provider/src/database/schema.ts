import type { AuthorizationServer, ResourceProtector } from 'countersign'
import type {
  ClientOf,
  kyselyHooks,
  OAuth1ClientColumns,
  OAuth1NonceColumns,
  OAuth1TemporaryCredentialColumns,
  OAuth1TokenCredentialColumns,
  OAuth1TokenGrantColumns,
  TokenCredentialOf,
} from 'countersign/kysely'
import type { Generated, Kysely } from 'kysely'

/** Times are seconds since 1970. */
export interface Tables {
  user: {
    id: Generated<number>
    name: string
    /** Empty for an account that only signs in elsewhere. */
    password_hash: string
    created_at: number
    /** `user` or `admin`. */
    role: Generated<string>
    suspended_at: number | null
  }
  session: {
    token_hash: string
    user_id: number
    expires_at: number
    /** When its user signed in; null if that was not recorded yet. */
    created_at: number | null
    /** To the hour. */
    last_seen_at: number | null
    /** Only the names of the browser and its operating system. */
    browser: string | null
  }
  oauth_client: OAuth1ClientColumns & {
    id: Generated<number>
    name: string
    /** Who registered it; null for a client of the operator. */
    owner_id: number | null
    created_at: Generated<number>
    /** `pending`, `approved` or `suspended`. */
    status: Generated<string>
    /** When an administrator verified its owner. */
    verified_at: number | null
    description: string | null
    homepage: string | null
    /** During a rotation: the previous secret, and until when it works. */
    previous_secret: string | null
    previous_secret_until: number | null
    /** The owner's choice within the operator's policy, as JSON. */
    owner_policy: string | null
    /** The OAuth 2 client that replaces it. */
    oauth2_client_id: string | null
  }
  oauth_temporary_credential: OAuth1TemporaryCredentialColumns
  oauth_token_credential: OAuth1TokenCredentialColumns & {
    created_at: Generated<number>
    /**
     * Since when it is not accepted because its user is suspended: a request reads this row anyway, but not the user's.
     */
    suspended_at: number | null
  }
  oauth_nonce: OAuth1NonceColumns
  oauth_token_grant: OAuth1TokenGrantColumns & {
    /** When the token was revoked: it can no longer be exchanged, and its grants must end. */
    ended_at: number | null
    /** When its grants must be revoked next; null for never. */
    revoke_at: number | null
    /** When all of its grants were first revoked. */
    revoked_at: number | null
    /** Set on a row without grants, which only exists to refuse an exchange under way. */
    expires_at: number | null
  }
  /** The decision on a temporary credential, kept until the credential would have expired. */
  decision: { oauth_token: string; client_id: string; user_id: number; allowed: number; expires_at: number }
  /** A message that a visitor's next page shows once, sealed with the visitor's token. */
  flash: { key: string; sealed: string; expires_at: number }
  /** The recent requests that the owner of a client sees. */
  recent_request: {
    /** The same as in the log and in the response's `X-Request-Id`. */
    request_id: string
    client_id: string
    at_milliseconds: number
    outcome: string
    endpoint: string
    method: string
    path: string
    code: string | null
    cause: string | null
    /** Details of a refusal, as JSON. */
    details: string | null
    expires_at: number
  }
  /** Accounts of an identity provider; the key is the hash of issuer and subject. */
  identity: { key: string; user_id: number; issuer: string; subject: string; created_at: number }
  /** Lets one person sign up if registration is by invitation. */
  invitation: { code_hash: string; note: string; created_at: number; expires_at: number }
  logo: { client_id: string; digest: string; png_base64: string }
  /** What a client did on one day, counted in days since 1970, with one method and place of parameters. */
  client_usage: {
    client_id: string
    day: number
    signature_method: string
    place: string
    accepted: number
    refused: number
    last_at: number
  }
  /** A method and place with which a client signs, or tries to: first and last use. */
  client_signing: {
    id: Generated<number>
    client_id: string
    signature_method: string
    place: string
    first_at: number
    last_at: number
  }
  /** The keys that secrets are sealed with, by name. */
  sealing_key: { id: string; created_at: number }
  /** Who did what, when, from where. */
  audit_event: {
    id: Generated<number>
    at_milliseconds: number
    action: string
    /** `user`, `client`, `operator` (the command line), `visitor` or `system`. */
    actor_kind: string
    actor_id: string | null
    actor_name: string | null
    subject_kind: string | null
    subject_id: string | null
    subject_name: string | null
    network: string | null
    request_id: string | null
    /** JSON. */
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

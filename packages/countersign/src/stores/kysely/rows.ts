import type { Client, TemporaryCredential, TokenCredential, UserId } from '../../server/models.ts'
import { clientOfTexts, textsOfClient } from '../shared/client-row.ts'
import { withoutNull } from '../shared/column-text.ts'
import { withLife } from '../shared/token-life.ts'
import type { OAuth1ClientColumns } from './columns.ts'

/** What a driver returns for one row: our columns, and the application's own. */
export type Row = Readonly<Record<string, unknown>>

/** Which column is which field of the model. A client's `user_id` or `scope` is the application's own. */
const clientFields: Fields = {
  client_id: 'clientId',
  client_secret: 'clientSecret',
  default_redirect_uri: 'defaultRedirectUri',
  rsa_public_key: 'rsaPublicKey',
  policy: 'policy',
}
const credentialFields: Fields = {
  client_id: 'clientId',
  oauth_token: 'oauthToken',
  oauth_token_secret: 'oauthTokenSecret',
  user_id: 'userId',
  scope: 'scope',
  expires_at: 'expiresAt',
}
const tokenCredentialFields: Fields = { ...credentialFields, last_used_at: 'lastUsedAt' }
const temporaryCredentialFields: Fields = {
  ...credentialFields,
  oauth_callback: 'oauthCallback',
  oauth_verifier: 'oauthVerifier',
}
type Fields = Readonly<Record<string, string>>

/**
 * Our columns become the fields of the model, absent if null; the application's own keep their names. (Kysely's
 * CamelCasePlugin has already renamed ours.)
 */
function modelOf(row: Row, fields: Fields): Record<string, unknown> {
  const ours = new Set(Object.values(fields))
  const model: Record<string, unknown> = {}
  for (const [column, value] of Object.entries(row)) {
    const field = fields[column] ?? column
    if (value !== null || !ours.has(field)) model[field] = value
  }
  return model
}

export function clientOf(row: Row): Client {
  const { defaultRedirectUri, ...client } = clientOfTexts(modelOf(row, clientFields))
  return client as unknown as Client
}

export function temporaryCredentialOf(row: Row): TemporaryCredential {
  const model = modelOf(row, temporaryCredentialFields) as unknown as TemporaryCredential
  // PostgreSQL's driver reads 64-bit integers as text.
  return { ...model, expiresAt: Number(model.expiresAt) }
}

export function tokenCredentialOf(row: Row): TokenCredential {
  return withLife(modelOf(row, tokenCredentialFields)) as unknown as TokenCredential
}

/**
 * A client as a row of your clients table, to insert together with your own columns.
 *
 * @example
 * ```ts
 * await db.insertInto('oauth_client').values({ ...clientRow(client), name: 'Printer' }).execute()
 * ```
 */
export function clientRow(
  client: Client,
): Omit<OAuth1ClientColumns, 'default_redirect_uri'> & { default_redirect_uri: string } {
  const { clientId, clientSecret, defaultRedirectUri, rsaPublicKey, policy } = textsOfClient(client)
  return {
    client_id: clientId,
    client_secret: clientSecret,
    default_redirect_uri: defaultRedirectUri,
    ...(rsaPublicKey === undefined ? {} : { rsa_public_key: rsaPublicKey }),
    ...(policy === undefined ? {} : { policy }),
  }
}

/** The columns of a credential to write: only those with a value, because others may be missing from the table. */
export function credentialRow(credential: TokenCredential | TemporaryCredential): Row {
  const { oauthCallback, lastUsedAt } = credential as Partial<TemporaryCredential & TokenCredential>
  return withoutNull({
    client_id: credential.clientId,
    oauth_token: credential.oauthToken,
    oauth_token_secret: credential.oauthTokenSecret,
    oauth_callback: oauthCallback,
    expires_at: credential.expiresAt,
    last_used_at: lastUsedAt,
    user_id: userIdValue(credential.userId),
    scope: credential.scope,
  })
}

/**
 * A number as text: every database makes an integer of it where the column has them. SQLite's drivers bind a number as
 * floating-point, of which a text column makes '7.0'.
 */
export function userIdValue<T extends UserId | null | undefined>(userId: T): T | string {
  return typeof userId === 'number' ? String(userId) : userId
}

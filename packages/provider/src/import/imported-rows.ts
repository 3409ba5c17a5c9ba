import { clientRow } from 'countersign/kysely'
import { checkedOAuth2ClientId } from '../bridge/pairs.ts'
import { checkedCallbacks } from '../clients/client-callbacks.ts'
import { checkedKey, checkedRsaPublicKey } from '../clients/client-keys.ts'
import { policyIn } from '../clients/client-mode.ts'
import { checkedName } from '../clients/client-name.ts'
import { InputError } from '../input-error.ts'
import { nowSeconds } from '../random.ts'
import { scopeList } from '../settings/scopes.ts'
import type { ImportedClient, ImportedToken } from './import-record.ts'

/** A client, as stored. What the source does not mention is undefined. */
export interface ClientRow {
  readonly client_id: string
  readonly client_secret: string | undefined
  readonly default_redirect_uri: string | undefined
  readonly rsa_public_key: string | null | undefined
  readonly name: string | undefined
  readonly owner_id: number | null | undefined
  readonly policy: string | null
  readonly created_at: number
  readonly oauth2_client_id: string | undefined
}

/** A token, as stored. What the source does not mention is undefined. */
export interface TokenRow {
  readonly client_id: string
  readonly oauth_token: string
  readonly oauth_token_secret: string
  readonly user_id: number | null | undefined
  readonly scope: string | null | undefined
  readonly expires_at: number | null | undefined
  readonly created_at: number | undefined
}

/** @throws InputError when the client cannot be imported, with the reason. */
export function importedClientRow(client: ImportedClient, ownerId: number | undefined): ClientRow {
  if (client.key === '') throw new InputError('key', 'the key is missing')
  const clientId = checkedKey(client.key)
  const rsaPublicKey = checkedKeys(client)
  const callbacks = checkedCallbacks(client.callbacks ?? [])
  const { client_secret, default_redirect_uri } = clientRow({
    clientId,
    clientSecret: client.secret ?? '',
    callbacks,
  })
  return {
    client_id: clientId,
    client_secret: client.secret === undefined ? undefined : (client_secret ?? ''),
    default_redirect_uri: client.callbacks === undefined ? undefined : default_redirect_uri,
    rsa_public_key: client.rsaPublicKey === undefined ? undefined : (rsaPublicKey ?? null),
    name: client.name === undefined ? undefined : checkedName(client.name ?? nameOf(clientId)),
    owner_id: client.owner === undefined ? undefined : (ownerId ?? null),
    // Its partners are in production already.
    policy: policyIn('live'),
    created_at: client.createdAt ?? nowSeconds(),
    oauth2_client_id: checkedOAuth2ClientId(client.oauth2ClientId),
  }
}

/** A row that does not exist yet: what the source does not mention is empty. */
export function newClientRow(row: ClientRow) {
  const { client_secret = '', default_redirect_uri = '', rsa_public_key = null, owner_id = null } = row
  const name = row.name ?? checkedName(nameOf(row.client_id))
  return { ...row, client_secret, default_redirect_uri, rsa_public_key, name, owner_id }
}

function nameOf(clientId: string): string {
  return clientId.slice(0, 100)
}

/**
 * The RSA key of a client, if it has one; otherwise it must have a secret. @throws InputError when one of them is not
 * acceptable.
 */
export function checkedKeys(client: Pick<ImportedClient, 'rsaPublicKey' | 'secret'>): string | undefined {
  const rsaPublicKey = checkedRsaPublicKey(client.rsaPublicKey ?? '')
  const secret = client.secret ?? ''
  if (secret !== '' || rsaPublicKey === undefined) checkSecret(secret)
  return rsaPublicKey
}

/** @throws InputError when the token cannot be imported, with the reason. */
export function importedTokenRow(token: ImportedToken, userId: number | undefined): TokenRow {
  if (!/^[\x21-\x7e]{1,255}$/.test(token.token))
    throw new InputError('token', 'the token must be 1 to 255 printable ASCII characters without spaces')
  checkSecret(token.secret)
  return {
    client_id: token.client,
    oauth_token: token.token,
    oauth_token_secret: token.secret,
    user_id: token.user === undefined ? undefined : (userId ?? null),
    scope: token.scope === undefined ? undefined : scopeList(token.scope ?? '').join(' ') || null,
    expires_at: token.expiresAt,
    created_at: token.createdAt,
  }
}

/** A row that does not exist yet: what the source does not mention is empty. */
export function newTokenRow(row: TokenRow) {
  const { user_id = null, scope = null, expires_at = null, created_at = nowSeconds() } = row
  return { ...row, user_id, scope, expires_at, created_at }
}

/** More permissive than for new ones: secrets that work elsewhere work here. */
function checkSecret(secret: string): void {
  if (secret === '') throw new InputError('secret', 'the secret is missing')
  if (secret.length > 1000 || /[\p{Cc}\p{Cs}]/u.test(secret))
    throw new InputError('secret', 'the secret must be at most 1000 characters without control characters')
}

/** Whether a stored client or token is the imported one: fields missing from the source do not count. */
export function isSame(
  stored: Readonly<Record<string, unknown>>,
  row: object,
  fields: readonly string[],
): boolean {
  return fields.every((field) => {
    const [here, there] = [stored[field], (row as Record<string, unknown>)[field]]
    if (there === undefined) return true
    // Drivers read 64-bit numbers as text, and an empty text in old tables means none.
    return String(here ?? '') === String(there ?? '')
  })
}

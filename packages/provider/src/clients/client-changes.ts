import type { ClientPolicy } from 'countersign'
import type { Database, ProviderServer } from '../database/schema.ts'
import { InputError } from '../input-error.ts'
import { type Scopes, unknownScope } from '../settings/scopes.ts'
import { checkedCallbacks } from './client-callbacks.ts'
import { checkedRsaPublicKey, checkedSecret } from './client-keys.ts'
import { type ClientMode, modeOf, policyIn } from './client-mode.ts'
import { checkedName } from './client-name.ts'
import { checkedPolicy } from './client-policy.ts'

/** Changes to a client; the rest stays as it is. */
export interface ClientChanges {
  readonly name?: string | undefined
  /** All of them, in the place of the earlier ones. */
  readonly callbacks?: readonly string[] | undefined
  /** PEM or JWK text; empty for none. */
  readonly rsaPublicKey?: string | undefined
}

/**
 * Changes a client's name, callbacks or RSA key.
 *
 * @param ownerId - Only a client of this user.
 * @returns Whether there is such a client.
 * @throws InputError that names the field.
 */
export async function changeClient(
  db: Database,
  clientId: string,
  { name, callbacks, rsaPublicKey }: ClientChanges,
  ownerId?: number,
): Promise<boolean> {
  const changed = {
    ...(name !== undefined && { name: checkedName(name) }),
    ...(callbacks !== undefined && { default_redirect_uri: checkedCallbacks(callbacks).join(' ') }),
    ...(rsaPublicKey !== undefined && { rsa_public_key: checkedRsaPublicKey(rsaPublicKey) ?? null }),
  }
  return write(db, clientId, ownerId, () => changed)
}

/**
 * Gives a client another secret for the same key. The old one stops working at once.
 *
 * @param given - A secret that the client has from elsewhere; without it a new one is made.
 * @returns The secret; undefined where there is no such client.
 * @throws InputError when the secret cannot be taken.
 */
export async function replaceSecret(
  db: Database,
  clientId: string,
  { secret, ownerId }: { readonly secret?: string | undefined; readonly ownerId?: number | undefined } = {},
): Promise<string | undefined> {
  const client_secret = checkedSecret(secret)
  return (await write(db, clientId, ownerId, () => ({ client_secret }))) ? client_secret : undefined
}

/** Switches a client between development and live. Returns whether there is such a client. */
export async function setClientMode(
  db: Database,
  clientId: string,
  mode: ClientMode,
  ownerId?: number,
): Promise<boolean> {
  return write(db, clientId, ownerId, ({ policy }) => ({ policy: policyIn(mode, policy) }))
}

/**
 * Gives a client another policy. Its mode, which is the field `advice`, stays unless the policy names it.
 *
 * @returns Whether there is such a client.
 * @throws InputError when the policy cannot be used: a field that does not exist, a value of another kind, an unknown
 *   profile or scope.
 */
export async function setClientPolicy(
  services: {
    readonly db: Database
    readonly server: Pick<ProviderServer, 'policyOf'>
    readonly settings: { readonly scopes: Scopes }
  },
  clientId: string,
  policy: ClientPolicy,
): Promise<boolean> {
  const { db, server, settings } = services
  const { scopes } = checkedPolicy(server, policy)
  const unknown = scopes === 'any' ? undefined : unknownScope(scopes, settings.scopes)
  if (unknown !== undefined) {
    const known = Object.keys(settings.scopes).join(', ') || 'none'
    throw new InputError('policy', `The policy names the scope ${unknown}; there are ${known}.`)
  }
  const text = Object.keys(policy).length === 0 ? null : JSON.stringify(policy)
  return write(db, clientId, undefined, (row) => ({
    policy:
      policy.advice === undefined && modeOf(row.policy) === 'development'
        ? policyIn('development', text)
        : text,
  }))
}

interface Changeable {
  readonly name?: string
  readonly client_secret?: string
  readonly default_redirect_uri?: string
  readonly rsa_public_key?: string | null
  readonly policy?: string | null
}

async function write(
  db: Database,
  clientId: string,
  ownerId: number | undefined,
  changes: (row: { readonly policy?: string | null | undefined }) => Changeable,
): Promise<boolean> {
  const rows = db.selectFrom('oauth_client').select('policy').where('client_id', '=', clientId)
  const row = await (ownerId === undefined ? rows : rows.where('owner_id', '=', ownerId)).executeTakeFirst()
  if (row === undefined) return false
  const changed = changes(row)
  if (Object.keys(changed).length > 0)
    await db.updateTable('oauth_client').set(changed).where('client_id', '=', clientId).execute()
  return true
}

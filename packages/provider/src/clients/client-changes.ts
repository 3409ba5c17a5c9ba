import type { ClientPolicy } from 'countersign'
import type { Database, ProviderServer } from '../database/schema.ts'
import { sealOf } from '../database/seal.ts'
import { inputFault } from '../input-fault.ts'
import { nowSeconds } from '../random.ts'
import { type Scopes, unknownScope } from '../settings/scopes.ts'
import { checkedCallbacks } from './client-callbacks.ts'
import { checkedDescription, checkedHomepage } from './client-description.ts'
import { checkedRsaPublicKey, checkedSecret } from './client-keys.ts'
import { type ClientMode, modeOf, policyIn } from './client-mode.ts'
import { checkedName } from './client-name.ts'
import { checkedPolicy } from './client-policy.ts'

/** Changes to a client; the rest stays as it is. */
export interface ClientChanges {
  readonly name?: string | undefined
  /** The full list, which replaces the current one. */
  readonly callbacks?: readonly string[] | undefined
  /** PEM or JWK text; empty for none. */
  readonly rsaPublicKey?: string | undefined
  /** What the client is for; empty for no description. */
  readonly description?: string | undefined
  /** An http or https address; empty for none. */
  readonly homepage?: string | undefined
}

/**
 * Changes a client's name, callbacks, RSA key, description or homepage. If its owner changes anything that users see,
 * the verified mark ends.
 *
 * @param ownerId - The owner who changes it; only this user's client is changed.
 * @returns Whether there is such a client.
 * @throws InputError that names the field.
 */
export async function changeClient(
  db: Database,
  clientId: string,
  { name, callbacks, rsaPublicKey, description, homepage }: ClientChanges,
  ownerId?: number,
): Promise<boolean> {
  const changed = {
    ...(name !== undefined && { name: checkedName(name) }),
    ...(callbacks !== undefined && { default_redirect_uri: checkedCallbacks(callbacks).join(' ') }),
    ...(rsaPublicKey !== undefined && { rsa_public_key: checkedRsaPublicKey(rsaPublicKey) ?? null }),
    ...(description !== undefined && { description: checkedDescription(description) }),
    ...(homepage !== undefined && { homepage: checkedHomepage(homepage) }),
  }
  return write(db, clientId, ownerId, (row) => ({
    ...changed,
    ...(ownerId !== undefined && isSeen(row, changed) && { verified_at: null }),
  }))
}

/** Whether a change affects the consent page. */
function isSeen(row: Seen, changed: Partial<Seen>): boolean {
  return seen.some((column) => changed[column] !== undefined && changed[column] !== row[column])
}

const seen = ['name', 'description', 'homepage', 'default_redirect_uri'] as const

type Seen = { readonly [Column in (typeof seen)[number]]: string | null }

/**
 * Gives a client a new secret for the same key. The old one keeps working for `overlapSeconds`, by default not at all;
 * an even older one stops at once.
 *
 * @param given - A secret that the client already has; without it a new one is generated.
 * @returns The secret; undefined if there is no such client.
 * @throws InputError when the secret is not acceptable.
 */
export async function replaceSecret(
  db: Database,
  clientId: string,
  {
    secret,
    ownerId,
    overlapSeconds = 0,
    announce,
  }: {
    readonly secret?: string | undefined
    readonly ownerId?: number | undefined
    readonly overlapSeconds?: number | undefined
    /** Receives the secret before it is stored: after a crash in between, the old one still works. */
    readonly announce?: ((clientSecret: string) => Promise<void>) | undefined
  } = {},
): Promise<string | undefined> {
  const checked = checkedSecret(secret)
  const client_secret = sealOf(db).seal(checked, { kind: 'client', clientId })
  await announce?.(checked)
  const update = db
    .updateTable('oauth_client')
    // The old one stays sealed as it is. The order matters: MySQL reads what it has just written.
    .set(({ ref }) => ({
      previous_secret: overlapSeconds > 0 ? ref('client_secret') : null,
      previous_secret_until: overlapSeconds > 0 ? nowSeconds() + overlapSeconds : null,
      client_secret,
    }))
    .where('client_id', '=', clientId)
  const { numUpdatedRows } = await ofOwner(update, ownerId).executeTakeFirst()
  return numUpdatedRows === 1n ? checked : undefined
}

/** Ends the previous secret. Returns whether there was one. */
export async function endPreviousSecret(db: Database, clientId: string, ownerId?: number): Promise<boolean> {
  const update = db
    .updateTable('oauth_client')
    .set({ previous_secret: null, previous_secret_until: null })
    .where('client_id', '=', clientId)
    .where('previous_secret', 'is not', null)
  const { numUpdatedRows } = await ofOwner(update, ownerId).executeTakeFirst()
  return numUpdatedRows === 1n
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
 * Replaces a client's policy. Its mode, the field `advice`, stays unless the policy names it.
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
    const known = Object.keys(settings.scopes).join(', ')
    if (known === '') throw inputFault('policy', 'policyScopeNone', { scope: unknown })
    throw inputFault('policy', 'policyScope', { scope: unknown, known })
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
  readonly description?: string | null
  readonly homepage?: string | null
  readonly default_redirect_uri?: string
  readonly rsa_public_key?: string | null
  readonly policy?: string | null
  readonly verified_at?: null
}

/** Only this user's clients; without a user, all clients. */
function ofOwner<Q extends { where(column: 'owner_id', operator: '=', value: number): Q }>(
  update: Q,
  ownerId: number | undefined,
): Q {
  return ownerId === undefined ? update : update.where('owner_id', '=', ownerId)
}

/** Written only if what `changes` has read is still stored; otherwise it is read again and the change is retried. */
async function write(
  db: Database,
  clientId: string,
  ownerId: number | undefined,
  changes: (row: Seen & { readonly policy?: string | null | undefined }) => Changeable,
): Promise<boolean> {
  const columns = ['policy', ...seen] as const
  const rows = db.selectFrom('oauth_client').select(columns).where('client_id', '=', clientId)
  for (;;) {
    const row = await (ownerId === undefined ? rows : rows.where('owner_id', '=', ownerId)).executeTakeFirst()
    if (row === undefined) return false
    const changed = changes(row)
    if (Object.keys(changed).length === 0) return true
    let update = db.updateTable('oauth_client').set(changed).where('client_id', '=', clientId)
    for (const column of columns) {
      const before = row[column] ?? null
      update = update.where(column, before === null ? 'is' : '=', before)
    }
    const { numUpdatedRows } = await ofOwner(update, ownerId).executeTakeFirst()
    if (numUpdatedRows === 1n) return true
  }
}

import { aesGcmOpen, aesGcmSeal } from '../../crypto/aes-gcm.ts'
import { ConfigurationError, RecordError, StoreError } from '../../errors.ts'
import { type Keyring, keyring, type SealingOptions } from './keyring.ts'

/** The row of a secret. The sealed value opens nowhere else. */
export type SealedRow =
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'temporary' | 'token'; readonly clientId: string; readonly oauthToken: string }

/**
 * Seals a secret for its row: `sealed1.`, the key's id, a dot and base64url, which is a third longer than the secret
 * plus 46 characters.
 *
 * @throws ConfigurationError as `sealedHooks`.
 * @example
 * ```ts
 * insert({ clientId, clientSecret: sealSecret(secret, { kind: 'client', clientId }, { keys }) })
 * ```
 */
export function sealSecret(secret: string, row: SealedRow, options: SealingOptions): string {
  checkRow(row)
  return seal(keyring(options), secret, row)
}

/**
 * Opens a stored value; one that was never sealed is returned as it is, unless `requireSealed` is set.
 *
 * @throws StoreError when the value was changed, or belongs to another row; ConfigurationError when its key is not among `keys`.
 */
export function unsealSecret(stored: string, row: SealedRow, options: SealingOptions): string {
  checkRow(row)
  return open(keyring(options), stored, row)
}

/** A secret bound to a row without its identifiers would open nowhere. */
export function checkRow(row: SealedRow): void {
  const { kind, clientId, oauthToken } = row as {
    readonly [Name in keyof (SealedRow & { oauthToken: 0 })]?: unknown
  }
  const isToken = kind === 'temporary' || kind === 'token'
  if (typeof clientId === 'string' && (kind === 'client' || (isToken && typeof oauthToken === 'string')))
    return
  throw new ConfigurationError(
    "The row of a secret must be { kind: 'client', clientId }, or { kind: 'token' or 'temporary', clientId, oauthToken }.",
  )
}

/** The text to which a value is bound: unique for each row, so that a known secret cannot be moved into another row. */
function bindingOf(row: SealedRow): string {
  const { kind, clientId } = row
  return `${kind}:${clientId.length}:${clientId}${kind === 'client' ? '' : row.oauthToken}`
}

export function seal({ sealing }: Keyring, secret: string, row: SealedRow): string {
  return `sealed1.${sealing.id}.${aesGcmSeal(sealing.key, secret, bindingOf(row))}`
}

/** Whether the value is sealed with the key that seals now. */
export function isCurrent(keys: Keyring, stored: string): boolean {
  return partsOf(keys, stored)?.id === keys.sealing.id
}

/** The parts of a sealed value; undefined for a plain secret, even one that begins like a sealed value. */
export function partsOf(
  { byId }: Keyring,
  stored: string,
): { readonly id: string; readonly sealed: string } | undefined {
  const [, id, sealed] = /^sealed1\.([\w-]{1,16})\.(.*)$/s.exec(stored) ?? []
  if (id === undefined || sealed === undefined) return undefined
  return byId.has(id) || /^[\w-]{38,}$/.test(sealed) ? { id, sealed } : undefined
}

export function open(keys: Keyring, stored: string, row: SealedRow): string {
  const parts = partsOf(keys, stored)
  if (parts === undefined) {
    if (!keys.requireSealed) return stored
    throw new StoreError(`The ${nameOf(row)} is not sealed, and requireSealed is set. Seal it with reseal().`)
  }
  const { id, sealed } = parts
  const key = keys.byId.get(id)
  if (key === undefined) {
    throw new ConfigurationError(
      `The ${nameOf(row)} is sealed with the key "${id}", which is not among keys. Keep an old key until reseal() finds nothing of it.`,
    )
  }
  const secret = aesGcmOpen(key, sealed, bindingOf(row))
  if (secret === undefined) {
    throw new StoreError(
      `The ${nameOf(row)} does not open: it was changed, it belongs to another row, or ${id} is now another key.`,
    )
  }
  return secret
}

/** Like `open`, but blames this row for a failure, which the servers must not show to strangers. */
export function openRecord(keys: Keyring, stored: string, row: SealedRow): string {
  try {
    return open(keys, stored, row)
  } catch (error) {
    throw new RecordError(row.clientId, (error as Error).message, { cause: error })
  }
}

/** Opens a decoy, so that having nothing to open takes the same time. */
export function decoyOf(keys: Keyring): () => void {
  const row = { kind: 'client', clientId: '' } as const
  let sealed: string | undefined
  return () => {
    sealed ??= seal(keys, 'x'.repeat(48), row)
    open(keys, sealed, row)
  }
}

function nameOf({ kind, clientId }: SealedRow): string {
  return kind === 'client'
    ? `secret of the client ${clientId}`
    : `secret of a ${kind} credential of the client ${clientId}`
}

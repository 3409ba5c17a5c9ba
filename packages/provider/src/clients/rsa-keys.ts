import { createHash } from 'node:crypto'
import { importRsaPublicKey, type RsaPublicKeys, splitRsaPublicKeys } from 'countersign'
import type { Database } from '../database/schema.ts'
import { inputFault } from '../input-fault.ts'
import { checkedRsaPublicKey } from './client-keys.ts'

const maxKeys = 5

/** One RSA public key of a client, for people to compare. */
export interface RsaKeySummary {
  /** SHA-256 of its SubjectPublicKeyInfo in DER, in hex: `openssl pkey -pubin -outform der | sha256sum`. */
  readonly fingerprint: string
  readonly bits: number
}

interface RsaKey extends RsaKeySummary {
  /** SPKI PEM. */
  readonly text: string
}

/** The keys of a stored column, without unreadable parts, which the servers report. */
export function rsaKeysIn(stored: string | null): RsaKeySummary[] {
  return keysIn(stored).map(({ fingerprint, bits }) => ({ fingerprint, bits }))
}

/**
 * Adds the keys in a text to a client's keys: PEM blocks, a JWK or a JWK set. Existing keys are not added again.
 *
 * @returns Whether there is such a client.
 * @throws InputError when a key cannot be used, or there would be more than five.
 */
export async function addRsaKeys(
  db: Database,
  clientId: string,
  given: string,
  ownerId: number,
): Promise<boolean> {
  const added = splitGiven(given).map((text) => keyOf(checkedRsaPublicKey(text) as string))
  if (added.length === 0) throw inputFault('rsa_public_key', 'rsaKeyNone')
  return changeKeys(db, clientId, ownerId, (keys) => {
    const known = new Set(keys.map(({ fingerprint }) => fingerprint))
    const all = [...keys, ...added.filter(({ fingerprint }) => !known.has(fingerprint))]
    if (all.length > maxKeys) throw inputFault('rsa_public_key', 'rsaKeysMany', { max: maxKeys })
    return all
  })
}

/** Removes one key. Returns whether there is such a client. */
export function removeRsaKey(
  db: Database,
  clientId: string,
  fingerprint: string,
  ownerId: number,
): Promise<boolean> {
  return changeKeys(db, clientId, ownerId, (keys) => keys.filter((key) => key.fingerprint !== fingerprint))
}

/**
 * Written only if the keys have not changed in the meantime; otherwise they are read again and the change is retried.
 */
async function changeKeys(
  db: Database,
  clientId: string,
  ownerId: number,
  change: (keys: readonly RsaKey[]) => readonly RsaKey[],
): Promise<boolean> {
  for (;;) {
    const row = await db
      .selectFrom('oauth_client')
      .select('rsa_public_key')
      .where('client_id', '=', clientId)
      .where('owner_id', '=', ownerId)
      .executeTakeFirst()
    if (row === undefined) return false
    const before = row.rsa_public_key ?? null
    const keys = change(keysIn(before)).map(({ text }) => text)
    const after = keys.length === 0 ? null : keys.join('')
    if (after === before) return true
    const { numUpdatedRows } = await db
      .updateTable('oauth_client')
      .set({ rsa_public_key: after })
      .where('client_id', '=', clientId)
      .where('owner_id', '=', ownerId)
      .where('rsa_public_key', before === null ? 'is' : '=', before)
      .executeTakeFirst()
    if (numUpdatedRows === 1n) return true
  }
}

function keysIn(stored: string | null): RsaKey[] {
  if (!stored) return []
  return splitRsaPublicKeys(parsed(stored)).flatMap((key) => {
    try {
      return [keyOf(importRsaPublicKey(key).export({ type: 'spki', format: 'pem' }).toString())]
    } catch {
      return []
    }
  })
}

function keyOf(text: string): RsaKey {
  const key = importRsaPublicKey(text)
  const der = key.export({ type: 'spki', format: 'der' })
  return {
    text,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    bits: key.asymmetricKeyDetails?.modulusLength ?? 0,
  }
}

/** Each key as text, for the check that says what is wrong with it. */
function splitGiven(given: string): string[] {
  const text = given.trim()
  if (text === '') return []
  const keys = parsed(text)
  // Text that begins like a JWK but is not one is refused when keys are checked.
  if (keys === text && text.startsWith('{')) return [text]
  return splitRsaPublicKeys(keys).map((key) => (typeof key === 'string' ? key : jwkText(key)))
}

function jwkText(key: object): string {
  try {
    return JSON.stringify(key)
  } catch {
    // It is nested so deeply that serializing it would overflow the stack.
    throw inputFault('rsa_public_key', 'rsaKeyNone')
  }
}

function parsed(text: string): RsaPublicKeys {
  if (!text.trimStart().startsWith('{')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

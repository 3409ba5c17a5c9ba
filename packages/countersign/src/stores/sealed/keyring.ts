import { importAesKey } from '../../crypto/aes-gcm.ts'
import { ConfigurationError } from '../../errors.ts'
import {
  aFunction,
  anything,
  checkOptions,
  type Kind,
  type Kinds,
  trueOrFalse,
} from '../../server/option-kinds.ts'

/** A key that secrets are sealed with. */
export interface SealingKey {
  /**
   * Part of every value that this key sealed: 1 to 16 characters of `A-Z a-z 0-9 - _`. Never reuse one for another key.
   */
  readonly id: string
  /** 32 random bytes, or their base64 (`openssl rand -base64 32`). */
  readonly key: Uint8Array | string
}

/** Which keys seal and open, and how to treat values that were never sealed. */
export interface SealingOptions {
  /**
   * The first one seals, all of them open: to rotate, put the new one first and `reseal` the values that the others
   * sealed.
   */
  readonly keys: readonly SealingKey[]
  /** Refuse values that are not sealed, once the migration is done. Default false: they are accepted as they are. */
  readonly requireSealed?: boolean
}

type AesKey = ReturnType<typeof importAesKey>

export interface Keyring {
  readonly sealing: { readonly id: string; readonly key: AesKey }
  readonly byId: ReadonlyMap<string, AesKey>
  readonly requireSealed: boolean
}

export function keyring(options: SealingOptions): Keyring {
  checkOptions('sealing', options, sealingOptions)
  const { keys = [], requireSealed = false } = options
  for (const key of keys) checkOptions('a sealing key', key, keyOptions)
  const byId = new Map<string, AesKey>()
  for (const { id, key } of keys) {
    if (typeof id !== 'string' || !/^[\w-]{1,16}$/.test(id))
      throw new ConfigurationError(
        `The id of a sealing key must be 1 to 16 of A-Z a-z 0-9 - _; it is ${JSON.stringify(id)}.`,
      )
    if (byId.has(id)) throw new ConfigurationError(`Two sealing keys have the id ${id}.`)
    byId.set(id, importSealingKey(id, key))
  }
  const [sealing] = byId
  if (sealing === undefined)
    throw new ConfigurationError('keys names no sealing key: the first one seals, all of them open.')
  return { sealing: { id: sealing[0], key: sealing[1] }, byId, requireSealed }
}

function importSealingKey(id: string, key: Uint8Array | string | undefined): AesKey {
  const octets = typeof key === 'string' ? Buffer.from(key, 'base64') : key
  if (octets?.length === 32) return importAesKey(octets)
  throw new ConfigurationError(
    `The sealing key ${id} must be 32 octets or their base64 (openssl rand -base64 32); it has ${octets?.length ?? 'no'} octets.`,
  )
}

const sealingKeys: Kind = {
  must: "a list of keys, such as [{ id: '2026', key }]",
  holds: (value) => Array.isArray(value) && value.every((key) => typeof key === 'object' && key !== null),
}
const sealingOptions: Kinds<SealingOptions & { readonly replace?: unknown }> = {
  keys: sealingKeys,
  requireSealed: trueOrFalse,
  // Of sealedHooks; the others take the same object.
  replace: aFunction,
}
const keyOptions: Kinds<SealingKey> = {
  // Checked one by one below, with messages that reveal nothing of them.
  id: anything,
  key: anything,
}

import { hash } from 'node:crypto'
import {
  type SealedRow,
  type SealingOptions,
  sealedHooks,
  sealSecret,
  unsealSecret,
} from 'countersign/sealed'
import { Kysely, type KyselyConfig } from 'kysely'
import type { Database, ProviderHooks, Tables } from './schema.ts'

/** Seals secrets before they are stored and opens them after they are read, or stores them in plain text. */
export class Seal {
  /** Undefined if there are no keys. */
  readonly options: SealingOptions | undefined

  /** @param keys - Each 32 octets in base64: the first one seals, all of them open. */
  constructor(keys: readonly string[] = []) {
    this.options = keys.length === 0 ? undefined : { keys: keys.map((key) => ({ id: idOf(key), key })) }
  }

  /** The names of the keys, which are part of every sealed secret; the first key seals. */
  get ids(): readonly string[] {
    return this.options?.keys.map(({ id }) => id) ?? []
  }

  /** A secret as stored in its row; an absent secret stays absent. */
  seal(secret: string, row: SealedRow): string {
    return this.options === undefined || secret === '' ? secret : sealSecret(secret, row, this.options)
  }

  /** A stored secret, opened. */
  open(stored: string, row: SealedRow): string {
    return this.options === undefined ? stored : unsealSecret(stored, row, this.options)
  }

  /** The hooks of the store, which open secrets when they read and seal them when they write. */
  hooks(hooks: ProviderHooks): ProviderHooks {
    return this.options === undefined ? hooks : sealedHooks(hooks, this.options)
  }
}

/** Derived from the key itself, so that two keys never share a name. */
function idOf(key: string): string {
  return hash('sha256', Buffer.from(key, 'base64'), 'base64url').slice(0, 8)
}

/** A database that knows how its secrets are sealed. */
export class SealedDatabase extends Kysely<Tables> {
  readonly seal: Seal

  constructor(config: KyselyConfig, seal: Seal) {
    super(config)
    this.seal = seal
  }
}

const noSeal = new Seal()

/**
 * How the secrets of a database are sealed. Code that writes a secret asks the database, because its transactions do
 * not know.
 */
export function sealOf(db: Database): Seal {
  if (db.isTransaction) throw new TypeError('Secrets are sealed before the transaction begins.')
  return db instanceof SealedDatabase ? db.seal : noSeal
}

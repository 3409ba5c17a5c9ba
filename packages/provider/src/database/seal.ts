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

/** How secrets are sealed before they are stored, and opened after they are read; or that they are stored as they are. */
export class Seal {
  /** Undefined where there are no keys. */
  readonly options: SealingOptions | undefined

  /** @param keys - Each 32 octets in base64: the first one seals, all of them open. */
  constructor(keys: readonly string[] = []) {
    this.options = keys.length === 0 ? undefined : { keys: keys.map((key) => ({ id: idOf(key), key })) }
  }

  /** The names of the keys, which stand in what they sealed; the one that seals is the first. */
  get ids(): readonly string[] {
    return this.options?.keys.map(({ id }) => id) ?? []
  }

  /** A secret as it is stored in its row. No secret is none. */
  seal(secret: string, row: SealedRow): string {
    return this.options === undefined || secret === '' ? secret : sealSecret(secret, row, this.options)
  }

  /** A stored secret as it is used. */
  open(stored: string, row: SealedRow): string {
    return this.options === undefined ? stored : unsealSecret(stored, row, this.options)
  }

  /** The hooks of the store, with all that they read opened and all that they write sealed. */
  hooks(hooks: ProviderHooks): ProviderHooks {
    return this.options === undefined ? hooks : sealedHooks(hooks, this.options)
  }
}

/** Made from the key itself, so that no name ever stands for two keys. */
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

/** How the secrets of a database are sealed. Code that writes one asks the database itself: its transactions do not know. */
export function sealOf(db: Database): Seal {
  if (db.isTransaction) throw new TypeError('Secrets are sealed before the transaction begins.')
  return db instanceof SealedDatabase ? db.seal : noSeal
}

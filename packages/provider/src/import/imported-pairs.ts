import { countPaired, fullFault, maxPaired, pairedClient } from '../bridge/pairs.ts'
import type { Database } from '../database/schema.ts'
import type { ClientRow } from './imported-rows.ts'

/** Counts the clients paired with each OAuth 2 client, in the source and here. */
export class ImportedPairs {
  readonly #db: Database
  /** By OAuth 2 client: only the pairs that the source names are counted. */
  readonly #counts = new Map<string, number>()

  constructor(db: Database) {
    this.#db = db
  }

  /** @throws InputError when its OAuth 2 client would have too many clients. */
  async take({ client_id, oauth2_client_id: pair }: ClientRow): Promise<void> {
    if (pair === undefined || (await pairedClient(this.#db, client_id)) === pair) return
    const count = this.#counts.get(pair) ?? (await countPaired(this.#db, pair))
    if (count >= maxPaired) throw fullFault()
    this.#counts.set(pair, count + 1)
  }
}

import { createPasswordlessAccount, findAccount, isUserName, normalizeName } from '../accounts/accounts.ts'
import type { Database } from '../database/schema.ts'
import { InputError } from '../input-error.ts'
import type { ImportOptions } from './import-record.ts'

/** Ids that are cached: a source of any length takes no more memory. */
const maxRemembered = 10_000

/** Finds the accounts of a source's users, and creates missing ones on request. */
export class ImportedUsers {
  readonly #db: Database
  readonly #options: ImportOptions
  readonly #writes: boolean
  #ids = new Map<string, number | undefined>()
  /** How many were created, or would be. */
  created = 0

  constructor(db: Database, options: ImportOptions, writes: boolean) {
    this.#db = db
    this.#options = options
    this.#writes = writes
  }

  /**
   * The id of a user of the source; undefined for none, and for one that would be created.
   *
   * @throws InputError when there is no such user here.
   */
  async idOf(user: string | null | undefined): Promise<number | undefined> {
    if (user === undefined || user === null) return undefined
    const name = normalizeName(this.#options.userName?.(user) ?? user)
    if (this.#ids.has(name)) return this.#ids.get(name)
    const id = (await findAccount(this.#db, name))?.id ?? (await this.#made(name))
    if (this.#ids.size >= maxRemembered) this.#ids.clear()
    this.#ids.set(name, id)
    return id
  }

  async #made(name: string): Promise<number | undefined> {
    if (this.#options.createUsers !== true)
      throw new InputError(
        'user',
        `there is no user ${name}: add it, name another, or let missing users be added`,
      )
    if (!isUserName(name)) {
      throw new InputError(
        'user',
        `no account can be called ${JSON.stringify(name)}: name a user with 2 to 64 letters, digits and . _ - @ +`,
      )
    }
    this.created++
    if (!this.#writes) return undefined
    return (await createPasswordlessAccount(this.#db, name)).id
  }
}

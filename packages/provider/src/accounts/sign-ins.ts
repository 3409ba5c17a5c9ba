import type { Database } from '../database/schema.ts'
import { BoundedWork } from '../limits/bounded-work.ts'
import { authenticateAccount, normalizeName } from './accounts.ts'
import { type Attempt, SignInThrottle } from './sign-in-throttle.ts'

/** Half of the threads that Node has for such work: the others are for everything else. One network cannot take all. */
const passwordBounds = { atOnce: 2, waiting: 128, perKey: 64 }

/** What came of a name and a password: the user, a wrong one of the two, or so many seconds to wait. */
export type SignIn =
  | { readonly kind: 'user'; readonly id: number }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly seconds: number }

/** Checks names and passwords, wherever they come from, within one set of limits. */
export class SignIns {
  readonly #db: Database
  readonly #throttle = new SignInThrottle()
  readonly #work = new BoundedWork(passwordBounds)

  constructor(db: Database) {
    this.#db = db
  }

  /** @throws OverloadError when too many wait. */
  async check(attempt: Attempt, password: string): Promise<SignIn> {
    const name = normalizeName(attempt.name)
    const { waitSeconds, settle } = await this.#throttle.admit({ ...attempt, name })
    if (waitSeconds > 0) return { kind: 'wait', seconds: waitSeconds }
    let isRight: boolean | undefined
    const user = await this.#work
      .run(attempt.network, async () => {
        const found = await authenticateAccount(this.#db, name, password)
        isRight = found !== undefined
        return found
      })
      .finally(() => settle(isRight))
    return user === undefined ? { kind: 'wrong' } : { kind: 'user', id: user.id }
  }

  /** Other work with a password, such as making the hash of a new one. @throws OverloadError when too much waits. */
  run<R>(network: string | undefined, work: () => Promise<R>): Promise<R> {
    return this.#work.run(network, work)
  }
}

import type { Database } from '../database/schema.ts'
import { BoundedWork } from '../limits/bounded-work.ts'
import { OverloadError } from '../limits/overload-error.ts'
import type { ProviderListener } from '../telemetry/provider-event.ts'
import { authenticateAccount, normalizeName } from './accounts.ts'
import { type Attempt, SignInThrottle, type SignInThrottleOptions } from './sign-in-throttle.ts'

/** Half of Node's threads for such work; the rest remain for everything else. One network cannot take them all. */
const passwordBounds = { atOnce: 2, waiting: 128, perKey: 64 }

/** The result of a sign-in: the user, a suspended user, a wrong name or password, or a number of seconds to wait. */
export type SignIn =
  | { readonly kind: 'user'; readonly id: number; readonly passwordHash: string }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly seconds: number }

/** The limits, and the listeners for each outcome. */
export interface SignInOptions extends SignInThrottleOptions {
  readonly on?: ProviderListener
  /** Receives the refused name as typed, which may not exist. */
  readonly refused?: (name: string) => void
}

/** Checks names and passwords from every source, within one set of limits. */
export class SignIns {
  readonly #db: Database
  readonly #on: ProviderListener
  readonly #throttle: SignInThrottle
  readonly #work = new BoundedWork(passwordBounds)

  readonly #refused: (name: string) => void

  constructor(db: Database, { on = () => {}, refused = () => {}, ...limits }: SignInOptions = {}) {
    this.#refused = refused
    this.#db = db
    this.#on = on
    this.#throttle = new SignInThrottle(limits)
  }

  /** @throws OverloadError when too many wait. */
  async check(attempt: Attempt, password: string): Promise<SignIn> {
    const name = normalizeName(attempt.name)
    try {
      const outcome = await this.#check({ ...attempt, name }, password)
      if (outcome.kind !== 'user') this.#refused(name)
      if (outcome.kind === 'user') this.#on({ type: 'signed_in', userId: outcome.id })
      else this.#on({ type: 'sign_in_refused', reason: outcome.kind === 'wait' ? 'limited' : 'wrong' })
      return outcome
    } catch (error) {
      if (error instanceof OverloadError) this.#on({ type: 'sign_in_refused', reason: 'overloaded' })
      throw error
    }
  }

  async #check(attempt: Attempt, password: string): Promise<SignIn> {
    const { name } = attempt
    const { waitSeconds, settle } = await this.#throttle.admit(attempt)
    if (waitSeconds > 0) return { kind: 'wait', seconds: waitSeconds }
    let isRight: boolean | undefined
    const user = await this.#work
      .run(attempt.network, async () => {
        const found = await authenticateAccount(this.#db, name, password)
        isRight = found !== undefined
        return found
      })
      .finally(() => settle(isRight))
    if (user === undefined) return { kind: 'wrong' }
    // Only someone who knows the password learns this.
    if (user.isSuspended) return { kind: 'suspended' }
    return { kind: 'user', id: user.id, passwordHash: user.passwordHash }
  }

  /** Other work with a password, such as making the hash of a new one. @throws OverloadError when too much waits. */
  run<R>(network: string | undefined, work: () => Promise<R>): Promise<R> {
    return this.#work.run(network, work)
  }
}

import { setTimeout } from 'node:timers/promises'
import type { Context } from 'hono'
import { normalizeName } from '../database/accounts.ts'
import { Throttle } from '../throttle.ts'
import type { AddressOf } from './client-address.ts'

/** Ten wrong passwords for one name from one address, then a quarter of an hour's rest. */
const failureLimit = { limit: 10, windowSeconds: 900 }
/** Where addresses are not known, tries of a name are let through slowly after the first ten, and six may wait. */
const turns = { spacingSeconds: 5, longestSeconds: 30 }

/** A try to sign in that was counted. */
export interface Admission {
  /** Seconds that the try is refused for; 0 where it may go on. */
  readonly waitSeconds: number
  /** Takes the count back. */
  succeed(): void
}

/** Keeps passwords from being guessed. The answer may take its time, and then the try goes on. */
export function signInThrottle(addressOf: AddressOf): (c: Context, name: string) => Promise<Admission> {
  const failures = new Throttle(failureLimit)
  return async (c, name) => {
    const address = addressOf(c)
    const key = `${address ?? ''} ${normalizeName(name)}`
    const succeed = () => failures.forgive(key)
    const waitSeconds = address === undefined ? 0 : failures.waitSeconds(key)
    if (waitSeconds > 0) return { waitSeconds, succeed }
    failures.count(key)
    // Strangers and the user have one key then. To refuse would let any stranger lock the user out by ten tries.
    const turn = address === undefined ? failures.takeTurn(key, turns) : 0
    if (turn === undefined) return { waitSeconds: turns.longestSeconds, succeed }
    if (turn > 0) await setTimeout(turn * 1000, undefined, { ref: false })
    return { waitSeconds: 0, succeed }
  }
}

import { setTimeout } from 'node:timers/promises'
import { Failures } from '../limits/failures.ts'
import type { SharedLimits } from '../limits/shared-limits.ts'
import { SlowLane } from '../limits/slow-lane.ts'
import { Tries } from '../limits/tries.ts'

const windowSeconds = 900
/** Wrong passwords for one name from one network, or from one device that has signed in before. */
const pairLimit = { limit: 10, windowSeconds }
/** Wrong passwords for one name from all networks together. */
const nameLimit = { limit: 50, windowSeconds }
/** Beyond that, or if networks are not known, attempts on a name pass slowly, and six may wait. */
const lane = { spacingSeconds: 5, longestSeconds: 30 }
/** Who tries to sign in. */
export interface Attempt {
  readonly name: string
  /** Undefined if this process cannot know it. */
  readonly network: string | undefined
  /** Set if this user has signed in with this browser before. */
  readonly device: string | undefined
}

/** An attempt that may proceed, or has to wait. */
export interface Admission {
  /** For how many seconds the attempt is refused; 0 if it may proceed. */
  readonly waitSeconds: number
  /** To be called once with the outcome: undefined if the password was not checked. */
  settle(isRight: boolean | undefined): Promise<void>
}

/** The limits against password guessing. */
export interface SignInThrottleOptions {
  /**
   * Wrong passwords from one network for any name, against one password tried on many names. 0 for no limit. Default
   * 100.
   */
  readonly networkLimit?: number
  /** Counts shared by several processes. While they are unreachable, each process counts separately. */
  readonly shared?: SharedLimits | undefined
}

/** Prevents password guessing. An attempt counts only once it has failed; one under way can only delay others. */
export class SignInThrottle {
  readonly #pairs: Tries
  readonly #networks: Failures
  readonly #names: Failures
  readonly #lane = new SlowLane(lane)
  readonly #shared: SharedLimits | undefined

  constructor({ networkLimit = 100, shared }: SignInThrottleOptions = {}) {
    this.#pairs = new Tries('sign-in', pairLimit, shared)
    this.#networks = new Failures('sign-in network', { limit: networkLimit, windowSeconds }, shared)
    this.#names = new Failures('sign-in name', nameLimit, shared)
    this.#shared = shared
  }

  /** @throws OverloadError when too many wait. */
  async admit({ name, network, device }: Attempt): Promise<Admission> {
    // Strangers do not have this key, so they cannot use it up.
    const own = `device ${device} ${name}`
    const isKnown = device !== undefined && (await this.#pairs.left(own)) > 0
    const pair = isKnown ? own : `${network ?? ''} ${name}`
    const isTold = isKnown || network !== undefined

    const place = await this.#pairs.enter(pair)
    const refusal = async (waitSeconds: number): Promise<Admission> => {
      await place.settle(undefined)
      return { waitSeconds, settle: async () => {} }
    }

    const waitSeconds = Math.max(
      isTold ? place.waitSeconds : 0,
      isKnown || network === undefined ? 0 : await this.#networks.waitSeconds(network),
    )
    if (waitSeconds > 0) return refusal(waitSeconds)
    // Here strangers and the user share one key. Refusing would let any stranger lock the user out.
    const isSlow = !isKnown && (isTold ? (await this.#names.waitSeconds(name)) > 0 : place.waitSeconds > 0)
    if (isSlow) {
      const turn = await this.#turn(name)
      if (turn === undefined) return refusal(lane.longestSeconds)
      await setTimeout(turn * 1000, undefined, { ref: false })
    }
    return {
      waitSeconds: 0,
      settle: async (isRight) => {
        if (isRight === false) {
          if (!isKnown) await this.#names.fail(name)
          if (network !== undefined) await this.#networks.fail(network)
        }
        await place.settle(isRight)
      },
    }
  }

  /** Seconds until an attempt beyond the limits may proceed; undefined if too many wait. */
  async #turn(name: string): Promise<number | undefined> {
    try {
      if (this.#shared) return await this.#shared.turn(name, lane.spacingSeconds, lane.longestSeconds)
    } catch {
      // Use the turns of this process.
    }
    return this.#lane.take(name)
  }
}

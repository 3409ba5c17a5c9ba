import { setTimeout } from 'node:timers/promises'
import { Failures } from '../limits/failures.ts'
import type { SharedLimits } from '../limits/shared-limits.ts'
import { SlowLane } from '../limits/slow-lane.ts'
import { Tries } from '../limits/tries.ts'

const windowSeconds = 900
/** Wrong passwords for one name from one network, or from one device that signed in before. */
const pairLimit = { limit: 10, windowSeconds }
/** Wrong passwords for one name from all networks together. */
const nameLimit = { limit: 50, windowSeconds }
/** Beyond that, or where networks are not known, tries of a name go through slowly, and six may wait. */
const lane = { spacingSeconds: 5, longestSeconds: 30 }
/** Who tries to sign in. */
export interface Attempt {
  readonly name: string
  /** Undefined where this process cannot know it. */
  readonly network: string | undefined
  /** Where the browser signed this user in before. */
  readonly device: string | undefined
}

/** An attempt that goes on, or has to wait. */
export interface Admission {
  /** Seconds that the attempt is refused for; 0 where it goes on. */
  readonly waitSeconds: number
  /** To be called once with what came of it: undefined where the password was not looked at. */
  settle(isRight: boolean | undefined): Promise<void>
}

/** How passwords are kept from being guessed. */
export interface SignInThrottleOptions {
  /** Wrong passwords from one network, whatever the name: one password tried on many names. 0 for no limit. Default 100. */
  readonly networkLimit?: number
  /** Where several processes count together. While it is unreachable, each counts separately. */
  readonly shared?: SharedLimits | undefined
}

/**
 * Keeps passwords from being guessed. An attempt counts only once it has failed; one under way can only delay others.
 */
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
    // A stranger has no such key, and so cannot use it up.
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
    // Strangers and the user have one key then. To refuse would let any stranger lock the user out.
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

  /** Seconds until the turn of a try beyond the limits; undefined where too many wait. */
  async #turn(name: string): Promise<number | undefined> {
    try {
      if (this.#shared) return await this.#shared.turn(name, lane.spacingSeconds, lane.longestSeconds)
    } catch {
      // The turns that this process gives out hold.
    }
    return this.#lane.take(name)
  }
}

import { setTimeout } from 'node:timers/promises'
import { OverloadError } from '../limits/overload-error.ts'
import { SlowLane } from '../limits/slow-lane.ts'
import { Throttle } from '../limits/throttle.ts'

const windowSeconds = 900
/** Wrong passwords for one name from one network, or from one device that signed in before. */
const pairLimit = { limit: 10, windowSeconds }
/** Wrong passwords from one network, whatever the name: one password tried on many names. */
const networkLimit = { limit: 100, windowSeconds }
/** Wrong passwords for one name from all networks together. */
const nameLimit = { limit: 50, windowSeconds }
/** Beyond that, or where networks are not known, tries of a name go through slowly, and six may wait. */
const lane = { spacingSeconds: 5, longestSeconds: 30 }
/** Tries of one name from one network that wait for the outcome of those under way. */
const maxWaiting = 64

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
  settle(isRight: boolean | undefined): void
}

/** Keeps passwords from being guessed. Nothing is counted before it has failed; what is under way may only delay others. */
export class SignInThrottle {
  readonly #pairs = new Throttle(pairLimit)
  readonly #networks = new Throttle(networkLimit)
  readonly #names = new Throttle(nameLimit)
  readonly #lane = new SlowLane(lane)
  readonly #underWay = new Map<string, UnderWay>()

  /** @throws OverloadError when too many wait. */
  async admit({ name, network, device }: Attempt): Promise<Admission> {
    // A stranger has no such key, and so cannot use it up.
    const own = `device ${device} ${name}`
    const isKnown = device !== undefined && this.#pairs.left(own) > 0
    const pair = isKnown ? own : `${network ?? ''} ${name}`
    const isTold = isKnown || network !== undefined

    await this.#enter(pair)
    const leave = () => this.#leave(pair)
    const refusal = (waitSeconds: number): Admission => {
      leave()
      return { waitSeconds, settle: () => {} }
    }

    const waitSeconds = Math.max(
      isTold ? this.#pairs.waitSeconds(pair) : 0,
      isKnown || network === undefined ? 0 : this.#networks.waitSeconds(network),
    )
    if (waitSeconds > 0) return refusal(waitSeconds)
    // Strangers and the user have one key then. To refuse would let any stranger lock the user out.
    const isSlow = !isKnown && (isTold ? this.#names.left(name) === 0 : this.#pairs.left(pair) === 0)
    if (isSlow) {
      const turn = this.#lane.take(name)
      if (turn === undefined) return refusal(lane.longestSeconds)
      await setTimeout(turn * 1000, undefined, { ref: false })
    }
    return {
      waitSeconds: 0,
      settle: (isRight) => {
        if (isRight) this.#pairs.forgive(pair)
        if (isRight === false) {
          this.#pairs.fail(pair)
          if (!isKnown) this.#names.fail(name)
          if (network !== undefined) this.#networks.fail(network)
        }
        leave()
      },
    }
  }

  /** No more at once than may still fail: parallel guesses do not slip through, and parallel right ones all go on. */
  async #enter(pair: string): Promise<void> {
    for (;;) {
      // Looked up again after each wait: the last of those under way takes the entry with it.
      const entry = this.#underWay.get(pair) ?? { count: 0, waiting: [] }
      const left = this.#pairs.left(pair)
      if (left === 0 || entry.count < left) {
        entry.count++
        this.#underWay.set(pair, entry)
        return
      }
      if (entry.waiting.length >= maxWaiting)
        throw new OverloadError('Too many sign-in attempts for one name.', 2)
      await new Promise<void>((go) => entry.waiting.push(go))
    }
  }

  #leave(pair: string): void {
    const entry = this.#underWay.get(pair)
    if (entry === undefined) return
    entry.count--
    const waiting = entry.waiting.splice(0)
    if (entry.count === 0) this.#underWay.delete(pair)
    for (const go of waiting) go()
  }
}

interface UnderWay {
  count: number
  readonly waiting: (() => void)[]
}

import { percentEncode } from '../protocol/encoding.ts'
import type { TrialKey } from './keys.ts'
import { baseStringOf, type Deviation, normalizedOf, type Signing } from './signing.ts'
import type { Verifier } from './verifiers.ts'

/** The starting point of a search. */
export interface SearchSpace {
  readonly right: Signing
  readonly deviations: readonly Deviation[]
  readonly keys: readonly TrialKey[]
  readonly verifiers: readonly Verifier[]
  /** The signature is base64 and as long as an RSA key. */
  readonly looksLikeRsa: boolean
}

/** The way a request was signed. */
export interface Match {
  readonly deviations: readonly Deviation[]
  readonly key: TrialKey | undefined
  readonly verifier: Verifier
  readonly baseString: string
}

export interface SearchResult {
  readonly match: Match | undefined
  readonly trials: number
  /** Every trial was made. */
  readonly complete: boolean
}

/**
 * The cost limit of one diagnosis: signatures computed, and the work in characters; writing one costs as much as
 * hashing ten.
 */
export interface Budget {
  readonly maxTrials: number
  readonly maxWork: number
}

/** After this many trials, or this much work, a search lets others run. */
const trialsAtOnce = 250
const workAtOnce = 500_000

interface Candidate {
  readonly deviations: readonly Deviation[]
  readonly signing: Signing
  readonly baseString: string
}

/** One mistake, and which end of the base string it changes. */
interface Single extends Candidate {
  readonly deviation: Deviation
  /** Method and address alone. */
  readonly isHead: boolean
  /** The parameters alone. */
  readonly isTail: boolean
}

function singleOf(
  deviation: Deviation,
  { signing, baseString, deviations }: Candidate,
  right: Signing,
): Single {
  const isParted = signing.assemble === right.assemble
  const sameHead = signing.verb === right.verb && signing.address === right.address
  const sameTail =
    signing.parameters === right.parameters &&
    signing.compare === right.compare &&
    signing.join === right.join
  return {
    deviations,
    signing,
    baseString,
    deviation,
    isHead: isParted && sameTail,
    isTail: isParted && sameHead,
  }
}

/** Method and address of a three-part base string, with the & after them. */
function headOf(baseString: string): string {
  return baseString.slice(0, baseString.lastIndexOf('&') + 1)
}

function tailOf(baseString: string): string {
  return baseString.slice(baseString.lastIndexOf('&') + 1)
}

/**
 * Tries ways to sign a request until one produces the signature that was sent: those with the fewest mistakes first,
 * and at most two. It yields now and then, so that a caller can let others run.
 */
export function* search(space: SearchSpace, budget: Budget): Generator<undefined, SearchResult> {
  const trials = new Trials(space, budget)
  for (const stage of stages(space, trials)) {
    for (const match of stage) {
      if (match !== undefined || trials.isSpent) return trials.result(match)
      if (trials.isDue()) yield
    }
  }
  return trials.result(undefined)
}

/** The trials in order; each stage yields a match or nothing. */
function* stages(
  { right, deviations, keys }: SearchSpace,
  trials: Trials,
): Generator<Iterable<Match | undefined>> {
  const withMistakes = (mistakes: number) => keys.filter(({ codes }) => codes.length === mistakes)
  const [rightKeys, wrongKeys, worseKeys] = [withMistakes(0), withMistakes(1), withMistakes(2)]
  const plain = trials.candidate([], right) as Candidate
  yield [trials.attempt(plain, rightKeys, 0, true)]
  yield [trials.attempt(plain, rightKeys, 1, true)]
  yield trials.eachAttempt(plain, wrongKeys, 0)

  const singles: Single[] = []
  yield (function* () {
    for (const deviation of deviations) {
      const single = trials.candidate([deviation], deviation.change(right))
      if (single === undefined) continue
      singles.push(singleOf(deviation, single, right))
      yield trials.attempt(single, withSameMistake(deviation, rightKeys, wrongKeys), 0, true)
    }
  })()

  yield [trials.attempt(plain, rightKeys, 2, true)]
  yield trials.eachAttempt(plain, wrongKeys, 1)
  yield trials.eachAttempt(plain, worseKeys, 0)
  yield (function* () {
    for (const single of singles)
      yield trials.attempt(single, withSameMistake(single.deviation, rightKeys, wrongKeys), 1, true)
  })()
  // The most common forms of each mistake first: a long request leaves no time to try them all.
  const usualKeys = wrongKeys.filter(({ isUsual }) => isUsual)
  const usual = mostUsual(singles)
  for (const some of [usual, singles.filter((single) => !usual.includes(single))]) {
    yield (function* () {
      for (const single of some) yield* trials.eachAttempt(single, usualKeys, 0)
    })()
    yield pairs(some === usual ? usual : singles, right, rightKeys, trials)
  }
}

/** Two mistakes in the base string, made in this order. */
function* pairs(
  singles: readonly Single[],
  right: Signing,
  rightKeys: readonly TrialKey[],
  trials: Trials,
): Generator<Match | undefined> {
  if (!trials.isWorthPairs) return
  const head = headOf(baseStringOf(right))
  for (const [at, first] of singles.entries()) {
    for (const second of singles.slice(at + 1)) {
      if (first.deviation.code === second.deviation.code) continue
      // Do not check whether it was tried before: usually it was not.
      const both = [first.deviation, second.deviation]
      const pair = { deviations: both, signing: right, baseString: pairOf(first, second, head) }
      if (!first.isHead) trials.wrote(pair.baseString, right)
      yield trials.attempt(pair, rightKeys, 0, true)
    }
  }
}

/** The base string with two mistakes. Parts that neither touches are not rebuilt. */
function pairOf(first: Single, second: Single, rightHead: string): string {
  if (first.isHead && second.isTail) return headOf(first.baseString) + tailOf(second.baseString)
  const signing = second.deviation.change(first.signing)
  return first.isTail && second.isTail
    ? rightHead + percentEncode(normalizedOf(signing))
    : baseStringOf(signing)
}

/** The right keys, and those encoded with the same mistake as the parameters. */
function withSameMistake(
  { code }: Deviation,
  rightKeys: readonly TrialKey[],
  wrongKeys: readonly TrialKey[],
): readonly TrialKey[] {
  const same = wrongKeys.filter(({ codes }) => codes[0] === code)
  return same.length === 0 ? rightKeys : [...rightKeys, ...same]
}

/** The first two forms of each mistake. */
function mostUsual(singles: readonly Single[]): Single[] {
  const counts = new Map<string, number>()
  return singles.filter(({ deviation: { code } }) => {
    const count = counts.get(code) ?? 0
    counts.set(code, count + 1)
    return count < 2
  })
}

/** The trials made so far, and how many may follow. */
class Trials {
  readonly #verifiers: readonly Verifier[]
  readonly #budget: Budget
  readonly #seen = new Set<string>()
  #trials = 0
  #work = 0
  #yielded = 0
  #workYielded = 0

  constructor({ verifiers }: SearchSpace, budget: Budget) {
    this.#verifiers = verifiers
    this.#budget = budget
  }

  get isSpent(): boolean {
    return this.#trials >= this.#budget.maxTrials || this.#work >= this.#budget.maxWork
  }

  /** Two mistakes in the base string leave none for how the signature is computed from it. */
  get isWorthPairs(): boolean {
    return this.#verifiers.some(({ codes, usesBaseString }) => codes.length === 0 && usesBaseString)
  }

  /** Counts the cost of writing a base string, and of encoding, sorting and joining its parameters. */
  wrote(baseString: string, { parameters }: Signing): void {
    this.#work += 10 * baseString.length + 100 * parameters.length
  }

  /** True each time it is others' turn. */
  isDue(): boolean {
    if (this.#trials - this.#yielded < trialsAtOnce && this.#work - this.#workYielded < workAtOnce)
      return false
    this.#yielded = this.#trials
    this.#workYielded = this.#work
    return true
  }

  result(match: Match | undefined): SearchResult {
    return { match, trials: this.#trials, complete: match !== undefined || !this.isSpent }
  }

  /** The base string of this way of signing, unless it was tried before. */
  candidate(
    deviations: readonly Deviation[],
    signing: Signing,
    baseString: string = baseStringOf(signing),
  ): Candidate | undefined {
    this.wrote(baseString, signing)
    if (this.#seen.has(baseString)) return undefined
    this.#seen.add(baseString)
    return { deviations, signing, baseString }
  }

  /** Like `attempt`, one key at a time, so that others may run in between. */
  *eachAttempt(
    candidate: Candidate,
    keys: readonly TrialKey[],
    mistakes: number,
  ): Generator<Match | undefined> {
    for (const key of keys) yield this.attempt(candidate, [key], mistakes)
  }

  /**
   * Compares the signature with the ones that a base string and some keys give, in each way that amounts to this many mistakes.
   *
   * @param isKeyless - Also try ways that need no key.
   */
  attempt(
    { deviations, baseString }: Candidate,
    keys: readonly TrialKey[],
    mistakes: number,
    isKeyless = false,
  ): Match | undefined {
    for (const verifier of this.#verifiers) {
      if (verifier.codes.length !== mistakes || (!verifier.usesBaseString && deviations.length > 0)) continue
      for (const key of verifier.usesKey ? keys : isKeyless ? [undefined] : []) {
        if (this.isSpent) return undefined
        this.#trials++
        this.#work += baseString.length
        if (verifier.holds(baseString, key?.text ?? '')) return { deviations, key, verifier, baseString }
      }
    }
    return undefined
  }
}

import type { TrialKey } from './keys.ts'
import { baseStringOf, type Deviation, type Signing } from './signing.ts'
import type { Verifier } from './verifiers.ts'

/** What a search starts from. */
export interface SearchSpace {
  readonly right: Signing
  readonly deviations: readonly Deviation[]
  readonly keys: readonly TrialKey[]
  readonly verifiers: readonly Verifier[]
}

/** The way in which a request was signed. */
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

/** What one diagnosis may cost: signatures computed, and characters of base strings written. */
export interface Budget {
  readonly maxTrials: number
  readonly maxCharacters: number
}

/** After so many trials a search lets others run. */
const trialsAtOnce = 250

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

/** Where the parameters begin in a base string of three parts. */
function tailOf(baseString: string): number {
  return baseString.lastIndexOf('&') + 1
}

/**
 * Tries the ways to sign a request until one gives the signature that was sent: those with the fewest mistakes first, two
 * at most. It yields now and then, so that a caller can let others run.
 */
export function* search(
  { right, deviations, keys, verifiers }: SearchSpace,
  { maxTrials, maxCharacters }: Budget,
): Generator<undefined, SearchResult> {
  let trials = 0
  let characters = 0
  let yielded = 0
  const seen = new Set<string>()
  const rightKeys = keys.filter(({ code }) => code === undefined)
  const wrongKeys = keys.filter(({ code }) => code !== undefined)
  // Beside another mistake, only the most common forms of each.
  const usualKeys = wrongKeys.filter(({ isUsual }) => isUsual)
  const isSpent = () => trials >= maxTrials || characters >= maxCharacters
  const isDue = () => trials - yielded >= trialsAtOnce
  const result = (match: Match | undefined): SearchResult => ({ match, trials, complete: !isSpent() })

  /** What this way of signing makes, unless it was tried before. */
  const candidate = (
    list: readonly Deviation[],
    signing: Signing,
    baseString = baseStringOf(signing),
  ): Candidate | undefined => {
    characters += baseString.length
    if (seen.has(baseString)) return undefined
    seen.add(baseString)
    return { deviations: list, signing, baseString }
  }

  /** Compares what a base string and some keys make with the signature, in each way that is so many mistakes itself. */
  const attempt = (
    { deviations: list, baseString }: Candidate,
    someKeys: readonly TrialKey[],
    mistakes: number,
  ): Match | undefined => {
    for (const verifier of verifiers) {
      if (verifier.codes.length !== mistakes || (!verifier.usesBaseString && list.length > 0)) continue
      for (const key of verifier.usesKey ? someKeys : someKeys === rightKeys ? [undefined] : []) {
        trials++
        if (verifier.holds(baseString, key?.text ?? ''))
          return { deviations: list, key, verifier, baseString }
      }
    }
    return undefined
  }

  const plain = candidate([], right) as Candidate
  let match = attempt(plain, rightKeys, 0) ?? attempt(plain, rightKeys, 1) ?? attempt(plain, wrongKeys, 0)
  if (match !== undefined) return result(match)
  const singles: Single[] = []
  for (const deviation of deviations) {
    const single = isSpent() ? undefined : candidate([deviation], deviation.change(right))
    if (single === undefined) continue
    singles.push(singleOf(deviation, single, right))
    match = attempt(single, rightKeys, 0)
    if (match !== undefined) return result(match)
    if (isDue()) {
      yielded = trials
      yield
    }
  }

  match = attempt(plain, rightKeys, 2) ?? attempt(plain, wrongKeys, 1)
  if (match !== undefined) return result(match)
  for (const single of singles) {
    match = isSpent() ? undefined : (attempt(single, rightKeys, 1) ?? attempt(single, usualKeys, 0))
    if (match !== undefined) return result(match)
    if (isDue()) {
      yielded = trials
      yield
    }
  }
  // Two mistakes in the base string, of which the first is made first.
  if (!verifiers.some(({ codes, usesBaseString }) => codes.length === 0 && usesBaseString))
    return result(undefined)
  for (const [at, first] of singles.entries()) {
    for (const second of singles.slice(at + 1)) {
      if (isSpent()) return result(undefined)
      if (first.deviation.code === second.deviation.code) continue
      const both = [first.deviation, second.deviation]
      // Of method and address one, of the parameters the other: nothing has to be written anew.
      const pair =
        first.isHead && second.isTail
          ? candidate(
              both,
              first.signing,
              first.baseString.slice(0, tailOf(first.baseString)) +
                second.baseString.slice(tailOf(second.baseString)),
            )
          : candidate(both, second.deviation.change(first.signing))
      match = pair && attempt(pair, rightKeys, 0)
      if (match !== undefined) return result(match)
      if (isDue()) {
        yielded = trials
        yield
      }
    }
  }
  return result(undefined)
}

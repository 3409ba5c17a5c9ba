import type { OAuth1Error } from '../errors.ts'
import type { BaseStrings, Cause, Diagnosis } from '../protocol/diagnosis.ts'
import type { HttpRequest } from '../protocol/http.ts'
import { type CauseCode, causeOf } from './causes.ts'
import { namedHash } from './named-hash.ts'
import type { Match, SearchResult, SearchSpace } from './search.ts'
import { baseStringOf } from './signing.ts'

/** The result of a search, in words. */
export function explanation(
  space: SearchSpace,
  { match, trials, complete }: SearchResult,
  methodName: string,
  withBaseStrings: boolean,
): Diagnosis {
  const strings = withBaseStrings
    ? { baseStrings: baseStringsOf(space, match, namedHash(methodName)?.kind === 'rsa') }
    : {}
  if (match === undefined) {
    const { causes, ruledOut } = unexplained(space, methodName, complete)
    return { outcome: 'unexplained', causes, proven: false, ruledOut, trials, complete, ...strings }
  }
  const { deviations, key, verifier } = match
  // A mistake made both in the parameters and in the key counts once.
  const named = new Set<string>(deviations.map(({ code }) => code))
  const causes = [
    ...deviations.map(({ code, detail }) => causeOf(code as CauseCode, detail)),
    ...[...(key?.codes ?? []), ...verifier.codes]
      .filter((code) => !named.has(code))
      .map((code) => causeOf(code, code === 'wrong-hash' ? verifier.hashes : undefined)),
  ]
  return {
    outcome: causes.length === 0 ? 'valid' : 'explained',
    causes,
    proven: key === undefined ? verifier.isProof : key.isSecret,
    ruledOut: [],
    trials,
    complete,
    ...strings,
  }
}

const rsaKey = 'the private RSA key of the client'

function baseStringsOf({ right, keys }: SearchSpace, match: Match | undefined, isRsa: boolean): BaseStrings {
  const expected = baseStringOf(right)
  const signed = match?.baseString
  return {
    expected,
    signed,
    differsAt: signed === undefined ? undefined : firstDifference(expected, signed),
    expectedKey: isRsa ? rsaKey : (keys.find(({ codes }) => codes.length === 0)?.shape ?? 'unknown'),
    signedKey: match && (match.key?.shape ?? rsaKey),
  }
}

function firstDifference(a: string, b: string): number | undefined {
  if (a === b) return undefined
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

/** What a search that found nothing still rules out. */
function unexplained(
  { verifiers, keys, looksLikeRsa }: SearchSpace,
  methodName: string,
  complete: boolean,
): { readonly causes: readonly Cause[]; readonly ruledOut: readonly string[] } {
  const named = namedHash(methodName)
  const isTried = (usesKey: boolean) =>
    verifiers.some(
      ({ codes, usesBaseString, usesKey: keyed }) =>
        codes.length === 0 && usesBaseString && keyed === usesKey,
    )
  if (named?.kind === 'rsa') {
    if (!isTried(false))
      return looksLikeRsa
        ? { causes: [causeOf('another-key-pair')], ruledOut: [] }
        : {
            causes: [],
            ruledOut: [`The signature is not an ${methodName} signature: its length or form is different.`],
          }
    return {
      causes: [],
      ruledOut: [
        `The key and the hash are right: the signature opens with the registered public key and names ${methodName}.`,
        nothingKnown(complete),
        'What the client signed is not what arrived: the request was changed in transit, or its base string is wrong in an unknown way.',
      ],
    }
  }
  if (named?.kind === 'hmac') {
    return {
      causes: [],
      ruledOut: [
        isTried(true)
          ? `The signature has the length and form of an ${methodName} signature.`
          : `The signature is not an ${methodName} signature: its length or form is different.`,
        ...(keys.some(({ codes }) => codes.length === 0) ? [nothingKnown(complete)] : []),
        'Either the secrets of client and server differ, or the request was changed in transit.',
      ],
    }
  }
  return {
    causes: [],
    ruledOut: [
      'The signature is the stored secrets in no known spelling, so the secrets of client and server differ.',
    ],
  }
}

function nothingKnown(complete: boolean): string {
  return complete
    ? 'No known mistake, alone or together with another, gives this signature.'
    : 'No known mistake by itself gives this signature; not all pairs of mistakes were tried.'
}

/** A request that breaks the protocol: its own description says how. */
export function unreadable(http: HttpRequest, error: OAuth1Error): Diagnosis {
  const headers = http.headers['authorization']
  const cause =
    typeof headers === 'object' && headers.length > 1
      ? causeOf('two-authorization-headers')
      : { ...causeOf('malformed-request'), detail: error.description }
  return withoutTrial(cause)
}

/** A request without a signature. */
export function missing(http: HttpRequest): Diagnosis {
  const authorization = http.headers['authorization']
  const isOther = authorization !== undefined && !/^\s*oauth\b/i.test(String(authorization))
  return withoutTrial(causeOf(isOther ? 'other-authorization-scheme' : 'authorization-header-missing'))
}

function withoutTrial(cause: Cause): Diagnosis {
  return { outcome: 'unexplained', causes: [cause], proven: false, ruledOut: [], trials: 0, complete: true }
}

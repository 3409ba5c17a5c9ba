import { OAuth1Error, StoreError } from '../errors.ts'
import type { Diagnosis, DiagnosisSecrets } from '../protocol/diagnosis.ts'
import type { HttpRequest } from '../protocol/http.ts'
import { emit } from '../server/events.ts'
import { MinuteLimit } from '../server/minute-limit.ts'
import {
  aFunction,
  checkOptions,
  type Kinds,
  listOfTexts,
  trueOrFalse,
  wholeNumber,
} from '../server/option-kinds.ts'
import type { ResolvedOptions } from '../server/options.ts'
import { policyOf } from '../server/policy.ts'
import { asSigned, type Diagnose, type Refusal, reportRefusal } from '../server/refusal.ts'
import { type CauseCode, causeOf } from './causes.ts'
import { addressOfUrl, type DiagnosisOptions, diagnosisSteps } from './diagnose-signature.ts'
import { missing, unreadable } from './explanation.ts'
import { inTime } from './in-time.ts'
import { causeAfterProof, decoys, type FindToken, knownOf } from './known-causes.ts'

/** What `diagnoser` takes. */
export interface DiagnoserOptions extends Omit<DiagnosisOptions, 'content'> {
  /** How many refusals of one client to diagnose per minute. Default 30. */
  readonly perClientAndMinute?: number
  /** How many for all clients together. Default 300. */
  readonly perMinute?: number
  /** Finds a token of any client, so that another client's token can be told from an unknown one. */
  readonly findToken?: FindToken
  /** Keeps the runtime alive until a refusal is reported: on Workers, `waitUntil` of `cloudflare:workers`. */
  readonly waitUntil?: (work: Promise<void>) => void
}

const kinds: Kinds<DiagnoserOptions> = {
  perClientAndMinute: wholeNumber(0),
  perMinute: wholeNumber(0),
  findToken: aFunction,
  waitUntil: aFunction,
  otherTokenSecrets: listOfTexts,
  otherUrls: listOfTexts,
  baseStrings: trueOrFalse,
  maxTrials: wholeNumber(1),
}

/**
 * The option `diagnose` of a server: finds out why it refused a request, and tells the listener. It runs after the
 * response, which stays the same, after the same work, for every sender. Only under `advice`, for a client in
 * development, does it run before, so that the response can give the reason to a sender who proved a secret.
 *
 * The search runs in steps, between which other requests are served. Its rate is limited for each client and for all
 * together.
 *
 * @throws ConfigurationError when an option is unknown or not of its kind.
 * @example
 * ```ts
 * const protector = new ResourceProtector({ hooks, on: log, diagnose: diagnoser() })
 * ```
 */
export function diagnoser(options: DiagnoserOptions = {}): Diagnose {
  checkOptions('diagnoser', options, kinds)
  // Thrown now, because later no caller would see the exception.
  for (const url of options.otherUrls ?? []) addressOfUrl(url)
  const look = looker(options)
  let waiting = 0
  return (refusal) => {
    const { error, claim, http } = refusal
    const { on, storeTimeoutSeconds } = refusal.options
    if (!explained.has(error.code)) return reported(refusal)
    if (claim !== undefined && isAdvised(refusal))
      return look(refusal, contentOf(http, storeTimeoutSeconds), decoys(refusal.options)).then(
        (diagnosis) => {
          reportRefusal(refusal, diagnosis)
          return withAdvice(error, diagnosis)
        },
      )
    if (on === undefined || waiting >= mostWaiting) return reported(refusal)
    waiting++
    // Done whether or not the client exists: how the connection is read must not reveal it.
    const content = claim === undefined ? undefined : contentOf(http, storeTimeoutSeconds)
    const work = nextTurn().then(async () => {
      const diagnosis = await look(refusal, content, undefined)
      waiting--
      reportRefusal(refusal, diagnosis)
    })
    try {
      options.waitUntil?.(work)
    } catch {
      // Outside a request there is nothing to keep alive; the response is the same.
    }
    return error
  }
}

/** Refusals about which a diagnosis can say more than their description does. */
const explained = new Set<OAuth1Error['code']>([
  'invalid_signature',
  'invalid_nonce',
  'invalid_token',
  'invalid_client',
  'invalid_request',
  'missing_credentials',
])

/** In a flood, the rest is reported without a diagnosis. */
const mostWaiting = 100

/** Other requests, and the response to this one, come first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
}

function reported(refusal: Refusal): OAuth1Error {
  reportRefusal(refusal)
  return refusal.error
}

type Look = (
  refusal: Refusal,
  content: Promise<string | undefined> | undefined,
  ofStrangers: DiagnosisSecrets | undefined,
) => Promise<Diagnosis | undefined>

/** Diagnoses one refusal, within the limits. It never fails: a failed diagnosis counts as none. */
function looker(options: DiagnoserOptions): Look {
  const { perClientAndMinute = 30, perMinute = 300, findToken, waitUntil: _, ...rest } = options
  const limit = new MinuteLimit(perClientAndMinute, perMinute)
  const inTurn = oneAtATime()
  return async (refusal, content, ofStrangers) => {
    const { claim, proof, http, error } = refusal
    const { publicUrl } = refusal.options
    try {
      if (proof !== undefined) return untried('valid', causeAfterProof(refusal), true)
      // No client was looked up, so there are no secrets to try: the request itself shows what is wrong.
      if (claim === undefined)
        return error.code === 'missing_credentials' ? missing(http) : unreadable(http, error)
      const isUnknown = claim.found?.client === undefined
      if (isUnknown && ofStrangers === undefined) return untried('unexplained', 'unknown-client', false)
      if (!limit.take(claim.clientId)) return undefined
      const { cause, secrets, foreignSecret } = await knownOf(
        refusal,
        claim,
        findToken && guarded(findToken, refusal.options),
      )
      const signed = publicUrl === undefined ? http : asSigned(http, publicUrl)
      const more = { ...rest, content: await content }
      const known = isUnknown ? (ofStrangers ?? {}) : secrets
      const { diagnosis: found } = await inTurn(diagnosisSteps(signed, known, more))
      if (cause === 'unknown-token' || cause === 'token-of-another-client') {
        // The same work for every token that does not belong to this client.
        const tokenSecret = foreignSecret ?? ofStrangers?.tokenSecret
        if (found.outcome === 'unexplained' && tokenSecret !== undefined) {
          const options = { ...more, isTokenForeign: true }
          const second = await inTurn(diagnosisSteps(signed, { ...secrets, tokenSecret }, options))
          if (second.usesTokenSecret) return withCause(cause, second.diagnosis)
        }
        // Otherwise any client could find out whether a token belongs to another one.
        return withCause(found.proven ? 'unknown-token' : cause, found)
      }
      return withCause(cause, found)
    } catch {
      return undefined
    }
  }
}

/** Limited in time like the hooks, with failures reported the same way. */
function guarded(findToken: FindToken, { on, storeTimeoutSeconds }: ResolvedOptions): FindToken {
  return async (oauthToken) => {
    try {
      return await inTime(findToken(oauthToken), storeTimeoutSeconds)
    } catch (cause) {
      const error = new StoreError('findToken failed.', { cause })
      emit(on, { type: 'store_failed', hook: 'findToken', error })
      throw error
    }
  }
}

function withCause(cause: CauseCode | undefined, found: Diagnosis): Diagnosis {
  return cause === undefined ? found : { ...found, causes: [causeOf(cause), ...found.causes] }
}

function untried(outcome: Diagnosis['outcome'], cause: CauseCode | undefined, proven: boolean): Diagnosis {
  const causes = cause === undefined ? [] : [causeOf(cause)]
  return { outcome, causes, proven, ruledOut: [], trials: 0, complete: true }
}

/**
 * One search at a time: with many at once, each would take a step before other requests are served, and each would keep
 * the texts that it has tried.
 */
function oneAtATime(): <R>(steps: Generator<undefined, R>) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve()
  return (steps) => {
    const mine = last.then(() => inSteps(steps))
    last = mine.catch(() => undefined)
    return mine
  }
}

async function inSteps<R>(steps: Generator<undefined, R>): Promise<R> {
  for (;;) {
    const step = steps.next()
    // The next search also begins only after others have had their turn.
    await nextTurn()
    if (step.done) return step.value
  }
}

/** The server's policy applies to a client that does not exist. */
function isAdvised({ claim, options: { policy, profiles } }: Refusal): boolean {
  const own = claim?.found?.client?.policy
  if (!own) return policy.advice
  try {
    return policyOf(own, policy, profiles).advice
  } catch {
    // It has been reported as a fault.
    return policy.advice
  }
}

/** Gives the reason in the response, only to a sender who proved a secret of this client by signing with it. */
function withAdvice(error: OAuth1Error, diagnosis: Diagnosis | undefined): OAuth1Error {
  if (!diagnosis?.proven || diagnosis.causes.length === 0) return error
  const advice = diagnosis.causes.map(
    ({ summary, fix, detail }) => `${detail ? `${summary.slice(0, -1)} (${detail}).` : summary} ${fix}`,
  )
  return new OAuth1Error(error.code, error.description, {
    advice: advice.join(' '),
    problem: error.problem,
  })
}

/** A small body that is no form, as text: some clients sign it by mistake. Never rejects. */
async function contentOf(http: HttpRequest, seconds: number): Promise<string | undefined> {
  const length = String(http.headers['content-length'] ?? '')
  if (http.body !== undefined || !/^\d{1,5}$/.test(length) || Number(length) > maxContentLength)
    return undefined
  try {
    const octets = http.bytes?.()
    return octets && new TextDecoder().decode(await inTime(octets, seconds))
  } catch {
    return undefined
  }
}

const maxContentLength = 16_384

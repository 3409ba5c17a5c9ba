import type { Diagnose, Diagnosis, Refusal } from '../protocol/diagnosis.ts'
import {
  aFunction,
  checkOptions,
  type Kinds,
  listOfTexts,
  trueOrFalse,
  wholeNumber,
} from '../server/option-kinds.ts'
import { type CauseCode, causeOf, causes } from './causes.ts'
import { type DiagnosisOptions, diagnosisSteps } from './diagnose-signature.ts'
import { MinuteLimit } from './minute-limit.ts'

/** What `diagnoser` takes. */
export interface DiagnoserOptions extends Omit<DiagnosisOptions, 'content'> {
  /** How many refusals of one client are looked into in a minute. Default 30. */
  readonly perClientAndMinute?: number
  /** How many of all clients together. Default 300. */
  readonly perMinute?: number
  /** Finds a token whoever it was issued to, so that a token of another client can be told from an unknown one. */
  findToken?(
    oauthToken: string,
  ): Promise<{ readonly clientId: string; readonly oauthTokenSecret: string } | undefined>
}

/**
 * The option `diagnose` of a server: finds out why it refused a request. The work is done in steps between which other
 * requests are served, and is limited for each client and for all together.
 *
 * @throws ConfigurationError when an option is unknown or not of its kind.
 * @example
 * ```ts
 * const protector = new ResourceProtector({ hooks, on: log, diagnose: diagnoser() })
 * ```
 */
export function diagnoser(options: DiagnoserOptions = {}): Diagnose {
  const { perClientAndMinute = 30, perMinute = 300, findToken, ...rest } = options
  checkOptions('diagnoser', options, diagnoserKinds)
  const limit = new MinuteLimit(perClientAndMinute, perMinute)
  return async (refusal) => {
    const { isProven, clientId, known } = refusal
    if (isProven) return proven(known)
    if (known === 'unknown-client' && refusal.secrets.clientSecret === undefined) return untried(known)
    if (clientId !== undefined && !limit.take(clientId)) return undefined
    const { request, content } = refusal
    const { secrets, known: better } = await withTokenOfAnother(refusal, findToken)
    return withKnown(await inSteps(diagnosisSteps(request, secrets, { ...rest, content })), better)
  }
}

const diagnoserKinds: Kinds<DiagnoserOptions> = {
  perClientAndMinute: wholeNumber(0),
  perMinute: wholeNumber(0),
  findToken: aFunction,
  otherTokenSecrets: listOfTexts,
  otherUrls: listOfTexts,
  baseStrings: trueOrFalse,
  maxTrials: wholeNumber(1),
}

function proven(known: string | undefined): Diagnosis {
  const found = known !== undefined && isCause(known) ? [causeOf(known)] : []
  return { outcome: 'valid', causes: found, proven: true, ruledOut: [], trials: 0, complete: true }
}

function untried(known: CauseCode): Diagnosis {
  const ruledOut: string[] = []
  return {
    outcome: 'unexplained',
    causes: [causeOf(known)],
    proven: false,
    ruledOut,
    trials: 0,
    complete: true,
  }
}

/** What the server knew beside what the search found. A cause of the signature alone may be told; the rest needs proof. */
function withKnown(found: Diagnosis, known: string | undefined): Diagnosis {
  if (known === undefined || !isCause(known)) return found
  return { ...found, causes: [causeOf(known), ...found.causes] }
}

function isCause(code: string): code is CauseCode {
  return Object.hasOwn(causes, code)
}

/** Of a token that was issued to another client, its secret: both together prove that the sender holds it. */
async function withTokenOfAnother(
  refusal: Refusal,
  findToken: DiagnoserOptions['findToken'],
): Promise<Pick<Refusal, 'secrets' | 'known'>> {
  const { known, secrets, clientId, oauthToken } = refusal
  if (known !== 'unknown-token' || findToken === undefined || oauthToken === undefined) return refusal
  const token = await findToken(oauthToken)
  if (token === undefined || token.clientId === clientId) return refusal
  return { secrets: { ...secrets, tokenSecret: token.oauthTokenSecret }, known: 'token-of-another-client' }
}

async function inSteps(steps: Generator<undefined, Diagnosis>): Promise<Diagnosis> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await new Promise<void>((resolve) => later(resolve))
  }
}

const later: (task: () => void) => void = globalThis.setImmediate ?? ((task) => setTimeout(task, 0))

import { ConfigurationError, OAuth1Error } from '../errors.ts'
import { splitUrl } from '../protocol/base-string.ts'
import type { Diagnosis, DiagnosisSecrets } from '../protocol/diagnosis.ts'
import type { HttpRequest } from '../protocol/http.ts'
import { OAuth1Request } from '../protocol/request.ts'
import { maxOtherSecrets } from '../server/other-keys.ts'
import { addressDeviations } from './address.ts'
import { encodingDeviations } from './encoding.ts'
import { explanation, missing, unreadable } from './explanation.ts'
import { trialKeys } from './keys.ts'
import { membershipDeviations, unsignedDeviations } from './membership.ts'
import { orderDeviations } from './order.ts'
import { repetitionDeviations } from './repetition.ts'
import { addressOf, type RequestReading, readRequest } from './request-reading.ts'
import { type Budget, type SearchSpace, search } from './search.ts'
import { looksLikeRsa } from './signature-forms.ts'
import type { SignedAddress } from './signing.ts'
import { verbDeviations } from './verb.ts'
import { verifiersOf } from './verifiers.ts'

/** Further facts for a diagnosis, besides the request and its secrets. */
export interface DiagnosisOptions {
  /** A body that is not a form, as text: some clients sign it by mistake. */
  readonly content?: string | undefined
  /** Secrets of other tokens that the client had, such as the secret of the temporary credential. */
  readonly otherTokenSecrets?: readonly string[]
  /** Addresses that redirect here, or former addresses of the server: absolute URLs. */
  readonly otherUrls?: readonly string[]
  /** Also return the base strings, which contain every parameter of the request. Default false. */
  readonly baseStrings?: boolean
  /** The most signatures to compute. Default 4000. */
  readonly maxTrials?: number
}

/**
 * Finds out why the signature of a request does not match: tries known client mistakes, alone and in pairs, until one
 * produces the signature that was sent (§3.4). The work is bounded; a typical request takes a few milliseconds.
 *
 * The result contains no secret, but anyone can cause one: let `proven` decide whom you tell. On a server, pass
 * `diagnoser()` as the option `diagnose` instead.
 *
 * @throws ConfigurationError for an RSA key that cannot be read, or an entry of `otherUrls` that is not a URL.
 * @example
 * ```ts
 * const { outcome, causes } = diagnoseSignature(request, { clientSecret, tokenSecret })
 * // 'explained', [{ code: 'sorted-before-encoding', summary: 'The client sorted …', fix: 'Percent-encode …' }]
 * ```
 */
export function diagnoseSignature(
  request: HttpRequest,
  secrets: DiagnosisSecrets,
  options: DiagnosisOptions = {},
): Diagnosis {
  const steps = diagnosisSteps(request, secrets, options)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value.diagnosis
  }
}

/** Facts that a server knows besides the request and its secrets. */
export interface StepOptions extends DiagnosisOptions {
  /** The token belongs to another client, so its secret proves nothing about this one. */
  readonly isTokenForeign?: boolean | undefined
}

/** A diagnosis, and what its match proves besides. */
export interface SteppedDiagnosis {
  readonly diagnosis: Diagnosis
  /** The sender holds the secret of the token. */
  readonly usesTokenSecret: boolean
}

/** Like `diagnoseSignature`, in short steps. */
export function* diagnosisSteps(
  http: HttpRequest,
  secrets: DiagnosisSecrets,
  options: StepOptions = {},
): Generator<undefined, SteppedDiagnosis> {
  let request: RequestReading
  try {
    OAuth1Request.parse(http)
    request = readRequest(http, options.content)
  } catch (error) {
    if (error instanceof OAuth1Error) return { diagnosis: unreadable(http, error), usesTokenSecret: false }
    throw error
  }
  const { signature, methodName } = request
  if (signature === undefined || methodName === undefined)
    return { diagnosis: missing(http), usesTokenSecret: false }
  let first: SteppedDiagnosis | undefined
  let trials = 0
  for (const clientSecret of clientSecrets(secrets)) {
    const space = searchSpace(request, methodName, signature, { ...secrets, clientSecret }, options)
    const found = yield* search(space, budget(options))
    trials += found.trials
    const stepped = {
      diagnosis: explanation(space, { ...found, trials }, methodName, options.baseStrings === true),
      usesTokenSecret: found.match?.key?.isOfToken === true,
    }
    if (found.match !== undefined) return stepped
    first ??= stepped
  }
  const { diagnosis, usesTokenSecret } = first as SteppedDiagnosis
  return { diagnosis: { ...diagnosis, trials }, usesTokenSecret }
}

/** The first secret, empty if there is none, and the others. */
function clientSecrets({
  clientSecret,
  otherClientSecrets = [],
}: DiagnosisSecrets): readonly (string | undefined)[] {
  return [clientSecret, ...otherClientSecrets.slice(0, maxOtherSecrets)]
}

function searchSpace(
  request: RequestReading,
  methodName: string,
  signature: string,
  secrets: DiagnosisSecrets,
  { otherTokenSecrets = [], otherUrls = [], isTokenForeign = false }: StepOptions,
): SearchSpace {
  const { right } = request
  const identifiers = {
    clientId: request.parameter('oauth_consumer_key'),
    oauthToken: request.parameter('oauth_token'),
    values: new Set(right.parameters.map(({ value }) => value)),
  }
  return {
    right,
    // In the order in which a client does these things.
    deviations: [
      ...verbDeviations(request),
      ...addressDeviations(request, otherUrls.map(addressOfUrl)),
      ...membershipDeviations(request),
      ...repetitionDeviations(right.parameters),
      ...encodingDeviations(right.parameters),
      ...orderDeviations(right.parameters),
      ...unsignedDeviations(right.parameters),
    ],
    keys: trialKeys(secrets, otherTokenSecrets, methodName, identifiers, isTokenForeign),
    verifiers: verifiersOf(methodName, signature, secrets),
    looksLikeRsa: looksLikeRsa(signature),
  }
}

/** @throws ConfigurationError for anything other than an absolute URL. */
export function addressOfUrl(url: string): SignedAddress {
  try {
    return addressOf(splitUrl(url).baseUri)
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    throw new ConfigurationError(`otherUrls holds ${url}, which is no absolute http or https URL.`)
  }
}

function budget({ maxTrials = 4_000 }: DiagnosisOptions): Budget {
  return { maxTrials, maxWork: 12_000_000 }
}

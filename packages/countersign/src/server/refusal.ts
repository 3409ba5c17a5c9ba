import type { OAuth1Error } from '../errors.ts'
import type { Diagnosis } from '../protocol/diagnosis.ts'
import type { HttpRequest } from '../protocol/http.ts'
import type { Claim, Proof } from './authenticate.ts'
import { type EndpointName, emit } from './events.ts'
import type { Hooks } from './hooks.ts'
import type { Client, TemporaryCredential } from './models.ts'
import type { ResolvedOptions } from './options.ts'
import type { Secretive } from './signature-check.ts'

/** How far a request came before it was refused. */
export interface Attempt {
  readonly endpoint: EndpointName
  readonly http: HttpRequest
  claim?: Claim | undefined
  proof?:
    | Proof<Client, Secretive & Partial<Pick<TemporaryCredential, 'oauthVerifier' | 'oauthCallback'>>>
    | undefined
  readonly hooks: Partial<Hooks>
}

/** A refused request, and everything known about it, including secrets. */
export interface Refusal extends Attempt {
  readonly error: OAuth1Error
  readonly options: ResolvedOptions
}

/**
 * Finds out why a request was refused, tells the listener, and returns the error to respond with. `diagnoser()` of
 * `countersign/diagnose` makes one.
 */
export type Diagnose = (refusal: Refusal) => OAuth1Error | Promise<OAuth1Error>

/** Reports a refusal to the listener. @returns The error to respond with. */
export function refuse(
  error: OAuth1Error,
  attempt: Attempt,
  options: ResolvedOptions,
): OAuth1Error | Promise<OAuth1Error> {
  const refusal = { ...attempt, error, options }
  if (options.diagnose !== undefined) return options.diagnose(refusal)
  reportRefusal(refusal)
  return error
}

/** The client is named only if it proved its secret. */
export function reportRefusal(refusal: Refusal, diagnosis?: Diagnosis): void {
  const { endpoint, claim, proof, error, options } = refusal
  const clientId = claim?.found?.client?.clientId
  const isProven = proof !== undefined || diagnosis?.proven === true
  emit(options.on, {
    type: 'refused',
    endpoint,
    code: error.code,
    description: error.description,
    ...(claim && { signatureMethod: claim.methodName, place: claim.request.place }),
    ...(clientId !== undefined && isProven && { clientId }),
    ...(diagnosis && { diagnosis, ...(!isProven && { claimedClientId: clientId }) }),
  })
}

/** The request with the public origin in place of the one that the framework saw. */
export function asSigned(http: HttpRequest, publicUrl: (url: string) => string): HttpRequest {
  return { ...http, url: publicUrl(http.url) }
}

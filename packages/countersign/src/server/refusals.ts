import { OAuth1Error } from '../errors.ts'
import type { Diagnosis, DiagnosisSecrets } from '../protocol/diagnosis.ts'
import type { HttpRequest } from '../protocol/http.ts'
import type { Claim, Proof } from './authenticate.ts'
import { dummySecret } from './dummy-credential.ts'
import type { Elsewhere } from './elsewhere.ts'
import { type EndpointName, emit } from './events.ts'
import type { Found } from './lookup.ts'
import type { Client } from './models.ts'
import type { ResolvedOptions } from './options.ts'
import { policyOf } from './policy.ts'
import type { Secretive } from './signature-check.ts'

/** How far a request came before it was refused. */
export interface Attempt {
  readonly endpoint: EndpointName
  readonly http: HttpRequest
  readonly claim?: Claim | undefined
  readonly found?: Found<Client, Secretive> | undefined
  readonly proof?: Proof<Client, unknown> | undefined
  /** The code of a cause that the endpoint knows of, once the signature held. */
  readonly known?: string | undefined
  /** Looks for an unknown token where it does not belong. */
  readonly findElsewhere?: (() => Promise<Elsewhere | undefined>) | undefined
}

/**
 * Tells the listener of a refusal, and why. This is done after the answer, which is the same, after the same work, for
 * whoever asked. Under advice alone, for a client in development, it is done before, so that the answer can say why.
 *
 * @returns The error to answer with.
 */
export async function refuse(
  error: OAuth1Error,
  attempt: Attempt,
  options: ResolvedOptions,
): Promise<OAuth1Error> {
  const { claim, found, http } = attempt
  if (options.diagnose === undefined || !explained.has(error.code)) {
    report(error, attempt, undefined, options)
    return error
  }
  if (claim !== undefined && advises(found?.client, options)) {
    const diagnosis = await explain(error, attempt, contentOf(http), options, decoys())
    report(error, attempt, diagnosis, options)
    return withAdvice(error, diagnosis)
  }
  if (options.on === undefined) return error
  if (waiting >= mostWaiting) {
    report(error, attempt, undefined, options)
    return error
  }
  waiting++
  const content = contentOf(http)
  afterwards(async () => {
    const diagnosis = await explain(error, attempt, content, options, {})
    waiting--
    report(error, attempt, diagnosis, options)
  })
  return error
}

/** Refusals of which a diagnosis can say more than their description does. */
const explained = new Set<OAuth1Error['code']>([
  'invalid_signature',
  'invalid_nonce',
  'invalid_token',
  'invalid_client',
  'invalid_request',
  'missing_credentials',
])

/** Diagnoses that are under way: of a flood, the rest is reported without one. */
let waiting = 0
const mostWaiting = 100

const afterwards: (task: () => void) => void = globalThis.setImmediate ?? ((task) => setTimeout(task, 0))

/** Never throws: a diagnosis that fails is none. */
async function explain(
  error: OAuth1Error,
  attempt: Attempt,
  content: Promise<string | undefined> | undefined,
  options: ResolvedOptions,
  ofStrangers: DiagnosisSecrets,
): Promise<Diagnosis | undefined> {
  const { claim, found, proof, findElsewhere, http } = attempt
  try {
    const isTokenMissing = claim?.request.oauthToken !== undefined && found?.token === undefined
    const elsewhere = isTokenMissing && found?.client ? await findElsewhere?.() : undefined
    return await options.diagnose?.({
      request: asSigned(http, options),
      content: await content,
      clientId: claim?.clientId,
      oauthToken: claim?.request.oauthToken,
      secrets: found?.client === undefined ? ofStrangers : secretsOf(found.client, found.token, elsewhere),
      known: proof ? attempt.known : (elsewhere?.code ?? knownCause(error, attempt, isTokenMissing)),
      isProven: proof !== undefined,
    })
  } catch {
    return undefined
  }
}

/** What is wrong whatever the signature. */
function knownCause(
  { code }: OAuth1Error,
  { claim, found }: Attempt,
  isTokenMissing: boolean,
): string | undefined {
  if (claim === undefined) return undefined
  if (found?.client === undefined) return 'unknown-client'
  if (isTokenMissing) return 'unknown-token'
  return code === 'invalid_nonce' ? 'wrong-clock' : undefined
}

function secretsOf(
  client: Client,
  token: Secretive | undefined,
  elsewhere: Elsewhere | undefined,
): DiagnosisSecrets {
  return {
    clientSecret: client.clientSecret ?? undefined,
    tokenSecret: elsewhere?.tokenSecret ?? token?.oauthTokenSecret,
    publicKey: client.rsaPublicKey ?? undefined,
  }
}

/** Secrets that no client has. */
function decoys(): DiagnosisSecrets {
  return { clientSecret: dummySecret(), tokenSecret: dummySecret() }
}

function advises(client: Client | undefined, { policy, profiles }: ResolvedOptions): boolean {
  if (!client?.policy) return policy.advice
  try {
    return policyOf(client.policy, policy, profiles).advice
  } catch {
    // Reported as a fault before.
    return policy.advice
  }
}

/** Why, in the answer: only to a sender who proved a secret of this client, by a signature made with it. */
function withAdvice(error: OAuth1Error, diagnosis: Diagnosis | undefined): OAuth1Error {
  if (!diagnosis?.proven || diagnosis.causes.length === 0) return error
  const advice = diagnosis.causes.map(
    ({ summary, fix, detail }) => `${summary}${detail ? ` (${detail})` : ''} ${fix}`,
  )
  return new OAuth1Error(error.code, error.description, advice.join(' '))
}

/** A small body that is no form, as text: some clients sign it by mistake. Never rejects. */
function contentOf(http: HttpRequest): Promise<string | undefined> | undefined {
  const length = String(http.headers['content-length'] ?? '')
  if (
    http.body !== undefined ||
    http.bytes === undefined ||
    !/^\d{1,5}$/.test(length) ||
    Number(length) > maxContentLength
  )
    return undefined
  // A method of its request, which it reads.
  return http.bytes().then(
    (octets) => new TextDecoder().decode(octets),
    () => undefined,
  )
}

const maxContentLength = 16_384

function report(
  { code, description }: OAuth1Error,
  { endpoint, claim, found, proof }: Attempt,
  diagnosis: Diagnosis | undefined,
  { on }: ResolvedOptions,
): void {
  const clientId = found?.client?.clientId
  const isProven = proof !== undefined || diagnosis?.proven === true
  emit(on, {
    type: 'refused',
    endpoint,
    code,
    description,
    ...(claim && { signatureMethod: claim.methodName, place: claim.request.place }),
    ...(clientId !== undefined && isProven && { clientId }),
    ...(diagnosis && { diagnosis, ...(!isProven && { claimedClientId: clientId }) }),
  })
}

/** With the public origin in the place of the one that the framework saw. */
export function asSigned(http: HttpRequest, { publicUrl }: Pick<ResolvedOptions, 'publicUrl'>): HttpRequest {
  return publicUrl === undefined ? http : { ...http, url: publicUrl(http.url) }
}

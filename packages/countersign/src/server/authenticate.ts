import { OAuth1Error } from '../errors.ts'
import { inSeveralPlaces } from '../protocol/general-parser.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { checkSignatureForm } from '../protocol/signature-form.ts'
import type { SignatureMethod } from '../protocol/signature-methods.ts'
import { checkBodyHashForm } from './body-hash.ts'
import { type EndpointName, reportFault } from './events.ts'
import type { Awaitable } from './hooks.ts'
import type { Found } from './lookup.ts'
import type { Client } from './models.ts'
import type { ResolvedOptions } from './options.ts'
import { type Policy, policyOf } from './policy.ts'
import { type Secretive, signatureHolds } from './signature-check.ts'
import { checkTimestamp, readTimestamp } from './timestamp.ts'
import { tolerated } from './tolerated-signature.ts'

// The order of checks for every signed request (§3.2). A server calls these steps: `readClaim` for the cheap checks
// without a store, the look-up, `prove` for the secrets, the endpoint's own checks, and `spendNonce` last.

/** The claims of a signed request, before anything is known about its client. */
export interface Claim {
  readonly endpoint: EndpointName
  /** If a tolerance applied, the request as such a client means it. */
  request: OAuth1Request
  readonly clientId: string
  readonly signature: string
  readonly methodName: string
  readonly method: SignatureMethod
  /** Seconds since 1970; undefined for PLAINTEXT, which needs no timestamp and no nonce (§3.4.4). */
  readonly timestamp: number | undefined
  readonly nonce: string
  /** The stored data; undefined until the look-up. */
  found: Found<Client, Secretive> | undefined
  /** Index of the client's secret or RSA key that signed: 0 is the first. Meaningless before the proof. */
  keyIndex: number
}

/** A request with a valid signature and timestamp. */
export interface Proof<C, K> {
  readonly client: C
  /** Undefined exactly when the request carried no token. */
  readonly token: K | undefined
  readonly policy: Policy
}

/** The first gate: everything that must be present, and acceptable to at least one policy of this server. */
export function readClaim(request: OAuth1Request, endpoint: EndpointName, options: ResolvedOptions): Claim {
  requireCredentials(request)
  const clientId = required(request.clientId, 'oauth_consumer_key')
  const methodName = required(request.signatureMethod, 'oauth_signature_method')
  const signature = required(request.signature, 'oauth_signature')
  const method = options.methods.get(methodName)
  if (method === undefined) throw unsupportedMethod(options.policy)
  if (method.kind === 'symmetric' && method.plaintext) {
    // §3.4.4: the signature is the secret itself.
    requireSecureTransport(request, options)
    return {
      endpoint,
      request,
      clientId,
      signature,
      methodName,
      method,
      timestamp: undefined,
      nonce: '',
      found: undefined,
      keyIndex: 0,
    }
  }
  const text = required(request.timestamp, 'oauth_timestamp')
  const nonce = required(request.nonce, 'oauth_nonce')
  const timestamp = readTimestamp(text, Math.floor(options.now()))
  return {
    endpoint,
    request,
    clientId,
    signature,
    methodName,
    method,
    timestamp,
    nonce,
    found: undefined,
    keyIndex: 0,
  }
}

/**
 * The second gate: this client's policy, then the signature. The server's policy applies to an unknown client, so that
 * all strangers are treated alike.
 *
 * @returns A promise only if the signature method returned one.
 * @throws OAuth1Error
 */
export function prove<C extends Client, K extends Secretive>(
  claim: Claim,
  found: Found<C, K>,
  options: ResolvedOptions,
): Awaitable<Proof<C, K>> {
  const own = usablePolicy(found.client, options)
  const known = own === undefined ? unknown : found
  const policy = own ?? options.policy
  checkAgainst(policy, claim, options)
  const held = signatureHolds(claim, known, options)
  if (held === true || (held === false && !tolerates(policy, options)))
    return verdict(claim, known, held, policy, options)
  return proveLater(claim, known, held, policy, options)
}

async function proveLater<C extends Client, K extends Secretive>(
  claim: Claim,
  known: Found<C, K>,
  pending: Awaitable<boolean>,
  policy: Policy,
  options: ResolvedOptions,
): Promise<Proof<C, K>> {
  const held =
    (await pending) || (tolerates(policy, options) && (await tolerated(claim, known, policy, options)))
  return verdict(claim, known, held, policy, options)
}

function tolerates(policy: Policy, { toleranceLists }: ResolvedOptions): boolean {
  return policy.tolerances.length > 0 || toleranceLists.length > 0
}

const unknown: Found<never, never> = { client: undefined, token: undefined }

/**
 * The server's policy applies to a client that is unknown or has none. Undefined for one whose stored policy is
 * invalid: it counts as unknown, so that no stranger learns that it exists.
 */
function usablePolicy(
  client: Client | undefined,
  { policy, profiles, on }: ResolvedOptions,
): Policy | undefined {
  if (!client?.policy) return policy
  try {
    return policyOf(client.policy, policy, profiles)
  } catch (error) {
    reportFault(on, client.clientId, error as Error)
    return undefined
  }
}

function checkAgainst(policy: Policy, claim: Claim, options: ResolvedOptions): void {
  const { request, methodName, timestamp, endpoint } = claim
  if (endpoint !== 'resource' && !policy.getTokenEndpoints) requirePost(request)
  if (!policy.supportedSignatureMethods.includes(methodName)) throw unsupportedMethod(policy)
  if (request.place !== undefined && !policy.places.includes(request.place)) {
    throw new OAuth1Error(
      'unsupported_parameter',
      `oauth_ parameters in the ${request.place} are not accepted here; send them in the ${policy.places.join(' or ')}.`,
    )
  }
  const { tolerances } = policy
  if (
    (request.isSplit && !tolerances.includes('split-parameters')) ||
    (request.isRepeated && !tolerances.includes('repeated-in-header'))
  )
    throw inSeveralPlaces(['header', request.hasForm ? 'query or the form' : 'query'])
  if (policy.headerParameters !== 'accept') refuseHeaderParameters(request, policy)
  if (request.bodyHash !== undefined || policy.bodyHash === 'required') checkBodyHashForm(claim, policy)
  if (timestamp === undefined) return
  // Read again, because a nonce must outlive its timestamp however long the look-up took.
  const now = Math.floor(options.now())
  checkTimestamp(timestamp, policy.timestampWindowSeconds, now, options.usedTimestamps)
}

/** @throws OAuth1Error `unsupported_parameter` for a parameter that the handlers would not see. */
function refuseHeaderParameters(request: OAuth1Request, { tolerances }: Policy): void {
  let [name] = request.headerParameters[0] ?? []
  if (name !== undefined && tolerances.includes('repeated-in-header'))
    name = request.departing(['repeated-in-header']).headerParameters[0]?.[0]
  if (name === undefined) return
  throw new OAuth1Error(
    'unsupported_parameter',
    /^oauth_/i.test(name)
      ? `The Authorization header holds ${name.slice(0, 100)}; the names of protocol parameters are in lower case.`
      : `The Authorization header holds ${name.slice(0, 100)}; send all but oauth_ parameters in the query or a form.`,
    { problem: { rejected: { [name.slice(0, 100)]: '' } } },
  )
}

function unsupportedMethod({ supportedSignatureMethods }: Policy): OAuth1Error {
  return new OAuth1Error(
    'unsupported_signature_method',
    `This oauth_signature_method is not accepted here; use ${supportedSignatureMethods.join(' or ')}.`,
  )
}

/** §2.1, §2.3. */
export function requirePost({ method }: Pick<OAuth1Request, 'method'>): void {
  if (method.toUpperCase() !== 'POST')
    throw new OAuth1Error('method_not_allowed', 'This endpoint takes POST only.')
}

/** A request without any OAuth parameter gets a challenge, not an error (RFC 9110 §15.5.2). */
export function requireCredentials(request: OAuth1Request): void {
  if (request.place !== undefined) return
  throw new OAuth1Error(
    'missing_credentials',
    `No OAuth parameters arrived: send them in an Authorization: OAuth header, a form body or the query. ${whatArrived(request.scheme)}`,
    { problem: { absent: signatureParameters } },
  )
}

const signatureParameters = [
  'oauth_consumer_key',
  'oauth_signature_method',
  'oauth_signature',
  'oauth_timestamp',
  'oauth_nonce',
]

function whatArrived(scheme: string | undefined): string {
  if (scheme === undefined) return 'Some web servers and proxies strip the header.'
  if (scheme === '') return 'The Authorization header that arrived names no scheme.'
  return scheme.toLowerCase() === 'oauth'
    ? 'The Authorization header that arrived holds none.'
    : `The Authorization header that arrived is of the scheme ${scheme}.`
}

/** §2.1, §2.3, §3.4.4. Only the operator can set this switch: nothing in the request can. */
export function requireSecureTransport(
  request: OAuth1Request,
  { insecureTransport }: Pick<ResolvedOptions, 'insecureTransport'>,
): void {
  if (request.secure || insecureTransport) return
  const local = loopback.test(request.baseString)
    ? 'On your own machine, set the option insecureTransport on the server, or OAUTH1_INSECURE_TRANSPORT=true if it reads its options with optionsFromEnv. '
    : ''
  throw new OAuth1Error(
    'insecure_transport',
    `Secrets travel in this request, so it must come over https. (${local}Behind a proxy, the server must be told its public origin.)`,
  )
}

/** Matches the base string of a request to a server on the client's own machine. */
const loopback = /^[^&]*&http%3A%2F%2F(?:localhost|127(?:\.\d{1,3}){3}|%5B%3A%3A1%5D)(?:%3A|%2F)/

export function required(value: string | undefined, name: string): string {
  if (value) return value
  throw new OAuth1Error('missing_required_parameter', `${name} is missing or empty.`, {
    problem: { absent: [name.replace(/,.*/, '')] },
  })
}

function verdict<C, K>(
  { request, method, signature }: Claim,
  { client, token }: Found<C, K>,
  held: boolean,
  policy: Policy,
  { distinctErrors }: ResolvedOptions,
): Proof<C, K> {
  if (!held) checkSignatureForm(method, signature)
  const isTokenMissing = request.oauthToken !== undefined && token === undefined
  if (held && client !== undefined && !isTokenMissing) return { client, token, policy }
  if (distinctErrors && client === undefined)
    throw new OAuth1Error('invalid_client', 'No client has this oauth_consumer_key.')
  if (distinctErrors && isTokenMissing) {
    throw new OAuth1Error(
      'invalid_token',
      'This client has no such oauth_token: never issued, expired, spent or revoked.',
    )
  }
  throw new OAuth1Error(
    'invalid_signature',
    distinctErrors
      ? 'The signature does not match.'
      : 'The signature does not match, or the client or the token is unknown.',
  )
}

import { OAuth1Error } from '../protocol/errors.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { type SignatureMethod, verifySignature } from '../protocol/signature-methods.ts'
import { dummyPublicKey, dummySecret } from './dummy-credential.ts'
import type { Awaitable } from './hooks.ts'
import type { Found } from './lookup.ts'
import type { Client } from './models.ts'
import { checkTimestamp, type NonceUse, readTimestamp } from './nonce.ts'
import type { ResolvedOptions } from './options.ts'
import { type Policy, policyOf } from './policy.ts'

// The one order of checks for every signed request (§3.2), in which a server calls these steps: `readClaim` for what is
// cheap and asks no store, the look-up, `prove` for the secrets, what the endpoint itself demands, and `spendNonce` last.

/** What a signed request claims, before anything is known of its client. */
export interface Claim {
  readonly request: OAuth1Request
  readonly clientId: string
  readonly signature: string
  readonly methodName: string
  readonly method: SignatureMethod
  /** Undefined for PLAINTEXT, which needs no timestamp and no nonce (§3.4.4). */
  readonly use: NonceUse | undefined
}

/** A request whose signature and timestamp hold. */
export interface Proof<C, K> {
  readonly client: C
  /** Undefined exactly when the request carried no token. */
  readonly token: K | undefined
  readonly policy: Policy
}

/** The first gate: what must be there, and be of a kind that some policy of this server can accept. */
export function readClaim(request: OAuth1Request, options: ResolvedOptions): Claim {
  requireCredentials(request)
  const clientId = required(request.clientId, 'oauth_consumer_key')
  const methodName = required(request.signatureMethod, 'oauth_signature_method')
  const signature = required(request.signature, 'oauth_signature')
  const method = options.methods.get(methodName)
  if (method === undefined) throw unsupportedMethod(options.policy)
  const isPlaintext = method.kind === 'symmetric' && method.plaintext
  // §3.4.4: the signature is the secret itself.
  if (isPlaintext) requireSecureTransport(request, options)
  const use = isPlaintext
    ? undefined
    : readTimestamp(
        required(request.timestamp, 'oauth_timestamp'),
        required(request.nonce, 'oauth_nonce'),
        options.now(),
      )
  return { request, clientId, signature, methodName, method, use }
}

/**
 * The second gate, which is the policy of this client, and then the signature. An unknown client is under the server's
 * policy, so that strangers are all alike.
 *
 * @throws OAuth1Error
 */
export async function prove<C extends Client, K extends { readonly oauthTokenSecret: string }>(
  claim: Claim,
  found: Found<C, K>,
  options: ResolvedOptions,
): Promise<Proof<C, K>> {
  const policy = policyOf(found.client, options.policy, options.profiles)
  checkAgainst(policy, claim, options.now())
  const pending = signatureHolds(claim, found)
  const held = typeof pending === 'boolean' ? pending : await pending
  return verdict(claim, found, held, policy, options.distinctErrors)
}

function checkAgainst(policy: Policy, { request, methodName, use }: Claim, now: number): void {
  if (!policy.supportedSignatureMethods.includes(methodName)) throw unsupportedMethod(policy)
  if (request.place !== undefined && !policy.places.includes(request.place)) {
    throw new OAuth1Error(
      'unsupported_parameter',
      `oauth_ parameters in the ${request.place} are not accepted here; send them in the ${policy.places.join(' or ')}.`,
    )
  }
  if (use !== undefined) checkTimestamp(use, policy.timestampWindowSeconds, now)
}

function unsupportedMethod({ supportedSignatureMethods }: Policy): OAuth1Error {
  return new OAuth1Error(
    'unsupported_signature_method',
    `This oauth_signature_method is not accepted here; use ${supportedSignatureMethods.join(' or ')}.`,
  )
}

/** A request without any OAuth parameter is challenged, not blamed (RFC 9110 §15.5.2). */
export function requireCredentials(request: OAuth1Request): void {
  if (request.place !== undefined) return
  throw new OAuth1Error(
    'missing_credentials',
    'No OAuth parameters arrived: send them in an Authorization: OAuth header, a form body or the query. Some web servers and proxies strip the header.',
  )
}

/** §2.1, §2.3, §3.4.4. The switch is the operator's alone: nothing in the request can turn it. */
export function requireSecureTransport(
  request: OAuth1Request,
  { insecureTransport }: Pick<ResolvedOptions, 'insecureTransport'>,
): void {
  if (request.secure || insecureTransport) return
  throw new OAuth1Error(
    'insecure_transport',
    'Secrets travel in this request, so it must come over https. (Behind a proxy, the server must be told its public origin.)',
  )
}

export function required(value: string | undefined, name: string): string {
  if (value) return value
  throw new OAuth1Error('missing_required_parameter', `${name} is missing or empty.`)
}

/**
 * The same work whether client and token are known or not: what is missing is replaced by secrets that nobody has,
 * so that neither the answer nor its time tells a stranger which identifiers exist.
 */
function signatureHolds<C extends Client, K extends { readonly oauthTokenSecret: string }>(
  { request, method, signature }: Claim,
  { client, token }: Found<C, K>,
): Awaitable<boolean> {
  const hasToken = request.oauthToken !== undefined
  const tokenSecret = hasToken ? (token?.oauthTokenSecret ?? dummySecret()) : ''
  const clientSecret = usableSecret(client, tokenSecret) ?? dummySecret()
  const publicKey = client?.rsaPublicKey || dummyPublicKey
  // An asymmetric method of the application's own may not know what to do with the dummy key.
  const failed = (error: unknown): false => {
    if (method.kind === 'asymmetric' && publicKey === dummyPublicKey) return false
    throw error
  }
  try {
    const held = verifySignature(method, request.baseString, signature, {
      clientSecret,
      tokenSecret,
      publicKey,
    })
    return typeof held === 'boolean' ? held : held.catch(failed)
  } catch (error) {
    return failed(error)
  }
}

/** An empty secret is no secret: it counts only beside a token's, and never for a client that has an RSA key to sign with. */
function usableSecret(client: Client | undefined, tokenSecret: string): string | undefined {
  if (client?.clientSecret) return client.clientSecret
  return client?.clientSecret === '' && tokenSecret !== '' && !client.rsaPublicKey ? '' : undefined
}

function verdict<C, K>(
  { request }: Claim,
  { client, token }: Found<C, K>,
  held: boolean,
  policy: Policy,
  distinctErrors: boolean,
): Proof<C, K> {
  const isTokenMissing = request.oauthToken !== undefined && token === undefined
  if (held && client !== undefined && !isTokenMissing) return { client, token, policy }
  if (distinctErrors && client === undefined)
    throw new OAuth1Error('invalid_client', 'No client has this oauth_consumer_key.')
  const tellsApart = distinctErrors || (policy.advice && client !== undefined)
  if (tellsApart && isTokenMissing) {
    throw new OAuth1Error(
      'invalid_token',
      'This client has no such oauth_token: never issued, expired, spent or revoked.',
    )
  }
  throw new OAuth1Error(
    'invalid_signature',
    tellsApart
      ? 'The signature does not match.'
      : 'The signature does not match, or the client or the token is unknown.',
  )
}

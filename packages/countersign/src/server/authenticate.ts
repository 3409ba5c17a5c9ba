import { randomToken, sha256Base64Url } from '../protocol/crypto.ts'
import { OAuth1Error } from '../protocol/errors.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { checkSignatureForm } from '../protocol/signature-form.ts'
import { type SignatureMethod, verifySignature } from '../protocol/signature-methods.ts'
import { type Awaitable, after } from './hooks.ts'
import type { Client, NonceRecord } from './models.ts'

/** What decides about a signed request, the same for every endpoint of one server. */
export interface Rules {
  /** The methods that are accepted, by name. */
  readonly methods: ReadonlyMap<string, SignatureMethod>
  readonly timestampWindowSeconds: number
  readonly insecureTransport: boolean
  readonly distinctErrors: boolean
  readonly now: () => number
  readonly recordNonce: (record: NonceRecord) => Awaitable<boolean>
}

/** What the stores know about the identifiers in a request; undefined what they do not know. */
export interface Found<C, K> {
  readonly client: C | undefined
  /** The token credential, or at the token endpoint the temporary one. */
  readonly token?: K | undefined
}

/** A request whose signature, timestamp and nonce hold. */
export interface Verified<C, K> {
  readonly client: C
  /** Undefined exactly when the request carried no token. */
  readonly token: K | undefined
}

interface Secretive {
  readonly oauthTokenSecret: string
}

/**
 * The one order of checks for every signed request (§3.2): what is cheap and stateless first, then the secrets,
 * the nonce last, so that nothing is written for a request whose signature does not hold.
 *
 * @param find - Looks client and token up.
 * @param decide - What the endpoint itself demands; runs when the signature holds and before the nonce is spent.
 * @throws OAuth1Error
 */
export function authenticate<C extends Client, K extends Secretive>(
  request: OAuth1Request,
  rules: Rules,
  find: (clientId: string, oauthToken: string | undefined) => Awaitable<Found<C, K>>,
  decide: (verified: Verified<C, K>) => void,
): Awaitable<Verified<C, K>> {
  const { clientId, signature, method } = checkProtocol(request, rules)
  const isPlaintext = method.kind === 'symmetric' && method.plaintext
  const use = isPlaintext ? undefined : checkTimestampAndNonce(request, rules)
  const { oauthToken } = request
  return after(find(clientId, oauthToken), (found) =>
    after(signatureHolds(request, method, signature, found), (held) => {
      if (!held) checkSignatureForm(method, signature)
      const verified = verdict(found, oauthToken !== undefined, held, rules.distinctErrors)
      decide(verified)
      if (use === undefined) return verified
      const { timestamp, nonce } = use
      const expiresAt = timestamp + rules.timestampWindowSeconds + 1
      const record = { clientId, oauthToken: oauthToken ?? '', timestamp, nonce, expiresAt }
      return after(rules.recordNonce(record), (isNew) => {
        if (isNew === true) return verified
        throw new OAuth1Error(
          'invalid_nonce',
          'This oauth_nonce was used before with this oauth_timestamp; sign every request anew.',
        )
      })
    }),
  )
}

/** What must be there, and be of a kind this server accepts, before anything is looked up. */
function checkProtocol(request: OAuth1Request, rules: Rules) {
  requireCredentials(request)
  const clientId = required(request.clientId, 'oauth_consumer_key')
  const methodName = required(request.signatureMethod, 'oauth_signature_method')
  const signature = required(request.signature, 'oauth_signature')
  const method = rules.methods.get(methodName)
  if (method === undefined) {
    throw new OAuth1Error(
      'unsupported_signature_method',
      `This oauth_signature_method is not accepted here; use ${[...rules.methods.keys()].join(' or ')}.`,
    )
  }
  // §3.4.4: the signature is the secret itself.
  if (method.kind === 'symmetric' && method.plaintext) requireSecureTransport(request, rules)
  return { clientId, signature, method }
}

/** A request without any OAuth parameter is challenged, not blamed (RFC 9110 §15.5.2). */
export function requireCredentials(request: OAuth1Request): void {
  if (request.transport !== undefined) return
  throw new OAuth1Error(
    'missing_credentials',
    `No OAuth parameters arrived: send them in an Authorization: OAuth header, a form body or the query. ${whatArrived(request.scheme)}`,
  )
}

function whatArrived(scheme: string | undefined): string {
  if (scheme === undefined) return 'Some web servers and proxies strip the header.'
  if (scheme === '') return 'The Authorization header that arrived names no scheme.'
  return scheme.toLowerCase() === 'oauth'
    ? 'The Authorization header that arrived holds none.'
    : `The Authorization header that arrived is of the scheme ${scheme}.`
}

/** §2.1, §2.3, §3.4.4. The switch is the operator's alone: nothing in the request can turn it. */
export function requireSecureTransport(
  request: OAuth1Request,
  rules: Pick<Rules, 'insecureTransport'>,
): void {
  if (request.secure || rules.insecureTransport) return
  throw new OAuth1Error(
    'insecure_transport',
    'Secrets travel in this request, so it must come over https. (Behind a proxy, the server must be told its public origin.)',
  )
}

/** §3.3. Digits only, and near this server's clock on both sides: a request from the future could be replayed when its nonce is forgotten. */
function checkTimestampAndNonce(request: OAuth1Request, rules: Rules): { timestamp: number; nonce: string } {
  const text = required(request.timestamp, 'oauth_timestamp')
  const nonce = required(request.nonce, 'oauth_nonce')
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw new OAuth1Error(
      'invalid_request',
      'oauth_timestamp must be whole seconds since 1970, in ASCII digits only.',
    )
  }
  const timestamp = Number(text)
  const ahead = timestamp - Math.floor(rules.now())
  if (Math.abs(ahead) > rules.timestampWindowSeconds) {
    throw new OAuth1Error(
      'invalid_nonce',
      `oauth_timestamp is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} this server's clock; at most ${rules.timestampWindowSeconds} s is accepted.`,
    )
  }
  return { timestamp, nonce }
}

function required(value: string | undefined, name: string): string {
  if (value) return value
  throw new OAuth1Error('missing_required_parameter', `${name} is missing or empty.`)
}

/**
 * The same work whether client and token are known or not: what is missing is replaced by secrets that nobody has,
 * so that neither the answer nor its time tells a stranger which identifiers exist.
 */
function signatureHolds<C extends Client, K extends Secretive>(
  request: OAuth1Request,
  method: SignatureMethod,
  signature: string,
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
  found: Found<C, K>,
  hasToken: boolean,
  held: boolean,
  distinct: boolean,
): Verified<C, K> {
  const { client, token } = found
  if (distinct && client === undefined)
    throw new OAuth1Error('invalid_client', 'No client has this oauth_consumer_key.')
  if (distinct && hasToken && token === undefined) {
    throw new OAuth1Error(
      'invalid_token',
      'This client has no such oauth_token: never issued, expired, spent or revoked.',
    )
  }
  if (!held || client === undefined || (hasToken && token === undefined)) {
    throw new OAuth1Error(
      'invalid_signature',
      distinct
        ? 'The signature does not match.'
        : 'The signature does not match, or the client or the token is unknown.',
    )
  }
  return { client, token }
}

/**
 * A text that is the same for two records only if all four parts are: what stores use as the key of a nonce.
 * Always 43 characters of `A-Z a-z 0-9 - _`, whatever the client sent.
 */
export function nonceKey(record: NonceRecord): string {
  return sha256Base64Url(nonceText(record))
}

/** As `nonceKey`, but as long as what the client sent: for a store that digests its keys itself. */
export function nonceText({ clientId, oauthToken, timestamp, nonce }: NonceRecord): string {
  return `${clientId.length}:${clientId}${oauthToken.length}:${oauthToken}${timestamp}:${nonce}`
}

let madeDummySecret: string | undefined
let dummySecrets = 0

/**
 * Another one each time: whatever a method keeps of a secret that it has seen before must not make it quicker for one
 * that nobody has. Made at the first request: Workers allow no randomness before one.
 */
function dummySecret(): string {
  madeDummySecret ??= randomToken(40)
  dummySecrets = (dummySecrets + 1) % 100_000_000
  return madeDummySecret + String(dummySecrets).padStart(8, '0')
}

/** An RSA key whose private half was thrown away when it was made. */
const dummyPublicKey = {
  kty: 'RSA',
  e: 'AQAB',
  n: 'xNHed_bQR0gpYA7jzmKFCblbAtdSfcORSIakdHJcy1uQyw2yK7lkQWQ6XPkxr4bBsLIoFcj0X4rOzwZtg_e_1_Bp6GqMc-enl87if-RU-VUXFuud-pH462GcMdidP0veWGW1B3NShbaJisCfe6jWYhAvE969QJVo75ZgROF4iuYs_VSi_Yxug8OtSwG-TRfIlVrnfUdkdErv8UyAK8n5olNoFAh5ZTotsthAgPYPoPN0oZHVgRAYrl5g2stfxjHnIchcAodUXoR7QSDELxGkcbP3TWtzM8AdNQpM8QAbKeHAoHK_Ov8Vp7UlkOrTDwoFhZKIOX9N2luWpAfvSQon8Q',
}

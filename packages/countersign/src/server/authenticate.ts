import { sha256Base64Url } from '../protocol/crypto.ts'
import { OAuth1Error, RecordError } from '../protocol/errors.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import type { SignatureMethod } from '../protocol/signature-methods.ts'
import { type Awaitable, after, isThenable } from './hooks.ts'
import type { Client, NonceRecord } from './models.ts'
import { signatureHolds } from './signature-check.ts'
import { checkTimestamp, type TimestampRules } from './timestamp.ts'

/** What decides about a signed request, the same for every endpoint of one server. */
export interface Rules extends TimestampRules {
  /** The methods that are accepted, by name. */
  readonly methods: ReadonlyMap<string, SignatureMethod>
  readonly insecureTransport: boolean
  readonly distinctErrors: boolean
  readonly recordNonce: (record: NonceRecord) => Awaitable<boolean>
  /** Tells the operator that the stored data of one client cannot be used. */
  readonly fault: (clientId: string, error: Error) => void
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

/** Anything with the secret of a token. */
export interface Secretive {
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
  const judge = (found: Found<C, K>) =>
    after(signatureHolds(request, method, signature, found, rules.fault), (held) => {
      const verified = verdict(found, oauthToken !== undefined, held, rules.distinctErrors)
      decide(verified)
      if (use === undefined) return verified
      const { timestamp, nonce } = use
      const expiresAt = timestamp + rules.timestampWindowSeconds + 1
      const record = { clientId, oauthToken: oauthToken ?? '', timestamp, nonce, expiresAt }
      return after(rules.recordNonce(record), (isNew) => {
        if (isNew !== true) {
          throw new OAuth1Error(
            'invalid_nonce',
            'This oauth_nonce was used before with this oauth_timestamp; sign every request anew.',
          )
        }
        rules.usedTimestamps.add(timestamp)
        return verified
      })
    })
  const found = find(clientId, oauthToken)
  if (!isThenable(found)) return judge(found)
  return found.then(judge, (error: unknown) => {
    if (!(error instanceof RecordError)) throw error
    // A row that cannot be used is as good as none: to a stranger it must look like one.
    rules.fault(clientId, error)
    return judge({ client: undefined })
  })
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
    'No OAuth parameters arrived: send them in an Authorization: OAuth header, a form body or the query. Some web servers and proxies strip the header.',
  )
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

function checkTimestampAndNonce(request: OAuth1Request, rules: Rules): { timestamp: number; nonce: string } {
  const text = required(request.timestamp, 'oauth_timestamp')
  const nonce = required(request.nonce, 'oauth_nonce')
  return { timestamp: checkTimestamp(text, rules), nonce }
}

function required(value: string | undefined, name: string): string {
  if (value) return value
  throw new OAuth1Error('missing_required_parameter', `${name} is missing or empty.`)
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

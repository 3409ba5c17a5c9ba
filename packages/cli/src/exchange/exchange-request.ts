import type { OAuth1Client } from 'countersign/client'
import { type Outcome, outcomeOf } from './outcome.ts'
import { retryAfterSeconds } from './pace.ts'
import { textOf } from './response-text.ts'
import type { OldToken } from './token-file.ts'

/** How a client authenticates at the token endpoint (RFC 6749 §2.3.1). */
export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post' | 'none'

/** A token exchange of RFC 8693: the secret of the token is its proof. */
export interface TokenRequestShape {
  readonly kind: 'token_request'
  readonly clientId: string
  readonly clientSecret: string
  readonly authentication: ClientAuthentication
  readonly subjectTokenType: string
}

/** A request that is signed with the OAuth 1.0 client and token. */
export interface SignedShape {
  readonly kind: 'signed'
  readonly client: OAuth1Client
  /** Empty for one that signs with its RSA key. */
  readonly clientSecret: string
}

/** Where and how to request exchanges. */
export interface Exchanging {
  readonly endpoint: URL
  readonly shape: TokenRequestShape | SignedShape
  readonly scope: string | undefined
  readonly timeoutSeconds: number
}

/** One request as it is sent. */
interface Outgoing {
  readonly headers: Record<string, string>
  readonly body: string
}

const formType = 'application/x-www-form-urlencoded'

/** Requests the exchange of a token once. It never throws: a network failure is an outcome too. */
export async function askOnce(exchanging: Exchanging, token: OldToken): Promise<Outcome> {
  const { endpoint, shape, scope, timeoutSeconds } = exchanging
  try {
    const signal = AbortSignal.timeout(timeoutSeconds * 1000)
    const sent = outgoing(exchanging, token)
    const response = await fetch(endpoint, { method: 'POST', ...sent, redirect: 'manual', signal })
    const retryAfter = retryAfterSeconds(response.headers.get('retry-after'))
    const text = await textOf(response)
    const outcome = outcomeOf(
      { status: response.status, retryAfter, text },
      { signed: shape.kind === 'signed', narrowed: scope !== undefined },
    )
    return withoutSecrets(outcome, [token.token, token.secret, shape.clientSecret])
  } catch (error) {
    return failedOutcome(error as Error)
  }
}

function outgoing(exchanging: Exchanging, token: OldToken): Outgoing {
  const { shape } = exchanging
  return shape.kind === 'signed' ? signed(exchanging, shape, token) : tokenRequest(exchanging, shape, token)
}

function tokenRequest(
  { scope }: Exchanging,
  shape: TokenRequestShape,
  { token, secret }: OldToken,
): Outgoing {
  const { clientId, clientSecret, authentication } = shape
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: shape.subjectTokenType,
    oauth_token_secret: secret,
    ...(scope !== undefined && { scope }),
    ...(authentication !== 'client_secret_basic' && { client_id: clientId }),
    ...(authentication === 'client_secret_post' && { client_secret: clientSecret }),
  })
  const basic = [clientId, clientSecret].map(formEncoded).join(':')
  const authorization = `Basic ${Buffer.from(basic).toString('base64')}`
  return {
    headers: {
      'content-type': formType,
      accept: 'application/json',
      ...(authentication === 'client_secret_basic' && { authorization }),
    },
    body: form.toString(),
  }
}

/** Each try has its own nonce: a second try with the same one would be a replay. */
function signed({ endpoint, scope }: Exchanging, shape: SignedShape, { token, secret }: OldToken): Outgoing {
  const client = shape.client.withToken({ oauthToken: token, oauthTokenSecret: secret })
  const { headers, body = '' } = client.sign({
    method: 'POST',
    url: endpoint,
    headers: { 'content-type': formType, accept: 'application/json' },
    body: new URLSearchParams(scope === undefined ? {} : { scope }),
  })
  return { headers, body: String(body) }
}

/** RFC 6749 §2.3.1: both halves are form-encoded first. */
function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}

/** A server may repeat what it was sent. */
function withoutSecrets(outcome: Outcome, secrets: readonly string[]): Outcome {
  if (outcome.kind === 'moved') return outcome
  const isTold = secrets.some((secret) => secret !== '' && outcome.told.includes(secret))
  return isTold ? { ...outcome, told: /^\d+/.exec(outcome.told)?.[0] ?? '' } : outcome
}

/** Errors that a second try does not fix: the other side is not who it should be. */
const untrusted = /CERT|^ERR_TLS_|^ERR_SSL_|^EPROTO$|^UNABLE_TO_|HOSTNAME_MISMATCH|^CRL_/

function failedOutcome(error: Error): Outcome {
  if (error.name === 'TimeoutError')
    return { kind: 'later', told: 'no response in time', seconds: undefined, forAll: false }
  const { code = '', message } = (error.cause ?? error) as NodeJS.ErrnoException
  const told = message || code || error.message
  if (untrusted.test(code)) return { kind: 'stop', code: 'tls', told }
  // A fault before a request is sent affects the next request too.
  if (error.cause === undefined && !/^E[A-Z]+$|^UND_ERR/.test(code) && error.name !== 'TypeError')
    return { kind: 'stop', code: 'unsendable', told: error.name }
  return { kind: 'later', told, seconds: undefined, forAll: false }
}

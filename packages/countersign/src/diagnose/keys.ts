import type { DiagnosisSecrets } from '../protocol/diagnosis.ts'
import { percentEncode, wellFormed } from '../protocol/encoding.ts'
import type { EncodingCode } from './encoding.ts'
import { keptFrom } from './kept-secrets.ts'
import { misread } from './misread-secrets.ts'
import { namedHash } from './named-hash.ts'
import type { CauseTable } from './signing.ts'
import { textEncodings } from './text-encodings.ts'

export type KeyCode =
  | 'token-secret-missing'
  | 'client-secret-missing'
  | 'key-without-ampersand'
  | 'secrets-swapped'
  | 'secret-of-temporary-credential'
  | 'token-in-place-of-its-secret'
  | 'client-id-in-place-of-its-secret'
  | 'secrets-not-encoded'
  | 'secrets-encoded-twice'
  | 'secret-with-white-space'
  | 'secret-in-quotes'
  | 'secret-in-base64'
  | 'secret-percent-decoded'
  | 'no-secret'
  | 'public-key-as-secret'
  | 'plaintext-encoded-twice'

export const keyCauses: CauseTable<KeyCode> = {
  'token-secret-missing': {
    summary: 'The client signed without the secret of the token.',
    fix: 'Build the key from the client secret, & and the token secret; at the token endpoint, use the secret of the temporary credential (RFC 5849 §3.4.2).',
    symptom: 'The first step of the flow works, and everything after it fails.',
    clients: { 'Flask-Dance (Python)': 'Keep the session between the two steps.' },
  },
  'client-secret-missing': {
    summary: 'The client signed without its own secret.',
    fix: 'Build the key from the client secret, & and the token secret (RFC 5849 §3.4.2).',
    symptom: 'Every request with a token fails.',
  },
  'key-without-ampersand': {
    summary: 'The client built the key without the & between the two secrets.',
    fix: 'Join the two secrets with &, which stays even if there is no token (RFC 5849 §3.4.2).',
    symptom: 'Every request fails, or those without a token.',
  },
  'secrets-swapped': {
    summary: 'The client put the token’s secret first in the key.',
    fix: 'Put the client secret first, then & and the token secret (RFC 5849 §3.4.2).',
    symptom: 'Every request with a token fails.',
  },
  'secret-of-temporary-credential': {
    summary: 'The client signed with the secret of the temporary credential.',
    fix: 'After the token request, sign with the oauth_token_secret that it returned.',
    symptom: 'The flow works, and the first protected request fails.',
  },
  'token-in-place-of-its-secret': {
    summary: 'The client signed with the token itself in place of the token’s secret.',
    fix: 'Use oauth_token_secret in the key, and oauth_token in the request.',
    symptom: 'The first step of the flow works, and everything after it fails.',
  },
  'client-id-in-place-of-its-secret': {
    summary: 'The client signed with its consumer key in place of its secret.',
    fix: 'Use the consumer secret in the key, and the consumer key in the request.',
    symptom: 'Every request fails.',
  },
  'secrets-not-encoded': {
    summary: 'The client did not percent-encode the secrets in the key.',
    fix: 'Percent-encode each secret before joining them with & (RFC 5849 §3.4.2).',
    symptom: 'Fails only for secrets with reserved characters, such as / + = or &.',
    clients: { 'QOAuth1 (Qt)': 'Have secrets of letters and digits issued.' },
  },
  'secrets-encoded-twice': {
    summary: 'The client percent-encoded the secrets in the key twice.',
    fix: 'Percent-encode each secret once (RFC 5849 §3.4.2).',
    symptom: 'Fails only for secrets with reserved characters, such as / + = or &.',
  },
  'secret-with-white-space': {
    summary:
      'A secret in the client’s key has white space at one end, or lacks white space that belongs to it.',
    fix: 'Trim the secret when it is read from a file or variable.',
    symptom: 'Every request fails, but not where the secret is hard-coded.',
  },
  'secret-in-quotes': {
    summary: 'A secret in the client’s key still has quotes around it.',
    fix: 'Remove the quotes in the configuration.',
    symptom: 'Every request fails. Common with .env files that are read by a shell or container.',
  },
  'secret-in-base64': {
    summary: 'The client used a secret in base64, or decoded one that looks like base64.',
    fix: 'Use the secret exactly as it was issued.',
    symptom: 'Every request fails. Common with secrets from a vault or a Kubernetes manifest.',
  },
  'secret-percent-decoded': {
    summary: 'The client used a secret percent-decoded, or with a + read as a space.',
    fix: 'Use the secret exactly as it was issued; decode the token response once.',
    symptom: 'Fails only for secrets with % or +.',
  },
  'no-secret': {
    summary: 'The client signed without any secret.',
    fix: 'Configure the client secret and the token secret in the client.',
    symptom: 'Every request fails. Common where a variable is not set.',
  },
  'public-key-as-secret': {
    summary: 'The client signed with its public RSA key as a shared secret.',
    fix: 'Sign with the private key and an RSA method, or register a client secret.',
    symptom: 'Every request fails.',
  },
  'plaintext-encoded-twice': {
    summary: 'The client percent-encoded the PLAINTEXT signature once too often.',
    fix: 'Encode each secret once for the signature, and the signature once for its place in the request (RFC 5849 §3.4.4).',
    symptom: 'Every request with PLAINTEXT fails.',
    clients: { 'Signet (Ruby)': 'Use HMAC-SHA1.' },
  },
}

/** A key that a client may have signed with. */
export interface TrialKey {
  /** The mistakes in it: none in the right key, two at most. */
  readonly codes: readonly (KeyCode | EncodingCode)[]
  readonly text: string
  /** How it is built, in words. */
  readonly shape: string
  /** Only a holder of a secret of this client can build it. */
  readonly isSecret: boolean
  /** Only a holder of the token's secret can build it. */
  readonly isOfToken: boolean
  /** One of the common forms of its mistake. */
  readonly isUsual: boolean
}

/** The known values of a request that contain no secret. */
export interface Identifiers {
  readonly clientId: string | undefined
  readonly oauthToken: string | undefined
  /** Every value that stood in the request. */
  readonly values: ReadonlySet<string>
}

/**
 * The right key, then clients' variations of it, the most common mistakes first.
 *
 * @param isTokenForeign - The token's secret belongs to another client, and proves nothing about this one.
 */
export function trialKeys(
  { clientSecret, tokenSecret, publicKey }: DiagnosisSecrets,
  otherTokenSecrets: readonly string[],
  methodName: string,
  { clientId, oauthToken, values }: Identifiers,
  isTokenForeign = false,
): TrialKey[] {
  const hasToken = Boolean(oauthToken)
  const [cs, ts] = [clientSecret ?? '', tokenSecret ?? '']
  const isKept = keptFrom(values, publicKey)
  const keys = new KeyList(
    (secret) => isKept(secret) && !(isTokenForeign && secret === ts),
    (secret) => isKept(secret) && secret === ts,
  )
  const key = (client: string, token: string) => `${encode(client)}&${encode(token)}`
  const right = hasToken ? 'client secret & token secret' : 'client secret &'
  const isComplete = clientSecret !== undefined || namedHash(methodName)?.kind === 'rsa'
  if (isComplete && (!hasToken || tokenSecret !== undefined)) keys.add([], key(cs, ts), right, cs, ts)

  if (cs !== '' && hasToken) {
    keys.add(['token-secret-missing'], key(cs, ''), 'client secret &', cs)
    keys.add(['token-secret-missing'], encode(cs), 'client secret', cs)
  }
  if (cs !== '' && !hasToken) keys.add(['key-without-ampersand'], encode(cs), 'client secret', cs)
  if (cs !== '' && ts !== '')
    keys.add(['key-without-ampersand'], encode(cs) + encode(ts), 'client secret, token secret', cs, ts)
  if (ts !== '') {
    keys.add(['client-secret-missing'], key('', ts), '& token secret', ts)
    keys.add(['client-secret-missing'], encode(ts), 'token secret', ts)
  }
  if (cs !== '') keys.add(['secrets-swapped'], key(ts, cs), 'token secret & client secret', cs, ts)
  for (const other of otherTokenSecrets)
    keys.add(
      ['secret-of-temporary-credential'],
      key(cs, other),
      'client secret & secret of the temporary credential',
      cs,
      other,
    )
  keys.add(['secrets-not-encoded'], `${cs}&${ts}`, `${right}, not encoded`, cs, ts)
  keys.add(['secrets-encoded-twice'], key(encode(cs), encode(ts)), `${right}, encoded twice`, cs, ts)
  keys.add(['secrets-encoded-twice'], key(encode(cs), ts), `${right}, the first encoded twice`, cs, ts)
  keys.add(
    [methodName === 'PLAINTEXT' ? 'plaintext-encoded-twice' : 'secrets-encoded-twice'],
    encode(key(cs, ts)),
    `${right}, encoded as a whole`,
    cs,
    ts,
  )
  for (const { code, change } of textEncodings)
    keys.add([code], change(key(cs, ts)), `${right}, encoded otherwise`, cs, ts)
  if (oauthToken) keys.add(['token-in-place-of-its-secret'], key(cs, oauthToken), 'client secret & token', cs)
  if (clientId) {
    keys.add(['client-id-in-place-of-its-secret'], key(clientId, ts), 'client id & token secret', ts)
    keys.add(['client-id-in-place-of-its-secret'], key(clientId, ''), 'client id &')
  }
  if (methodName === 'PLAINTEXT' && hasToken && cs !== '')
    keys.add(
      ['token-secret-missing', 'plaintext-encoded-twice'],
      encode(key(cs, '')),
      'client secret &, encoded as a whole',
      cs,
    )
  const [ofClient, ofToken] = [misread(cs), misread(ts)]
  // The rest of a secret may be short enough to guess.
  const of = (secret: string, changed: string) => (isKept(changed) ? secret : '')
  for (const { code, secret } of ofClient)
    keys.add([code], key(secret, ts), `${right}, the first changed`, of(cs, secret), ts)
  for (const { code, secret } of ofToken)
    keys.add([code], key(cs, secret), `${right}, the second changed`, cs, of(ts, secret))
  for (const [at, { code, secret }] of ofClient.entries()) {
    const other = ofToken[at]
    if (other?.code === code)
      keys.add(
        [code],
        key(secret, other.secret),
        `${right}, both changed`,
        of(cs, secret),
        of(ts, other.secret),
      )
    if (hasToken)
      keys.add([code, 'token-secret-missing'], key(secret, ''), 'client secret changed, &', of(cs, secret))
  }
  if (typeof publicKey === 'string') {
    for (const written of [publicKey, publicKey.trim(), publicKey.replaceAll('\n', '\r\n')])
      for (const text of [key(written, ts), `${written}&${ts}`, key(written, ''), written])
        keys.add(['public-key-as-secret'], text, 'public key')
  }
  keys.add(['no-secret'], '&', '&')
  keys.add(['no-secret'], '', 'nothing')
  return keys.all
}

/** Keys without repetition. */
class KeyList {
  readonly all: TrialKey[] = []
  readonly #isKept: (secret: string) => boolean
  readonly #isOfToken: (secret: string) => boolean
  readonly #seen = new Set<string>()

  /**
   * @param isKept - Whether a secret is one of the client: neither empty nor known to others.
   * @param isOfToken - Whether it is the secret of the token.
   */
  constructor(isKept: (secret: string) => boolean, isOfToken: (secret: string) => boolean) {
    this.#isKept = isKept
    this.#isOfToken = isOfToken
  }

  add(codes: TrialKey['codes'], text: string, shape: string, ...secrets: string[]): void {
    if (this.#seen.has(text)) return
    this.#seen.add(text)
    const alike = this.all.filter((other) => other.codes[0] === codes[0] && other.shape === shape)
    this.all.push({
      codes,
      text,
      shape,
      isSecret: secrets.some(this.#isKept),
      isOfToken: secrets.some(this.#isOfToken),
      isUsual: alike.length < 2,
    })
  }
}

function encode(secret: string): string {
  return percentEncode(wellFormed(secret))
}

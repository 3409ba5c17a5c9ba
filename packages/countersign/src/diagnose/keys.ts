import type { DiagnosisSecrets } from '../protocol/diagnosis.ts'
import { percentDecodeLossless, percentEncode } from '../protocol/encoding.ts'
import { causeTable, wellFormed } from './signing.ts'

export const keyCauses = causeTable({
  'token-secret-missing': {
    summary: 'The client signed without the secret of the token.',
    fix: 'Make the key of client secret, & and token secret; at the token endpoint it is the secret of the temporary credential (RFC 5849 §3.4.2).',
    symptom: 'The first step of the flow works, and everything after it fails.',
    clients: { 'Flask-Dance (Python)': 'Keep the session between the two steps.' },
  },
  'client-secret-missing': {
    summary: 'The client signed without its own secret.',
    fix: 'Make the key of client secret, & and token secret (RFC 5849 §3.4.2).',
    symptom: 'Every request with a token fails.',
  },
  'key-without-ampersand': {
    summary: 'The client made the key without the & between the two secrets.',
    fix: 'Join the two secrets with &, which is there even if there is no token (RFC 5849 §3.4.2).',
    symptom: 'Every request fails, or those without a token.',
  },
  'secrets-swapped': {
    summary: 'The client made the key with the token’s secret first.',
    fix: 'Put the client secret first, then & and the token secret (RFC 5849 §3.4.2).',
    symptom: 'Every request with a token fails.',
  },
  'secret-of-temporary-credential': {
    summary: 'The client signed with the secret of the temporary credential.',
    fix: 'After the token request, sign with the oauth_token_secret that it returned.',
    symptom: 'The flow works, and the first protected request fails.',
  },
  'token-in-place-of-its-secret': {
    summary: 'The client signed with the token itself in the place of the token’s secret.',
    fix: 'Use oauth_token_secret in the key, and oauth_token in the request.',
    symptom: 'The first step of the flow works, and everything after it fails.',
  },
  'client-id-in-place-of-its-secret': {
    summary: 'The client signed with its consumer key in the place of its secret.',
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
    summary: 'The client’s secret has white space at an end, or lacks white space that belongs to it.',
    fix: 'Trim the secret when it is read from a file or variable.',
    symptom: 'Every request fails; works where the secret is written into the code.',
  },
  'secret-in-quotes': {
    summary: 'The client’s secret still has the quotes around it.',
    fix: 'Remove the quotes in the configuration.',
    symptom: 'Every request fails. Usual with .env files that are read by a shell or container.',
  },
  'secret-in-base64': {
    summary: 'The client used its secret in base64, or decoded one that looks like base64.',
    fix: 'Use the secret exactly as it was issued.',
    symptom: 'Every request fails. Usual with secrets from a vault or a Kubernetes manifest.',
  },
  'secret-percent-decoded': {
    summary: 'The client used its secret percent-decoded, or with a + read as a space.',
    fix: 'Use the secret exactly as it was issued; decode the token response once.',
    symptom: 'Fails only for secrets with % or +.',
  },
  'no-secret': {
    summary: 'The client signed without any secret.',
    fix: 'Configure client secret and token secret in the client.',
    symptom: 'Every request fails. Usual where a variable is not set.',
  },
  'public-key-as-secret': {
    summary: 'The client signed with the public RSA key as a shared secret.',
    fix: 'Sign with the private key and an RSA method, or register a client secret.',
    symptom: 'Every request fails.',
  },
  'plaintext-encoded-twice': {
    summary: 'The client percent-encoded the PLAINTEXT signature once too often.',
    fix: 'Encode each secret once for the signature, and the signature once for its place in the request (RFC 5849 §3.4.4).',
    symptom: 'Every request with PLAINTEXT fails.',
    clients: { 'Signet (Ruby)': 'Use HMAC-SHA1.' },
  },
})

export type KeyCode = keyof typeof keyCauses

/** A key that a client may have signed with. */
export interface TrialKey {
  /** Undefined for the right key. */
  readonly code: KeyCode | undefined
  readonly text: string
  /** How it is made, in words. */
  readonly shape: string
  /** Only who holds a secret can make it. */
  readonly isSecret: boolean
  /** One of the common forms of its mistake. */
  readonly isUsual: boolean
}

/** What is known of the request and stands in no secret. */
export interface Identifiers {
  readonly clientId: string | undefined
  readonly oauthToken: string | undefined
  /** Every value that stood in the request. */
  readonly values: ReadonlySet<string>
}

/** The right key first; then what clients make of it, the most common mistakes first. */
export function trialKeys(
  { clientSecret, tokenSecret, publicKey }: DiagnosisSecrets,
  otherTokenSecrets: readonly string[],
  { clientId, oauthToken, values }: Identifiers,
): TrialKey[] {
  const keys: TrialKey[] = []
  const isKept = (secret: string | undefined) =>
    secret !== undefined && secret.trim() !== '' && !values.has(secret) && secret !== publicKey
  const seen = new Set<string>()
  const add = (
    code: KeyCode | undefined,
    text: string,
    shape: string,
    ...secrets: (string | undefined)[]
  ) => {
    if (seen.has(text)) return
    seen.add(text)
    const isUsual = keys.filter((other) => other.shape === shape && other.code === code).length < 2
    keys.push({ code, text, shape, isSecret: secrets.some(isKept), isUsual })
  }
  const hasToken = Boolean(oauthToken)
  const cs = clientSecret ?? ''
  const ts = tokenSecret ?? ''
  const key = (client: string, token: string) => `${encode(client)}&${encode(token)}`
  const c = 'client secret'
  const t = 'token secret'
  if (clientSecret !== undefined && (!hasToken || tokenSecret !== undefined))
    add(undefined, key(cs, ts), hasToken ? `${c} & ${t}` : `${c} &`, cs, ts)
  if (cs !== '') {
    if (hasToken) {
      add('token-secret-missing', key(cs, ''), `${c} &`, cs)
      add('token-secret-missing', encode(cs), c, cs)
    } else add('key-without-ampersand', encode(cs), c, cs)
    if (ts !== '') add('key-without-ampersand', encode(cs) + encode(ts), `${c}${t}`, cs, ts)
    for (const other of otherTokenSecrets)
      add(
        'secret-of-temporary-credential',
        key(cs, other),
        `${c} & secret of the temporary credential`,
        cs,
        other,
      )
  }
  const secrets = [cs, ts]
  add('secrets-not-encoded', `${cs}&${ts}`, `${c} & ${t}, not encoded`, ...secrets)
  add('secrets-encoded-twice', key(encode(cs), encode(ts)), `${c} & ${t}, encoded twice`, ...secrets)
  if (cs !== '') add('secrets-encoded-twice', key(encode(cs), ts), `${c} encoded twice & ${t}`, ...secrets)
  if (cs !== '') add('secrets-swapped', key(ts, cs), `${t} & ${c}`, ...secrets)
  if (ts !== '') add('client-secret-missing', key('', ts), `& ${t}`, ts)
  if (ts !== '') add('client-secret-missing', encode(ts), t, ts)
  if (oauthToken) add('token-in-place-of-its-secret', key(cs, oauthToken), `${c} & token`, cs)
  if (clientId) {
    add('client-id-in-place-of-its-secret', key(clientId, ts), `client id & ${t}`, ts)
    add('client-id-in-place-of-its-secret', key(clientId, ''), 'client id &')
  }
  if (cs !== '')
    for (const { code, secret, words } of misread(cs))
      add(code, key(secret, ts), `${words(c)} & ${t}`, ...secrets)
  if (ts !== '')
    for (const { code, secret, words } of misread(ts))
      add(code, key(cs, secret), `${c} & ${words(t)}`, ...secrets)
  if (typeof publicKey === 'string') {
    for (const written of [publicKey, publicKey.trim(), publicKey.replaceAll('\n', '\r\n')])
      for (const text of [key(written, ts), `${written}&${ts}`, key(written, ''), written])
        add('public-key-as-secret', text, 'public key')
  }
  add('no-secret', '&', '&')
  add('no-secret', '', 'nothing')
  return keys
}

function encode(secret: string): string {
  return percentEncode(wellFormed(secret))
}

interface Misread {
  readonly code: KeyCode
  readonly secret: string
  words(of: string): string
}

/** What becomes of a secret on its way from a file, a variable or a vault into a client. */
function misread(secret: string): Misread[] {
  const spaced = [
    `${secret}\n`,
    `${secret} `,
    ` ${secret}`,
    `${secret}\r\n`,
    `${secret}\r`,
    `${secret}\t`,
    ` ${secret} `,
    secret.trim(),
  ]
  const quoted = [`"${secret}"`, `'${secret}'`, secret.replace(/^(["'])(.*)\1$/s, '$2')]
  const octets = Buffer.from(secret)
  const inBase64 = [
    octets.toString('base64'),
    octets.toString('base64url'),
    Buffer.from(`${secret}\n`).toString('base64'),
    // As `Buffer.from` reads it: with a broken one, something comes out that matches nothing.
    Buffer.from(secret, 'base64').toString(),
  ]
  const decoded = [
    percentDecodeLossless(secret),
    secret.replaceAll('+', ' '),
    percentDecodeLossless(secret.replaceAll('+', ' ')),
  ]
  const listed = (code: KeyCode, texts: string[], words: (of: string) => string) =>
    texts.filter((text) => text !== secret).map((text) => ({ code, secret: text, words }))
  return [
    ...listed('secret-with-white-space', spaced, (of) => `${of} with other white space`),
    ...listed('secret-in-quotes', quoted, (of) => `${of} in quotes`),
    ...listed('secret-in-base64', inBase64, (of) => `${of} in base64, or decoded from it`),
    ...listed('secret-percent-decoded', decoded, (of) => `${of}, percent-decoded`),
  ]
}

import type { Credentials, Mistake } from '../mistaken-client.ts'
import { percentEncode } from '../mistaken-client.ts'

const credentials = (
  code: Mistake['code'],
  what: string,
  change: (given: Credentials) => Partial<Credentials>,
  options?: Mistake['options'],
): Mistake => ({
  code,
  what,
  change: (_, before) => ({
    credentials: (given) => {
      const known = before.credentials(given)
      return { ...known, ...change(known) }
    },
  }),
  ...(options === undefined ? {} : { options }),
})

/** On the secret of the token, where there is one. */
const tokens = (code: Mistake['code'], what: string, change: (secret: string) => string) =>
  credentials(code, what, ({ tokenSecret }) =>
    tokenSecret === undefined ? {} : { tokenSecret: change(tokenSecret) },
  )
const clients = (code: Mistake['code'], what: string, change: (secret: string) => string) =>
  credentials(code, what, ({ clientSecret }) => ({ clientSecret: change(clientSecret) }))
const both = (code: Mistake['code'], what: string, change: (secret: string) => string): Mistake => ({
  code,
  what,
  change: (own, before) =>
    clients(code, what, change).change(own, { ...before, ...tokens(code, what, change).change(own, before) }),
})

const base64 = (text: string) => Buffer.from(text).toString('base64')
const fromBase64 = (text: string) =>
  /^[\w+/]{8,}={1,2}$/.test(text) ? Buffer.from(text, 'base64').toString() : text
const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const keyMistakes: readonly Mistake[] = [
  tokens('token-secret-missing', 'signs without the token’s secret', () => ''),
  {
    code: 'token-secret-missing',
    what: 'signs with its own secret alone',
    where: ({ credentials: { token } }) => Boolean(token),
    change: (own) => ({ key: ({ clientSecret }) => own.encode(clientSecret) }),
  },
  clients('client-secret-missing', 'signs without its own secret', () => ''),
  {
    code: 'key-without-ampersand',
    what: 'joins the secrets without an &',
    change: (own) => ({
      key: ({ clientSecret, tokenSecret = '' }) => own.encode(clientSecret) + own.encode(tokenSecret),
    }),
  },
  {
    code: 'key-without-ampersand',
    what: 'writes an & only before a token’s secret',
    change: (own) => ({
      key: ({ clientSecret, tokenSecret }) =>
        [clientSecret, ...(tokenSecret ? [tokenSecret] : [])].map(own.encode).join('&'),
    }),
  },
  credentials('secrets-swapped', 'puts the token’s secret first', ({ clientSecret, tokenSecret = '' }) => ({
    clientSecret: tokenSecret,
    tokenSecret: clientSecret,
  })),
  credentials(
    'secret-of-temporary-credential',
    'goes on with the temporary secret',
    ({ tokenSecret, temporarySecret = tokenSecret }) =>
      temporarySecret === undefined ? {} : { tokenSecret: temporarySecret },
    ({ credentials: { temporarySecret } }) =>
      temporarySecret ? { otherTokenSecrets: [temporarySecret] } : {},
  ),
  credentials('token-in-place-of-its-secret', 'uses the token as its secret', ({ token }) =>
    token ? { tokenSecret: token } : {},
  ),
  credentials('client-id-in-place-of-its-secret', 'uses its identifier as secret', ({ clientId }) => ({
    clientSecret: clientId,
  })),
  {
    code: 'secrets-not-encoded',
    what: 'joins raw secrets',
    change: () => ({ key: ({ clientSecret, tokenSecret = '' }) => `${clientSecret}&${tokenSecret}` }),
  },
  both('secrets-encoded-twice', 'encodes secrets that are encoded', percentEncode),
  clients('secret-with-white-space', 'read its secret with a line break', (secret) => `${secret}\n`),
  clients('secret-with-white-space', 'has a blank before its secret', (secret) => ` ${secret}`),
  tokens('secret-with-white-space', 'read the token’s secret with a line break', (secret) => `${secret}\r\n`),
  tokens('secret-with-white-space', 'has a blank after the token’s secret', (secret) => `${secret} `),
  clients('secret-in-quotes', 'has double quotes around its secret', (secret) => `"${secret}"`),
  clients('secret-in-quotes', 'has single quotes around its secret', (secret) => `'${secret}'`),
  tokens('secret-in-quotes', 'has double quotes around the token’s secret', (secret) => `"${secret}"`),
  clients('secret-in-base64', 'has its secret in base64', base64),
  clients('secret-in-base64', 'has its secret and a line break in base64', (secret) => base64(`${secret}\n`)),
  clients('secret-in-base64', 'decodes its secret as base64', fromBase64),
  tokens('secret-in-base64', 'has the token’s secret in base64', base64),
  clients('secret-percent-decoded', 'decodes its secret', decoded),
  tokens('secret-percent-decoded', 'decodes the token’s secret twice', decoded),
  tokens('secret-percent-decoded', 'reads a plus of the token’s secret as a blank', (secret) =>
    secret.replaceAll('+', ' '),
  ),
  credentials('no-secret', 'signs without any secret', () => ({ clientSecret: '', tokenSecret: '' })),
  credentials(
    'public-key-as-secret',
    'signs with the text of its public key',
    ({ publicKey, clientSecret }) => ({
      clientSecret: publicKey ?? clientSecret,
    }),
  ),
]

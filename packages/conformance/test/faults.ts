import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  asymmetric,
  type Hooks,
  type HttpRequest,
  type HttpResponse,
  type NonceRecord,
  sharedKey,
  symmetric,
} from 'countersign'
import { parseAuthorizationHeader, percentDecode } from 'countersign/protocol'
import { callback, type Fault, publicKey } from './faulty-server.ts'

/** The decoded protocol parameters of a header. */
function inHeader({ headers }: HttpRequest): Record<string, string> {
  const { parameters = [] } = parseAuthorizationHeader(String(headers['authorization'] ?? '')) ?? {}
  return Object.fromEntries(parameters.map(({ name, value }) => [name, percentDecode(value)]))
}

const authorization = ({ headers }: HttpRequest) => String(headers['authorization'] ?? '')

function withQueryOf(http: HttpRequest, change: (query: string) => string): HttpRequest {
  const [path = '', ...query] = http.url.split('?')
  return query.length === 0 ? http : { ...http, url: `${path}?${change(query.join('?'))}` }
}

function pairsWhere(query: string, keeps: (name: string, at: number, names: string[]) => boolean): string {
  const pairs = query.split('&')
  const names = pairs.map((pair) => pair.split('=')[0] as string)
  return pairs.filter((_, at) => keeps(names[at] as string, at, names)).join('&')
}

const keyOf = ({ clientId, oauthToken, timestamp, nonce }: NonceRecord) =>
  JSON.stringify([clientId, oauthToken, timestamp, nonce])

/** Reads, waits, then writes. */
function racyNonces(): Pick<Hooks, 'recordNonce'> {
  const seen = new Set<string>()
  return {
    async recordNonce(record) {
      if (seen.has(keyOf(record))) return false
      await sleep(25)
      seen.add(keyOf(record))
      return true
    },
  }
}

function withoutHeader(response: HttpResponse, name: string): HttpResponse {
  const { [name]: _, ...headers } = response.headers
  return { ...response, headers }
}

/** Each with the case that must catch it. */
export const faults: readonly (readonly [name: string, caughtBy: string, plant: () => Fault])[] = [
  [
    'nonces are never checked',
    'replay-protected-request',
    () => ({ hooks: () => ({ recordNonce: () => true }) }),
  ],
  [
    'nonces are read, then written',
    'replay-race',
    () => {
      const nonces = racyNonces()
      return { hooks: () => nonces }
    },
  ],
  [
    'one request a second is let through',
    'replay-same-second',
    () => {
      const seen = new Set<number>()
      const recordNonce = ({ timestamp }: NonceRecord) => !seen.has(timestamp) && seen.add(timestamp).size > 0
      return { hooks: (_, __, step) => (step === 'resource' ? { recordNonce } : {}) }
    },
  ],
  [
    'the nonce is kept without its timestamp',
    'replay-other-timestamp',
    () => ({
      hooks: (honest) => ({ recordNonce: (record) => honest.recordNonce({ ...record, timestamp: 1 }) }),
    }),
  ],
  [
    'the nonce is kept without its token',
    'replay-other-token',
    () => ({
      hooks: (honest) => ({ recordNonce: (record) => honest.recordNonce({ ...record, oauthToken: '' }) }),
    }),
  ],
  [
    'the nonce is recorded before the signature is checked',
    'replay-spent-by-stranger',
    () => {
      const seen = new Set<string>()
      return {
        answer(http, step) {
          const { oauth_nonce: nonce } =
            step === 'resource' && /oauth_nonce="[0-9a-f]{24}"/.test(authorization(http))
              ? inHeader(http)
              : {}
          if (nonce === undefined) return undefined
          if (seen.has(nonce)) return { status: 401, headers: { 'www-authenticate': 'OAuth' }, body: '' }
          seen.add(nonce)
          return undefined
        },
      }
    },
  ],
  [
    'only old timestamps are refused',
    'timestamps-future',
    () => ({
      options: (http) => {
        const ahead =
          Number(/oauth_timestamp="(\d{1,12})"/.exec(authorization(http))?.[1] ?? 0) > Date.now() / 1000
        return ahead ? { timestampWindowSeconds: 31_536_000 } : {}
      },
    }),
  ],
  [
    'timestamps of a year count as fresh',
    'timestamps-past',
    () => ({ options: () => ({ timestampWindowSeconds: 31_536_000 }) }),
  ],
  [
    'signatures are not compared',
    'methods-hmac-sha1-wrong',
    () => ({
      options: () => ({ signatureMethods: { 'HMAC-SHA1': asymmetric(() => true) } }),
      hooks: (honest) => ({
        queryClient: async (clientId) => {
          const client = await honest.queryClient(clientId)
          return client && { ...client, rsaPublicKey: publicKey }
        },
      }),
    }),
  ],
  [
    'RSA signatures are not checked',
    'methods-rsa-sha1-wrong',
    () => ({ options: () => ({ signatureMethods: { 'RSA-SHA1': asymmetric(() => true) } }) }),
  ],
  [
    'the public key serves as an HMAC secret',
    'methods-key-confusion',
    () => ({
      hooks: (honest) => ({
        queryClient: async (clientId) => {
          const client = await honest.queryClient(clientId)
          return client?.rsaPublicKey ? { ...client, clientSecret: publicKey } : client
        },
      }),
    }),
  ],
  [
    'PLAINTEXT is taken without TLS',
    'methods-plaintext-unencrypted',
    () => ({
      options: () => ({ supportedSignatureMethods: ['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA1', 'PLAINTEXT'] }),
    }),
  ],
  [
    'the token secret is left out of the key',
    'methods-wrong-token-secret',
    () => ({
      options: (_, step) => ({
        signatureMethods: {
          'HMAC-SHA1': symmetric(({ baseString, clientSecret, tokenSecret }) =>
            createHmac('sha1', sharedKey(clientSecret, step === 'resource' ? '' : tokenSecret))
              .update(baseString)
              .digest('base64'),
          ),
        },
      }),
    }),
  ],
  [
    'the right signature stands in the refusal',
    'errors-no-oracle',
    () => {
      let right = ''
      const sign = symmetric(({ baseString, clientSecret, tokenSecret }) => {
        right = createHmac('sha1', sharedKey(clientSecret, tokenSecret)).update(baseString).digest('base64')
        return right
      })
      return {
        options: () => ({ signatureMethods: { 'HMAC-SHA1': sign } }),
        response: (response) =>
          response.status === 401 ? { ...response, body: `${response.body} expected ${right}` } : response,
      }
    },
  ],
  [
    'form bodies are not signed',
    'encodings-form-post-unsigned',
    () => ({ seen: (http, step) => (step === 'resource' ? { ...http, body: '' } : http) }),
  ],
  [
    'form bodies are signed with POST only',
    'encodings-form-put-unsigned',
    () => ({
      seen: (http, step) => (step === 'resource' && http.method === 'PUT' ? { ...http, body: '' } : http),
    }),
  ],
  [
    'a form with a charset is taken for none',
    'encodings-form-charset-unsigned',
    () => ({
      seen: (http) => (/charset/i.test(String(http.headers['content-type'])) ? { ...http, body: '' } : http),
    }),
  ],
  [
    'repeated names are collapsed',
    'encodings-repeated-names',
    () => ({
      seen: (http) =>
        withQueryOf(http, (query) => pairsWhere(query, (name, at, all) => all.indexOf(name) === at)),
    }),
  ],
  [
    'a realm in the query is not signed',
    'encodings-query-realm-added',
    () => ({ seen: (http) => withQueryOf(http, (query) => pairsWhere(query, (name) => name !== 'realm')) }),
  ],
  [
    'a plus sign in the query stays a plus sign',
    'encodings-plus',
    () => ({ seen: (http) => withQueryOf(http, (query) => query.replaceAll('+', '%2B')) }),
  ],
  [
    'a semicolon separates parameters',
    'encodings-semicolon',
    () => ({ seen: (http) => withQueryOf(http, (query) => query.replaceAll(';', '&')) }),
  ],
  [
    'empty values are dropped',
    'encodings-empty-value',
    () => ({
      seen: (http) =>
        withQueryOf(http, (query) =>
          query
            .split('&')
            .filter((pair) => !pair.endsWith('='))
            .join('&'),
        ),
    }),
  ],
  [
    'the query is decoded twice',
    'encodings-double',
    () => ({ seen: (http) => withQueryOf(http, (query) => query.replace(/%25([0-9A-Fa-f]{2})/g, '%$1')) }),
  ],
  [
    'the port is left out of the base string',
    'encodings-other-port',
    () => ({ options: (_, step) => (step === 'resource' ? { origin: 'http://localhost' } : {}) }),
  ],
  [
    'the scheme of the header is compared with regard to case',
    'header-scheme-case',
    () => ({
      seen: (http) =>
        authorization(http).startsWith('OAuth ')
          ? http
          : { ...http, headers: { ...http.headers, authorization: undefined } },
    }),
  ],
  [
    'the realm must stand first',
    'header-realm-last',
    () => ({
      seen: (http) => ({
        ...http,
        headers: { ...http.headers, authorization: authorization(http).replace(/, realm="/, ', x_realm="') },
      }),
    }),
  ],
  [
    'of a parameter that comes twice in the header the first counts',
    'places-repeated-in-header',
    () => ({
      seen(http) {
        const [first = '', ...others] = authorization(http).split(', ')
        const kept = [first, ...others].filter((pair, at, all) => {
          const nameOf = (text: string) => text.replace(/^OAuth /, '').split('=')[0]
          return all.findIndex((each) => nameOf(each) === nameOf(pair)) === at
        })
        return { ...http, headers: { ...http.headers, authorization: kept.join(', ') } }
      },
    }),
  ],
  [
    'protocol parameters of the query are forgotten where a header is',
    'places-two-at-once',
    () => ({
      seen: (http) =>
        authorization(http).startsWith('OAuth ')
          ? withQueryOf(http, (query) => pairsWhere(query, (name) => !name.startsWith('oauth_')))
          : http,
    }),
  ],
  [
    'another client can exchange a temporary credential',
    'exchange-other-client',
    () => ({
      hooks: (honest, http, step) =>
        step !== 'token'
          ? {}
          : {
              getTemporaryCredential: async (token) => {
                const found = await honest.getTemporaryCredential(token)
                return found && { ...found, clientId: inHeader(http)['oauth_consumer_key'] ?? '' }
              },
            },
    }),
  ],
  [
    'the verifier is not compared',
    'exchange-wrong-verifier',
    () => ({
      hooks: (honest, http, step) =>
        step !== 'token'
          ? {}
          : {
              getTemporaryCredential: async (token) => {
                const found = await honest.getTemporaryCredential(token)
                const oauthVerifier = inHeader(http)['oauth_verifier'] ?? ''
                return found?.oauthVerifier ? { ...found, oauthVerifier } : found
              },
            },
    }),
  ],
  [
    'a credential is exchanged without an approval',
    'flow-unapproved',
    () => ({
      hooks: (honest, http, step) =>
        step !== 'token'
          ? {}
          : {
              getTemporaryCredential: async (token) => {
                const found = await honest.getTemporaryCredential(token)
                const oauthVerifier = found?.oauthVerifier ?? inHeader(http)['oauth_verifier'] ?? ''
                return found && { ...found, oauthVerifier }
              },
            },
    }),
  ],
  [
    'a temporary credential is exchanged any number of times',
    'exchange-once',
    () => ({
      hooks: (honest, _, step) =>
        step === 'token'
          ? { exchangeTemporaryCredential: (_, token) => honest.createTokenCredential(token) }
          : {},
    }),
  ],
  [
    'a temporary credential is looked up, then deleted',
    'exchange-race',
    () => ({
      hooks: (honest, _, step) =>
        step !== 'token'
          ? {}
          : {
              async exchangeTemporaryCredential(oauthToken, token) {
                if ((await honest.getTemporaryCredential(oauthToken)) === undefined) return undefined
                await sleep(25)
                await honest.consumeTemporaryCredential(oauthToken)
                return honest.createTokenCredential(token)
              },
            },
    }),
  ],
  [
    'a refused exchange ends the credential',
    'exchange-stranger-spends-nothing',
    () => ({
      async response(response, http, step, honest) {
        if (step === 'token' && response.status === 401)
          await honest.consumeTemporaryCredential(inHeader(http)['oauth_token'] ?? '')
        return response
      },
    }),
  ],
  [
    'a denial does not spend the credential',
    'exchange-after-denial',
    () => ({
      hooks: (_, __, step) => (step === 'authorize' ? { consumeTemporaryCredential: () => true } : {}),
    }),
  ],
  [
    'a temporary credential opens the resource',
    'flow-temporary-is-no-token',
    () => ({
      hooks: (honest) => ({
        queryToken: async (clientId, token) =>
          (await honest.queryToken(clientId, token)) ?? (await honest.getTemporaryCredential(token)),
      }),
    }),
  ],
  [
    'a token is looked up without its client',
    'flow-token-of-other-client',
    () => ({
      hooks: (honest) => ({
        queryToken: async (clientId, token) => {
          const found =
            (await honest.queryToken('first', token)) ?? (await honest.queryToken('second', token))
          return found && { ...found, clientId }
        },
      }),
    }),
  ],
  [
    'oauth_callback_confirmed is missing',
    'flow-callback-confirmed',
    () => ({
      response: (response) => ({
        ...response,
        body: response.body.replace('&oauth_callback_confirmed=true', ''),
      }),
    }),
  ],
  [
    'oauth_callback_confirmed is True',
    'flow-callback-confirmed',
    () => ({
      response: (response) => ({
        ...response,
        body: response.body.replace('confirmed=true', 'confirmed=True'),
      }),
    }),
  ],
  [
    'credentials come as HTML',
    'flow-token-content-type',
    () => ({
      response: (response, _, step) =>
        step === 'token'
          ? { ...response, headers: { ...response.headers, 'content-type': 'text/html' } }
          : response,
    }),
  ],
  [
    'credentials may be cached',
    'flow-initiate-no-store',
    () => ({ response: (response) => withoutHeader(response, 'cache-control') }),
  ],
  [
    'every callback is accepted',
    'callbacks-unregistered',
    () => ({
      options: () => ({ allowUnregisteredCallbacks: true }),
      hooks: (honest) => ({
        queryClient: async (clientId) => {
          const client = await honest.queryClient(clientId)
          return client && { ...client, callbacks: [] }
        },
      }),
    }),
  ],
  [
    'callbacks are compared by their beginning',
    'callbacks-look-alike',
    () => ({
      hooks: (honest, http) => ({
        queryClient: async (clientId) => {
          const asked = /oauth_callback="([^"]*)"/.exec(authorization(http))?.[1] ?? ''
          const isAlike = decodeURIComponent(asked).startsWith('http://localhost')
          const client = await honest.queryClient(clientId)
          return client && isAlike ? { ...client, callbacks: [decodeURIComponent(asked), callback] } : client
        },
      }),
    }),
  ],
  [
    'the callback of the authorization URL counts',
    'callbacks-fixed-at-start',
    () => ({ page: 'callback of the URL' }),
  ],
  [
    'a second approval overwrites the first',
    'consent-second-user',
    () => {
      const grants = new Map<string, object>()
      return {
        hooks: (honest, _, step) => ({
          getTemporaryCredential: async (token) => {
            const found = await honest.getTemporaryCredential(token)
            return found && step !== 'authorize' ? { ...found, ...grants.get(token) } : found
          },
          createAuthorizationVerifier: (token, grant) => grants.set(token, grant).size > 0,
        }),
      }
    },
  ],
  ['the consent page may be framed', 'consent-not-framed', () => ({ page: 'framed' })],
  ['the consent form holds no token of the session', 'consent-forged', () => ({ page: 'unguarded' })],
  ['a signed-in user is not asked', 'consent-asks', () => ({ page: 'approves at once' })],
  ['the page writes out what the URL says', 'consent-escaped', () => ({ page: 'unescaped' })],
  ['the page passes its address on', 'consent-no-referrer', () => ({ page: 'referrer' })],
  [
    'a 401 carries no challenge',
    'errors-challenge',
    () => ({ response: (response) => withoutHeader(response, 'www-authenticate') }),
  ],
  [
    'an unknown client is told apart',
    'errors-clients-not-told',
    () => ({ options: () => ({ distinctErrors: true }) }),
  ],
  [
    'a malformed header is a 500',
    'malformed-lone-percent',
    () => ({
      answer: (http) =>
        /="%"/.test(authorization(http)) ? { status: 500, headers: {}, body: '' } : undefined,
    }),
  ],
  [
    'a long value hangs the parser',
    'malformed-long-value',
    () => ({ answer: (http) => (/a{5000}/.test(authorization(http)) ? 'nothing' : undefined) }),
  ],
]

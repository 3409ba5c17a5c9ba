import { setTimeout as sleep } from 'node:timers/promises'
import { callback } from '../faulty-server.ts'
import { authorization, inHeader, type PlantedFault, withoutHeader } from './planted-fault.ts'

/** The three steps, and the pages between them. */
export const flowFaults: readonly PlantedFault[] = [
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
]

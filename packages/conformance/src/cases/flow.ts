import { casesOf } from '../conformance-case.ts'
import { expectAccepted, expectCredential, expectHeader, expectRefused, responseOf } from '../expectations.ts'
import { authorizationUrl, decide } from '../flow/decide.ts'
import {
  approvedCredential,
  exchange,
  initiate,
  initiated,
  newToken,
  protectedRequest,
  temporaryCredential,
  verifierOf,
} from '../flow/steps.ts'
import { Failure, Skip } from '../verdict.ts'

const formPattern = /^application\/x-www-form-urlencoded\b/i

export const flow = casesOf('flow', [
  {
    id: 'complete',
    title: 'A client gets a temporary credential, an approval and a token, and the token opens the resource',
    section: '§2',
    level: 'must',
    why: 'Without it nothing else works, and most other cases are skipped.',
    remedy:
      'Check the endpoints, the client’s key and secret, and the test user first; then follow the request shown: the flow stops there.',
    async run(context) {
      context.flow = 'broken'
      const temporary = expectCredential(await initiate(context), 'a request for a temporary credential')
      const verifier = await verifierOf(context, temporary)
      const token = expectCredential(await exchange(context, { temporary, verifier }), 'the exchange')
      context.flow = 'works'
      expectAccepted(await context.send(await protectedRequest(context, { token })), 'a protected request')
      context.sharedToken = token
    },
  },
  {
    id: 'callback-confirmed',
    title: 'The first response says oauth_callback_confirmed=true',
    section: '§2.1',
    level: 'must',
    why: 'It tells clients that the provider does not implement OAuth Core 1.0, which is open to session fixation.',
    remedy:
      'Add oauth_callback_confirmed=true, in lower case, to the response of the temporary credential endpoint.',
    async run(context) {
      const { response } = await initiated(context)
      const { body } = responseOf(response)
      const value = new URLSearchParams(body).get('oauth_callback_confirmed')
      if (value !== 'true')
        throw new Failure('oauth_callback_confirmed=true', value ?? 'no such parameter', response)
    },
  },
  {
    id: 'initiate-content-type',
    title: 'A temporary credential is sent as application/x-www-form-urlencoded',
    section: '§2.1',
    level: 'must',
    why: 'Clients choose their parser by the content type.',
    remedy: 'Set Content-Type: application/x-www-form-urlencoded on the response.',
    async run(context) {
      const { response } = await initiated(context)
      expectHeader(response, 'content-type', formPattern, 'application/x-www-form-urlencoded')
    },
  },
  {
    id: 'token-content-type',
    title: 'A token credential is sent as application/x-www-form-urlencoded',
    section: '§2.3',
    level: 'must',
    why: 'Clients choose their parser by the content type.',
    remedy: 'Set Content-Type: application/x-www-form-urlencoded on the response.',
    async run(context) {
      const response = await exchange(context, await approvedCredential(context))
      expectCredential(response, 'the exchange')
      expectHeader(response, 'content-type', formPattern, 'application/x-www-form-urlencoded')
    },
  },
  {
    id: 'initiate-no-store',
    title: 'A temporary credential is kept out of caches',
    section: '§4.4',
    level: 'should',
    why: 'A shared cache could hand the secret to someone else.',
    remedy: 'Send Cache-Control: no-store with every response that holds a credential.',
    async run(context) {
      const { response } = await initiated(context)
      expectHeader(response, 'cache-control', /\bno-store\b/i, 'Cache-Control: no-store')
    },
  },
  {
    id: 'token-no-store',
    title: 'A token credential is kept out of caches',
    section: '§4.4',
    level: 'should',
    why: 'A shared cache could hand the secret to someone else.',
    remedy: 'Send Cache-Control: no-store with every response that holds a credential.',
    async run(context) {
      const response = await exchange(context, await approvedCredential(context))
      expectCredential(response, 'the exchange')
      expectHeader(response, 'cache-control', /\bno-store\b/i, 'Cache-Control: no-store')
    },
  },
  {
    id: 'redirect',
    title: 'The approval redirects to the callback with oauth_token and oauth_verifier',
    section: '§2.2',
    level: 'must',
    why: 'The token tells the client which of its users came back, and the verifier completes the flow.',
    remedy: 'Append oauth_token and oauth_verifier to the query of the callback.',
    async run(context) {
      const { callback, approve } = context.target
      if (callback === undefined) throw new Skip('no callback is given (callback)')
      const { key } = await temporaryCredential(context)
      const { location, last } = await decide(
        context,
        context.browser,
        authorizationUrl(context, key),
        approve,
      )
      if (location === undefined) throw new Failure('a redirect to the callback', 'a page', last)
      if (!location.startsWith(callback))
        throw new Failure(`a redirect to ${callback}`, `one to ${location}`, last)
      const query = new URLSearchParams(/\?([^#]*)/.exec(location)?.[1] ?? '')
      if (query.get('oauth_token') !== key || !query.get('oauth_verifier'))
        throw new Failure('oauth_token of this request, and oauth_verifier', location, last)
    },
  },
  {
    id: 'missing-callback',
    title: 'A request for a temporary credential without oauth_callback is refused',
    section: '§2.1',
    level: 'must',
    why: 'A callback that can be set later can be set by an attacker: the session fixation of OAuth Core 1.0.',
    remedy: 'Require oauth_callback; a client without one sends oob.',
    async run(context) {
      const response = await initiate(context, { oauth: { oauth_callback: undefined } })
      expectRefused(response, 'a request without oauth_callback')
    },
  },
  {
    id: 'unapproved',
    title: 'A temporary credential that no user approved cannot be exchanged',
    section: '§2.3',
    level: 'must',
    why: 'The client would get access that no one granted.',
    remedy: 'Refuse the exchange until the resource owner has approved the credential.',
    async run(context) {
      const temporary = await temporaryCredential(context)
      for (const oauth_verifier of ['guess', '', undefined]) {
        const response = await exchange(context, { temporary, verifier: '' }, { oauth: { oauth_verifier } })
        expectRefused(response, 'the exchange of a credential that was not approved')
      }
    },
  },
  {
    id: 'temporary-is-no-token',
    title: 'A temporary credential, approved or not, does not open the resource',
    section: '§2.3',
    level: 'must',
    why: 'Its token is visible in the user’s address bar, so it must be worthless on its own.',
    remedy: 'For protected requests, look up token credentials only.',
    async run(context) {
      const { temporary } = await approvedCredential(context)
      expectRefused(
        await context.send(await protectedRequest(context, { token: temporary })),
        'a protected request with a temporary credential',
      )
    },
  },
  {
    id: 'token-of-other-client',
    title: 'A token opens the resource only for the client that it was issued to',
    section: '§3.2',
    level: 'must',
    why: 'A client that gets hold of another client’s token could use it.',
    remedy: 'Look a token up by client and token together.',
    async run(context) {
      const client = context.secondClient
      expectRefused(
        await context.send(await protectedRequest(context, { client })),
        'a token of another client',
      )
    },
  },
  {
    id: 'distinct-credentials',
    title: 'Every credential is new and at least 16 characters long',
    section: '§4.9',
    level: 'should',
    why: 'A credential that is short or repeated can be guessed.',
    remedy: 'Generate tokens and secrets with at least 128 bits from a cryptographic random generator.',
    async run(context) {
      const credentials = [
        await temporaryCredential(context),
        await temporaryCredential(context),
        await newToken(context),
        await newToken(context),
      ]
      const texts = credentials.flatMap(({ key, secret }) => [key, secret])
      const short = texts.find((text) => text.length < 16)
      if (short !== undefined) throw new Failure('at least 16 characters', `${short.length}`)
      if (new Set(texts).size < texts.length)
        throw new Failure('different tokens and secrets', 'one of them twice')
    },
  },
  {
    id: 'post-only',
    title: 'Credentials are issued for POST only',
    section: '§2.1',
    level: 'should',
    why: 'The response to a GET may be cached or prefetched, and any page can trigger a GET with an image.',
    remedy: 'Refuse other methods at the two token endpoints with 405 and Allow: POST.',
    async run(context) {
      expectRefused(await initiate(context, { method: 'GET' }), 'GET at the temporary credential endpoint')
      const approved = await approvedCredential(context)
      expectRefused(await exchange(context, approved, { method: 'GET' }), 'GET at the token endpoint')
    },
  },
])

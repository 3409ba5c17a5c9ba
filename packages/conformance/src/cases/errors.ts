import { casesOf, type GroupCase } from '../conformance-case.ts'
import type { Context } from '../context.ts'
import { expectHeader, expectRefused, expectStatus, responseOf } from '../expectations.ts'
import { initiate, initiation, protectedRequest, sharedToken } from '../flow/steps.ts'
import { type Exchange, headersOf } from '../http/message.ts'
import { masking } from '../http/transcript.ts'
import { spoiled } from '../signing.ts'
import { Failure } from '../verdict.ts'

const unsigned = (context: Context) =>
  context.send({ method: 'GET', url: context.target.resource, headers: [] })

type Status = Pick<GroupCase, 'id' | 'title'> & {
  readonly status: number
  send(context: Context): Promise<Exchange>
}

const statuses: readonly Status[] = [
  {
    id: 'missing-parameter-400',
    title: 'A missing protocol parameter is a 400',
    status: 400,
    send: (context) => initiate(context, { oauth: { oauth_nonce: undefined } }),
  },
  {
    id: 'unknown-method-400',
    title: 'An unsupported signature method is a 400',
    status: 400,
    send: (context) => initiate(context, { signatureMethod: 'HMAC-MD5' }),
  },
  {
    id: 'duplicate-400',
    title: 'A repeated protocol parameter is a 400',
    status: 400,
    send: (context) => {
      const request = initiation(context)
      const headers = request.headers.map(([name, value]): [string, string] => [
        name,
        name === 'Authorization' ? `${value}, oauth_version="1.0", oauth_version="1.0"` : value,
      ])
      return context.send({ ...request, headers })
    },
  },
  {
    id: 'unknown-client-401',
    title: 'An unknown client is a 401',
    status: 401,
    send: (context) => initiate(context, { client: { key: context.unknown(), secret: 'x' } }),
  },
  {
    id: 'unknown-token-401',
    title: 'An unknown token is a 401',
    status: 401,
    send: async (context) =>
      context.send(await protectedRequest(context, { token: { key: context.unknown(), secret: 'x' } })),
  },
  {
    id: 'wrong-signature-401',
    title: 'A wrong signature is a 401',
    status: 401,
    send: (context) => initiate(context, { signature: spoiled }),
  },
  {
    id: 'used-nonce-401',
    title: 'A used nonce is a 401',
    status: 401,
    async send(context) {
      const request = await protectedRequest(context)
      await context.send(request)
      return context.send(request)
    },
  },
]

/**
 * Two refusals that a stranger must not tell apart by status, challenge or body, except for parts that always differ.
 */
function expectAlike(context: Context, known: Exchange, unknown: Exchange): void {
  const [expected, received] = [comparable(context, known), comparable(context, unknown)]
  if (expected !== received)
    throw new Failure(`the same response as for what exists: ${expected}`, received, unknown)
}

function comparable(context: Context, exchange: Exchange): string {
  const response = expectRefused(exchange, 'a wrong signature')
  const { target, sharedToken: token } = context
  // Names that a response may repeat, and identifiers of requests, which always differ.
  const named = /oauth_(?:consumer_key|token)="([^"]*)"/g
  const sent = headersOf(exchange.request, 'authorization').flatMap((header) =>
    Array.from(header.matchAll(named), ([, value = '']) => value),
  )
  const mask = masking([target.client.key, ...(token ? [token.key] : []), ...sent])
  const challenges = headersOf(response, 'www-authenticate').join()
  return mask(`${response.status} ${challenges} ${response.body}`).replace(
    /[0-9a-f]{8,}(?:-[0-9a-f]{4,}){0,4}|\d+/gi,
    '#',
  )
}

/** A 401 names the scheme. */
function expectChallenge(exchange: Exchange): void {
  if (responseOf(exchange).status === 401)
    expectHeader(exchange, 'www-authenticate', /\bOAuth\b/i, 'WWW-Authenticate: OAuth')
}

export const errors = casesOf('errors', [
  {
    id: 'challenge',
    title: 'A 401 carries a challenge for the scheme OAuth',
    section: '§3.2, RFC 9110 §15.5.2',
    level: 'must',
    why: 'HTTP demands it, and it tells clients how to authenticate.',
    remedy: 'Add WWW-Authenticate: OAuth realm="…" to every 401.',
    async run(context) {
      const responses = [
        await context.send(await protectedRequest(context, { signature: spoiled })),
        await initiate(context, { signature: spoiled }),
      ]
      for (const response of responses) expectChallenge(response)
    },
  },
  {
    id: 'unsigned',
    title: 'A request without credentials is refused, and a 401 carries a challenge',
    section: '§3.2',
    level: 'must',
    why: 'The resource must be protected, and the client must learn how to authenticate.',
    remedy: 'Respond with 401 and WWW-Authenticate: OAuth realm="…".',
    async run(context) {
      const response = await unsigned(context)
      expectRefused(response, 'a request without credentials')
      expectChallenge(response)
    },
  },
  ...statuses.map(
    ({ id, title, status, send }): GroupCase => ({
      id,
      title,
      section: '§3.2',
      level: 'should',
      why: 'The status tells clients whether their request is malformed or their credentials are wrong.',
      remedy: `Respond with ${status}.`,
      async run(context) {
        expectStatus(await send(context), status, title)
      },
    }),
  ),
  {
    id: 'clients-not-told',
    title: 'Responses do not reveal whether a client exists',
    section: '§3.2',
    level: 'should',
    why: 'A stranger could find out which clients exist.',
    remedy: 'Respond to an unknown client as to a wrong signature, after the same work.',
    async run(context) {
      const client = { key: context.unknown(), secret: 'x' }
      const known = await initiate(context, { signature: spoiled })
      expectAlike(context, known, await initiate(context, { client, signature: spoiled }))
    },
  },
  {
    id: 'tokens-not-told',
    title: 'Responses do not reveal whether a token exists',
    section: '§3.2',
    level: 'should',
    why: 'A stranger could find out which tokens exist.',
    remedy: 'Respond to an unknown token as to a wrong signature, after the same work.',
    async run(context) {
      const token = { ...(await sharedToken(context)), key: context.unknown() }
      const known = await context.send(await protectedRequest(context, { signature: spoiled }))
      const unknown = await context.send(await protectedRequest(context, { token, signature: spoiled }))
      expectAlike(context, known, unknown)
    },
  },
  {
    id: 'no-oracle',
    title: 'A refusal does not contain the right signature',
    section: '§3.2',
    level: 'must',
    why: 'Anyone could have any request signed.',
    remedy: 'Never send or log the expected signature.',
    async run(context) {
      let right = ''
      const signature = (made: string) => {
        right = made
        return spoiled(made)
      }
      const response = await context.send(await protectedRequest(context, { signature }))
      const { body, headers } = expectRefused(response, 'a wrong signature')
      const texts = [body, ...headers.map(([, value]) => value)]
      if (texts.some((text) => [right, encodeURIComponent(right)].some((form) => text.includes(form))))
        throw new Failure('no signature in the response', 'the right one', response)
    },
  },
])

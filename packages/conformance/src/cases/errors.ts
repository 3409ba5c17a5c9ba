import { casesOf, type GroupCase } from '../conformance-case.ts'
import type { Context } from '../context.ts'
import { expectHeader, expectRefused, expectStatus, responseOf } from '../expectations.ts'
import { initiate, initiation, protectedRequest, sharedToken } from '../flow/steps.ts'
import { type Exchange, headersOf } from '../http/message.ts'
import { masking } from '../http/transcript.ts'
import { spoiled } from '../signing.ts'
import { Failure } from '../verdict.ts'

const challenge = /\bOAuth\b/i
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

/** Two refusals that a stranger must not tell apart: status, headers and body, less what differs by itself. */
async function expectAlike(
  context: Context,
  send: () => Promise<readonly [Exchange, Exchange]>,
): Promise<void> {
  const [known, unknown] = await send()
  const [first, second] = [known, unknown].map((exchange) => comparable(context, exchange))
  if (first !== second)
    throw new Failure(`the same answer as to what exists: ${first}`, String(second), unknown)
}

function comparable(context: Context, exchange: Exchange): string {
  const response = expectRefused(exchange, 'a wrong signature')
  const { target, sharedToken: token } = context
  // Names that an answer may repeat, and numbers that differ from one answer to the next.
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

export const errors = casesOf('errors', [
  {
    id: 'challenge',
    title: 'A 401 carries a challenge of the scheme OAuth',
    section: '§3.2, RFC 9110 §15.5.2',
    level: 'must',
    why: 'HTTP demands it, and clients find out by it what to send.',
    remedy: 'Add WWW-Authenticate: OAuth realm="…" to every 401.',
    async run(context) {
      const answers = [
        await context.send(await protectedRequest(context, { signature: spoiled })),
        await initiate(context, { signature: spoiled }),
      ]
      for (const answer of answers)
        if (responseOf(answer).status === 401)
          expectHeader(answer, 'www-authenticate', challenge, 'WWW-Authenticate: OAuth')
    },
  },
  {
    id: 'unsigned',
    title: 'A request without credentials gets a 401 with a challenge',
    section: '§3.2',
    level: 'must',
    why: 'The resource must not be open, and the client must learn how to get in.',
    remedy: 'Answer with 401 and WWW-Authenticate: OAuth realm="…".',
    async run(context) {
      const answer = await unsigned(context)
      expectRefused(answer, 'a request without credentials')
      if (responseOf(answer).status === 401)
        expectHeader(answer, 'www-authenticate', challenge, 'WWW-Authenticate: OAuth')
    },
  },
  ...statuses.map(
    ({ id, title, status, send }): GroupCase => ({
      id,
      title,
      section: '§3.2',
      level: 'should',
      why: 'Clients tell by the status whether they are wrong themselves, or their credentials are.',
      remedy: `Answer with ${status}.`,
      async run(context) {
        expectStatus(await send(context), status, title)
      },
    }),
  ),
  {
    id: 'clients-not-told',
    title: 'Whether a client exists is not told',
    section: '§3.2',
    level: 'should',
    why: 'A stranger could find out which clients there are.',
    remedy: 'Answer an unknown client and a wrong signature alike, after the same work.',
    run: (context) =>
      expectAlike(context, async () => [
        await initiate(context, { signature: spoiled }),
        await initiate(context, { client: { key: context.unknown(), secret: 'x' }, signature: spoiled }),
      ]),
  },
  {
    id: 'tokens-not-told',
    title: 'Whether a token exists is not told',
    section: '§3.2',
    level: 'should',
    why: 'A stranger could find out which tokens there are.',
    remedy: 'Answer an unknown token and a wrong signature alike, after the same work.',
    async run(context) {
      const token = await sharedToken(context)
      await expectAlike(context, async () => [
        await context.send(await protectedRequest(context, { signature: spoiled })),
        await context.send(
          await protectedRequest(context, {
            token: { ...token, key: context.unknown() },
            signature: spoiled,
          }),
        ),
      ])
    },
  },
  {
    id: 'no-oracle',
    title: 'A refusal does not hold the right signature',
    section: '§3.2',
    level: 'must',
    why: 'Whoever asks could sign anything.',
    remedy: 'Never send the expected signature; keep it out of logs, too.',
    async run(context) {
      let right = ''
      const signature = (made: string) => {
        right = made
        return spoiled(made)
      }
      const answer = await context.send(await protectedRequest(context, { signature }))
      const { body, headers } = expectRefused(answer, 'a wrong signature')
      const texts = [body, ...headers.map(([, value]) => value)]
      if (texts.some((text) => [right, encodeURIComponent(right)].some((form) => text.includes(form))))
        throw new Failure('no signature in the answer', 'the right one', answer)
    },
  },
])

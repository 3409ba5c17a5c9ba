import {
  type HttpRequest,
  OAuth1Error,
  type OAuth1Request,
  ResourceProtector,
  type Tolerance,
} from 'countersign'
import { memoryHooks } from 'countersign/memory'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { tolerances } from '../../src/protocol/departures.ts'
import { arriving, sentBy } from '../departing-client.ts'
import { acceptedStatement, alterations, drafts, signedStatement } from './alterations.ts'
import { start, token } from './provider.ts'

/** A provider of which nothing but the signature can keep an altered request out: it takes a nonce again and again. */
function protectorWith(list: readonly Tolerance[]): ResourceProtector {
  const clients = [{ clientId: 'client', clientSecret: 'secret' }]
  const memory = memoryHooks({ clients, tokens: [token], now: () => start })
  return new ResourceProtector({
    hooks: { ...memory, recordNonce: () => true },
    now: () => start,
    supportedSignatureMethods: ['HMAC-SHA256'],
    twoLegged: true,
    headerParameters: 'accept',
    tolerances: list,
  })
}

/** The request as the server hands it on; undefined where it is refused. */
async function accepted(protector: ResourceProtector, http: HttpRequest): Promise<OAuth1Request | undefined> {
  try {
    return (await protector.authenticate(http)).request
  } catch (error) {
    if (error instanceof OAuth1Error) return undefined
    throw error
  }
}

/** A client's quirks, and what the policy tolerates beside them. */
const cases: readonly (readonly [
  what: string,
  quirks: readonly Tolerance[],
  tolerated: readonly Tolerance[],
])[] = [
  ['no quirk', [], []],
  ['no quirk, where all are tolerated', [], tolerances],
  ...tolerances.map((quirk) => [quirk, [quirk], [quirk]] as const),
  ...tolerances.map((quirk) => [`${quirk}, where all are tolerated`, [quirk], tolerances] as const),
  ...tolerances.flatMap((one, at) =>
    tolerances.slice(at + 1).flatMap((other) => {
      const both = [one, other]
      // A client sorts in one way.
      return one === 'raw-order' && other === 'joined-order'
        ? []
        : [[both.join(' and '), both, both] as const]
    }),
  ),
]

let passed = 0
let refused = 0

afterAll(() => {
  // Otherwise nothing was tried.
  expect(Math.min(passed, refused)).toBeGreaterThan(100)
})

describe('whatever is done to a request on its way, the server hands on what the client signed, or nothing', () => {
  it.each(cases)('%s', async (_what, quirks, tolerated) => {
    const protector = protectorWith(tolerated)
    await fc.assert(
      fc.asyncProperty(drafts(start), alterations, async (draft, list) => {
        const isRaw = quirks.includes('raw-oauth-values')
        const oauth = isRaw ? draft.oauth.filter(([, text]) => !/[&%]/.test(text)) : draft.oauth
        const sent = sentBy({ ...draft, oauth }, quirks)
        const unaltered = await accepted(protector, arriving(sent))
        expect(unaltered && acceptedStatement(sent, unaltered), 'as it was sent').toBe(signedStatement(sent))
        const altered = list.reduce((request, alter) => alter(request), sent)
        const request = await accepted(protector, arriving(altered))
        if (request === undefined) refused++
        else {
          passed++
          expect(acceptedStatement(altered, request)).toBe(signedStatement(sent))
        }
      }),
      { numRuns: 200 },
    )
  })
})

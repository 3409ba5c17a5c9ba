import { createHash } from 'node:crypto'
import { OAuth1Error, ResourceProtector, type Tolerance } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { describe, expect, it } from 'vitest'
import type { Pair } from '../../../../test/support/signer.mjs'
import { tolerances } from '../../src/protocol/departures.ts'
import { arriving, type Draft, type Sent, sentBy } from '../departing-client.ts'
import { start, token } from './provider.ts'

let count = 0

function draft(rest: Partial<Draft> = {}, more: readonly Pair[] = []): Draft {
  return {
    method: 'POST',
    host: 'api.example.com',
    path: '/pay',
    query: [],
    form: [['amount', '1']],
    oauth: [
      ['oauth_consumer_key', 'client'],
      ['oauth_token', 'token'],
      ['oauth_signature_method', 'HMAC-SHA256'],
      ['oauth_timestamp', String(start)],
      ['oauth_nonce', `n${count++}`],
      ...more,
    ],
    ...rest,
  }
}

async function verdict(sent: Sent, list: readonly Tolerance[]): Promise<string> {
  const clients = [{ clientId: 'client', clientSecret: 'secret' }]
  const protector = new ResourceProtector({
    hooks: { ...memoryHooks({ clients, tokens: [token], now: () => start }), recordNonce: () => true },
    now: () => start,
    supportedSignatureMethods: ['HMAC-SHA256'],
    twoLegged: true,
    tolerances: list,
  })
  try {
    await protector.authenticate(arriving(sent))
    return 'accepted'
  } catch (error) {
    if (error instanceof OAuth1Error) return error.code
    throw error
  }
}

const query = (...pairs: Pair[]): Partial<Draft> => ({ query: pairs, form: [] })
const callback: Pair = ['oauth_callback', 'https://tool.example.com/ready']
const hashOf = (content: string) => createHash('sha1').update(content).digest('base64')

/** What someone on the way would gain by each tolerance if it were wider. `quirk`: whether the client departs itself. */
const attacks: readonly {
  readonly tolerance: Tolerance
  readonly prose: string
  readonly draft: Draft
  readonly quirk?: false
  readonly alter: (sent: Sent) => Sent
  readonly code?: string
}[] = [
  {
    tolerance: 'default-port',
    prose: 'what was signed for one port is not taken at another, where another application may listen',
    draft: draft(),
    alter: (sent) => ({ ...sent, host: 'api.example.com:8443' }),
  },
  {
    tolerance: 'default-port',
    prose: 'what was signed for https is not taken over http, whose default port is another',
    draft: draft(),
    alter: (sent) => ({ ...sent, scheme: 'http' }),
  },
  {
    tolerance: 'raw-order',
    prose: 'another order of the parameters is no other assignment of their values',
    draft: draft(query(['from.a', '1'], ['from/b', '2'])),
    alter: (sent) => ({
      ...sent,
      query: [
        ['from.a', '2'],
        ['from/b', '1'],
      ],
    }),
  },
  {
    tolerance: 'joined-order',
    prose: 'where pairs are sorted as one text, a name still ends where it ended',
    draft: draft(query(['a', 'b=c'], ['a-b', '1'])),
    alter: (sent) => ({
      ...sent,
      query: [
        ['a=b', 'c'],
        ['a-b', '1'],
      ],
    }),
  },
  {
    tolerance: 'split-parameters',
    prose: 'a callback beside the header cannot be exchanged for an attacker’s',
    draft: draft({}, [callback]),
    alter: (sent) => ({ ...sent, query: [['oauth_callback', 'https://evil.example.com/']] }),
  },
  {
    tolerance: 'split-parameters',
    prose: 'a second callback cannot be added to the one that was signed',
    draft: draft({}, [callback]),
    quirk: false,
    alter: (sent) => ({ ...sent, query: [['oauth_callback', 'https://evil.example.com/']] }),
    code: 'duplicated_oauth_protocol_parameter',
  },
  {
    tolerance: 'repeated-in-header',
    prose: 'a header cannot say something else than the form that it repeats',
    draft: draft(),
    alter: (sent) => ({ ...sent, header: [...sent.header, ['amount', '1000']] }),
    code: 'unsupported_parameter',
  },
  {
    tolerance: 'repeated-in-header',
    prose: 'a form cannot be taken off the header that repeats it, out of the handler’s sight',
    draft: draft(),
    alter: (sent) => ({ ...sent, form: [] }),
    code: 'unsupported_parameter',
  },
  {
    tolerance: 'repeated-in-query',
    prose: 'a query cannot say something else than the form that it repeats',
    draft: draft(),
    alter: (sent) => ({ ...sent, query: [['amount', '1000']] }),
  },
  {
    tolerance: 'repeated-in-query',
    prose: 'a value does not become a list: one copy in the form speaks for one in the query',
    draft: draft(),
    alter: (sent) => ({ ...sent, query: [...sent.query, ...sent.query] }),
  },
  {
    tolerance: 'empty-token',
    prose: 'a user’s token cannot be taken off, as if the client had asked for itself',
    draft: draft(),
    quirk: false,
    alter: (sent) => ({ ...sent, header: sent.header.filter(([name]) => name !== 'oauth_token') }),
  },
  {
    tolerance: 'raw-oauth-values',
    prose: 'two parameters cannot be read as the value of one',
    draft: draft({}, [
      ['oauth_y', '1'],
      ['oauth_z', '2'],
    ]),
    quirk: false,
    alter: (sent) => ({
      ...sent,
      header: [...sent.header.filter(([name]) => !/^oauth_[yz]$/.test(name)), ['oauth_y', '1&oauth_z=2']],
    }),
  },
  {
    tolerance: 'raw-oauth-values',
    prose: 'a value cannot be exchanged for its own escape',
    draft: draft({}, [['oauth_z', 'a/b']]),
    quirk: false,
    alter: (sent) => ({
      ...sent,
      header: sent.header.map(([name, value]) => [name, name === 'oauth_z' ? 'a%2Fb' : value]),
    }),
  },
  {
    tolerance: 'sha1-body-hash',
    prose: 'another body is refused, whichever hash the client chose',
    draft: draft({ form: undefined, content: '{"amount":1}' }),
    alter: (sent) => ({ ...sent, content: '{"amount":1000}' }),
  },
  {
    tolerance: 'sha1-body-hash',
    prose: 'a hash that fits another body is not the one that was signed',
    draft: draft({ form: undefined, content: '{"amount":1}' }),
    alter: (sent) => ({
      ...sent,
      content: '{"amount":1000}',
      header: sent.header.map(([name, value]) => [
        name,
        name === 'oauth_body_hash' ? hashOf('{"amount":1000}') : value,
      ]),
    }),
  },
]

describe('a tolerance opens no way in', () => {
  it.each(attacks)('$tolerance: $prose', async ({ tolerance, draft, quirk, alter, code }) => {
    const sent = sentBy(draft, quirk === false ? [] : [tolerance])
    expect(await verdict(sent, [tolerance]), 'as it was sent').toBe('accepted')
    expect(await verdict(alter(sent), [tolerance])).toBe(code ?? 'invalid_signature')
    // Nor do all of them together.
    expect(await verdict(alter(sent), tolerances)).not.toBe('accepted')
  })

  it.each(tolerances)('%s is among them', (tolerance) => {
    expect(attacks.some((attack) => attack.tolerance === tolerance)).toBe(true)
  })
})

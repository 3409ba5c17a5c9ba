import type { OAuth1Request } from 'countersign'
import fc from 'fast-check'
import { encode, type Pair } from '../../../../test/support/signer.mjs'
import type { Draft, Sent } from '../departing-client.ts'

/** Names and values that are alike up to an order, an escape or a separator. */
const texts = [
  'a',
  'b',
  'a.b',
  'a/b',
  'a-b',
  'a b',
  'a=1',
  'b&a',
  '1',
  '2',
  '',
  '%26',
  '%2F',
  '+',
  'ü',
  'A',
  '~',
]
const name = fc.constantFrom(...texts.filter((text) => text !== ''), 'oauth_b', 'oauth_token')
const value = fc.constantFrom(...texts)
const pair: fc.Arbitrary<Pair> = fc.tuple(name, value)
const ownPair: fc.Arbitrary<Pair> = fc.tuple(
  name.filter((text) => !text.startsWith('oauth_')),
  value,
)

let count = 0

/** What a client wants to send at the time `now`, with a token and without one. */
export function drafts(now: number): fc.Arbitrary<Draft> {
  return fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'PUT'),
      host: fc.constantFrom('api.example.com', 'api.example.com:443', 'api.example.com:8443'),
      path: fc.constantFrom('/', '/a', '/a%2Fb', '/a/b'),
      query: fc.array(ownPair, { maxLength: 4 }),
      body: fc.oneof(
        fc.record({ form: fc.array(ownPair, { maxLength: 4 }) }),
        fc.record({ form: fc.constant(undefined), content: fc.constantFrom('', '{"a":1}', 'a=1') }),
      ),
      extra: fc.subarray<Pair>([
        ['oauth_callback', 'https://tool.example.com/?a=b'],
        ['oauth_verifier', 'a+b/='],
        ['oauth_z', 'a=b&c'],
        ['oauth_y', '%3D'],
      ]),
    })
    .map(({ body, extra, ...rest }) => ({
      ...rest,
      ...body,
      oauth: [
        ['oauth_consumer_key', 'client'],
        ['oauth_token', 'token'],
        ['oauth_signature_method', 'HMAC-SHA256'],
        ['oauth_timestamp', String(now)],
        ['oauth_nonce', `n${count++}/=`],
        ...extra,
      ],
    }))
}

function decoded(text: string): string {
  return /^(?:[^%]|%[\dA-F]{2})*$/.test(text) && !/%[89A-F]/.test(text) ? decodeURIComponent(text) : text
}

type Place = 'header' | 'query' | 'form'
const place = fc.constantFrom<Place>('header', 'query', 'form')
const index = fc.nat({ max: 12 })

/** What someone on the way makes of a request. */
type Alteration = (sent: Sent) => Sent

const pairsIn = (sent: Sent, at: Place): readonly Pair[] => sent[at] ?? []
const withPairs = (sent: Sent, at: Place, pairs: readonly Pair[]): Sent => ({ ...sent, [at]: pairs })
const insert = (sent: Sent, at: Place, where: number, added: Pair) =>
  withPairs(sent, at, pairsIn(sent, at).toSpliced(where, 0, added))

/** Something else in the place of one pair. */
function replace(sent: Sent, at: Place, where: number, change: (pair: Pair) => readonly Pair[]): Sent {
  const pairs = pairsIn(sent, at)
  const chosen = pairs[where % Math.max(pairs.length, 1)]
  return chosen === undefined
    ? sent
    : withPairs(sent, at, pairs.toSpliced(pairs.indexOf(chosen), 1, ...change(chosen)))
}

const alteration: fc.Arbitrary<Alteration> = fc.oneof(
  fc.tuple(place, index, pair).map(
    ([at, where, added]): Alteration =>
      (sent) =>
        insert(sent, at, where, added),
  ),
  fc.tuple(place, index).map(
    ([at, where]): Alteration =>
      (sent) =>
        replace(sent, at, where, () => []),
  ),
  fc.tuple(place, index, value).map(
    ([at, where, text]): Alteration =>
      (sent) =>
        replace(sent, at, where, ([own]) => [[own, text]]),
  ),
  fc.tuple(place, index, name).map(
    ([at, where, text]): Alteration =>
      (sent) =>
        replace(sent, at, where, ([, own]) => [[text, own]]),
  ),
  // A copy, in the same place or another; then perhaps with another value.
  fc.tuple(place, index, place, index, fc.option(value)).map(
    ([from, where, to, at, text]): Alteration =>
      (sent) => {
        const pairs = pairsIn(sent, from)
        const chosen = pairs[where % Math.max(pairs.length, 1)]
        return chosen === undefined ? sent : insert(sent, to, at, text === null ? chosen : [chosen[0], text])
      },
  ),
  fc.tuple(place, index, place, index).map(
    ([from, where, to, at]): Alteration =>
      (sent) => {
        const pairs = pairsIn(sent, from)
        const chosen = pairs[where % Math.max(pairs.length, 1)]
        if (chosen === undefined) return sent
        return insert(
          replace(sent, from, where, () => []),
          to,
          at,
          chosen,
        )
      },
  ),
  fc.tuple(place, index, place, index).map(
    ([one, where, other, at]): Alteration =>
      (sent) => {
        const [a, b] = [pairsIn(sent, one), pairsIn(sent, other)]
        const [first, second] = [a[where % Math.max(a.length, 1)], b[at % Math.max(b.length, 1)]]
        if (first === undefined || second === undefined) return sent
        const swapped = replace(sent, one, where, ([own]) => [[own, second[1]]])
        return replace(swapped, other, at, ([own]) => [[own, first[1]]])
      },
  ),
  // Once more, or once less: what one way of signing encodes, another leaves as it is.
  fc.tuple(place, index, fc.constantFrom(encode, decoded)).map(
    ([at, where, change]): Alteration =>
      (sent) =>
        replace(sent, at, where, ([own, text]) => [[own, change(text)]]),
  ),
  // Two pairs as the value of one.
  fc.tuple(place, index, fc.boolean()).map(
    ([at, where, isDecoded]): Alteration =>
      (sent) => {
        const sorted = pairsIn(sent, at).toSorted(([a], [b]) => (a < b ? -1 : 1))
        const [first, second] = sorted.slice(where % Math.max(sorted.length, 1))
        if (first === undefined || second === undefined) return sent
        const text = isDecoded ? second : second.map(encode)
        const rest = sorted.filter((own) => own !== first && own !== second)
        return withPairs(sent, at, [...rest, [first[0], `${first[1]}&${text.join('=')}`]])
      },
  ),
  // And one value as two pairs.
  fc.tuple(place, index).map(
    ([at, where]): Alteration =>
      (sent) =>
        replace(sent, at, where, ([own, text]) => {
          const [value = '', ...others] = text.split('&')
          return [
            [own, value],
            ...others.map((other): Pair => [other.split('=')[0] ?? '', other.split('=')[1] ?? '']),
          ]
        }),
  ),
  fc.constantFrom('GET', 'POST', 'DELETE', 'post').map(
    (method): Alteration =>
      (sent) => ({ ...sent, method }),
  ),
  fc.constantFrom('/', '/b', '/a%2Fb', '/a/b', '/A').map(
    (path): Alteration =>
      (sent) => ({ ...sent, path }),
  ),
  fc
    .constantFrom(
      'api.example.com',
      'api.example.com:443',
      'api.example.com:80',
      'api.example.com:444',
      'b.example.com',
    )
    .map(
      (host): Alteration =>
        (sent) => ({ ...sent, host }),
    ),
  fc.constant<Alteration>((sent) => ({ ...sent, scheme: 'http' })),
  fc.constantFrom('', '{"a":2}', 'a=1').map(
    (content): Alteration =>
      (sent) => ({ ...sent, content }),
  ),
  fc.constant<Alteration>((sent) => ({ ...sent, form: sent.form === undefined ? [] : undefined })),
)

export const alterations: fc.Arbitrary<readonly Alteration[]> = fc.array(alteration, {
  minLength: 1,
  maxLength: 3,
})

/**
 * What the client said: verb, scheme, host, port and path, with a default port left out; all pairs that it signed, in any
 * order, wherever they stand, each as often as it signed it; and the octets of a body of which it signed the hash. An empty
 * token is none.
 */
export function signedStatement(sent: Sent): string {
  return statement(sent, sent.signed)
}

/** What the server hands on of a request that it accepted, in the same form. */
export function acceptedStatement(arrived: Sent, { parameters }: OAuth1Request): string {
  const { header, query, form = [] } = arrived
  const oauth = [...header, ...query, ...form].filter(([own]) => own.startsWith('oauth_'))
  // Equal ones count once, and unequal ones are refused.
  const different = new Map(oauth.map((own) => [String(own), own]))
  const signed = [...different.values()].filter(([own]) => own !== 'oauth_signature')
  return statement(arrived, [...signed, ...parameters])
}

function statement({ method, scheme, host, path, form, content }: Sent, pairs: readonly Pair[]): string {
  const usual = host.replace(scheme === 'https' ? /:443$/ : /:80$/, '')
  const list = pairs.filter((own) => String(own) !== 'oauth_token,')
  const hasHash = list.some(([own]) => own === 'oauth_body_hash')
  const body = form === undefined && hasHash ? content : ''
  return JSON.stringify([method.toUpperCase(), scheme, usual, path, list.map(String).sort(), body])
}

import type { Mistake, Pair, Steps } from '../mistaken-client.ts'
import { compare } from '../mistaken-client.ts'

type Order = (a: Pair, b: Pair) => number

const encoded =
  ({ name, value }: Pick<Steps, 'name' | 'value'>) =>
  ([given, text]: Pair): Pair => [name(given), value(text)]

const before = (code: Mistake['code'], what: string, order: Order): Mistake => ({
  code,
  what,
  change: (own) => ({ arrange: (pairs) => [...pairs].sort(order).map(encoded(own)) }),
})

const after = (code: Mistake['code'], what: string, order: Order): Mistake => ({
  code,
  what,
  change: (own) => ({ arrange: (pairs) => pairs.map(encoded(own)).sort(order) }),
})

const lowered: Order = ([a, b], [c, d]) =>
  compare(a.toLowerCase(), c.toLowerCase()) || compare(b.toLowerCase(), d.toLowerCase())

export const orderMistakes: readonly Mistake[] = [
  before('sorted-before-encoding', 'sorts, then encodes', ([a, b], [c, d]) => compare(a, c) || compare(b, d)),
  after('sorted-as-joined-pairs', 'sorts name=value', (a, b) => compare(a.join('='), b.join('='))),
  after(
    'sorted-by-locale',
    'sorts by localeCompare',
    ([a, b], [c, d]) => a.localeCompare(c, 'en') || b.localeCompare(d, 'en'),
  ),
  before(
    'sorted-by-locale',
    'sorts raw names by localeCompare',
    ([a, b], [c, d]) => a.localeCompare(c, 'en') || b.localeCompare(d, 'en'),
  ),
  after('sorted-by-locale', 'sorts without regard to case', lowered),
  after('repeats-unsorted', 'sorts by name alone', ([a], [b]) => compare(a, b)),
  after(
    'repeats-unsorted',
    'sorts numbers as numbers',
    ([a, b], [c, d]) =>
      compare(a, c) || (/^\d+$/.test(b) && /^\d+$/.test(d) ? Number(b) - Number(d) : compare(b, d)),
  ),
  after('unsorted', 'signs query, form and protocol parameters as they come', () => 0),
  {
    code: 'unsorted',
    what: 'puts the protocol parameters, sorted, before the others as they come',
    change: (own) => ({
      arrange: (pairs) => {
        const isOAuth = ([name]: Pair) => name.startsWith('oauth_')
        const oauth = pairs.filter(isOAuth).sort(([a], [b]) => compare(a, b))
        return [...oauth, ...pairs.filter((pair) => !isOAuth(pair))].map(encoded(own))
      },
    }),
  },
  {
    code: 'unsorted',
    what: 'puts the sorted parameters of query and form before the sorted protocol parameters',
    change: (_, { arrange }) => ({
      arrange: (pairs) => [
        ...arrange(pairs.filter(([name]) => !name.startsWith('oauth_'))),
        ...arrange(pairs.filter(([name]) => name.startsWith('oauth_'))),
      ],
    }),
  },
]

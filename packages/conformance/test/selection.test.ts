import { expect, it } from 'vitest'
import { allCases, SelectionError, selectCases } from '../src/index.ts'

const idsOf = (...names: string[]) => selectCases(names).map(({ id }) => id)

it('selects every case without a name', () => {
  expect(selectCases()).toEqual(allCases)
})

it.each([
  ['an id', 'replay-race', (id: string) => id === 'replay-race'],
  ['a group', 'replay', (id: string) => id.startsWith('replay-')],
  ['a part', 'race', (id: string) => id.includes('race')],
  ['a pattern at the beginning', '*-race', (id: string) => id.endsWith('-race')],
  ['a pattern at the end', 'malformed-query*', (id: string) => id.startsWith('malformed-query')],
  ['a pattern in the middle', 'm*-a*d', (id: string) => /^m.*-a.*d$/.test(id)],
])('selects by %s', (_, name, fits) => {
  const expected = allCases.filter(({ id }) => fits(id)).map(({ id }) => id)
  expect(expected.length).toBeGreaterThan(0)
  expect(idsOf(name)).toEqual(expected)
})

it('selects each case once, in the order of the suite', () => {
  expect(idsOf('replay-race', 'exchange-race', '*race')).toEqual(['exchange-race', 'replay-race'])
})

it.each(['no-such-case', 'replay-*-such-case', ''.padEnd(50, '*a')])(
  'refuses %s, and says what there is',
  (name) => {
    expect(() => selectCases([name])).toThrow(SelectionError)
    expect(() => selectCases([name])).toThrow(/Groups are flow, exchange, .*--list/)
  },
)

import { expect, it } from 'vitest'
import { listedTokens } from '../../src/stores/shared/listed-tokens.ts'

const row = (oauthToken: string, own: object = {}) => ({
  clientId: 'c',
  oauthToken,
  oauthTokenSecret: 's',
  userId: 7,
  ...own,
})

it.each<[name: string, rows: object[], expected: string]>([
  ['by the number of the row', [{ id: 10 }, { id: 9 }], 'ba'],
  ['by a number that the driver reads as text', [{ id: '10' }, { id: '9' }], 'ba'],
  ['by a number that the driver reads as a bigint', [{ id: 10n }, { id: 9n }], 'ba'],
  ['by the time of creation', [{ created_at: 20 }, { created_at: 3 }], 'ba'],
  ['by a date', [{ createdAt: new Date(2) }, { createdAt: new Date(1) }], 'ba'],
  [
    'by the time where identifiers are random',
    [
      { id: 'f47a', createdAt: 2 },
      { id: '07b1', createdAt: 1 },
    ],
    'ba',
  ],
  ['as the database has them, where one row lacks it', [{ id: 10 }, {}], 'ab'],
  ['as the database has them, where there is nothing to order by', [{}, {}], 'ab'],
])('tokens are listed %s', (_, [first, second], expected) => {
  const rows = [row('a', first), row('b', second)]
  expect(
    listedTokens(rows, {})
      .map(({ oauthToken }) => oauthToken)
      .join(''),
  ).toBe(expected)
})

it.each<[stored: unknown, asked: string | number, isListed: boolean]>([
  [7, 7, true],
  [7n, 7, true],
  ['7', 7, true],
  [7, '7', true],
  ['7x', 7, false],
  ['Ada', 'ada', false],
  [null, 'null', false],
  [undefined, 'undefined', false],
])('a token of the user %s belongs to %s: %s', (stored, asked, isListed) => {
  const rows = [row('a', { userId: stored })]
  expect(listedTokens(rows, { userId: asked })).toHaveLength(isListed ? 1 : 0)
})

import { expect, it } from 'vitest'
import { alignedLines, baseStringLines } from '../src/web/ui/base-string-lines.ts'
import { baseStringsView } from '../src/web/ui/base-strings.ts'

const expected = 'GET&https%3A%2F%2Fa.example%2Fx&a%3D1%26b%3D2%26c%3D3'

it('splits a base string into its method, its address and its parameters', () => {
  expect(baseStringLines(expected)).toEqual([
    'GET&',
    'https%3A%2F%2Fa.example%2Fx&',
    'a%3D1%26',
    'b%3D2%26',
    'c%3D3',
  ])
})

it.each([
  ['another value', 'GET&https%3A%2F%2Fa.example%2Fx&a%3D1%26b%3D9%26c%3D3', ['=', '=', '=', '2 | 9', '=']],
  ['a parameter left out', 'GET&https%3A%2F%2Fa.example%2Fx&a%3D1%26c%3D3', ['=', '=', '=', '-', '=']],
  [
    'a parameter added',
    'GET&https%3A%2F%2Fa.example%2Fx&a%3D1%26b%3D2%26bb%3D2%26c%3D3',
    ['=', '=', '=', '=', '+', '='],
  ],
  ['another order', 'GET&https%3A%2F%2Fa.example%2Fx&b%3D2%26a%3D1%26c%3D3', ['=', '=', '-', '=', '+', '=']],
  ['another address', 'GET&http%3A%2F%2Fa.example%2Fx&a%3D1%26b%3D2%26c%3D3', ['=', '|', '=', '=', '=']],
  ['nothing encoded', 'GET&https://a.example/x&a=1&b=2&c=3', ['=', '|', '|', '|', '|']],
  [
    'parameters encoded twice',
    'GET&https%3A%2F%2Fa.example%2Fx&a%253D1%2526b%253D2%2526c%253D3',
    ['=', '=', '|', '|', '|'],
  ],
  ['nothing', '', ['-', '-', '-', '-', '-']],
])('puts the same parameters side by side where the client signed %s', (_, signed, lines) => {
  const pairs = alignedLines(expected, signed)
  const kinds = pairs.map((pair) => {
    if (pair.signed === undefined) return '-'
    if (pair.expected === undefined) return '+'
    return pair.expected === pair.signed ? '=' : '|'
  })
  expect(kinds).toEqual(lines.map((line) => line.replace(/.* \| .*/, '|')))
  expect(pairs.map((pair) => pair.expected ?? '').join('')).toBe(expected)
  expect(pairs.map((pair) => pair.signed ?? '').join('')).toBe(signed)
})

it('aligns endless base strings by number, in no time', () => {
  const endless = `GET&x&${Array.from({ length: 2_000 }, (_, i) => `a%3D${i}`).join('%26')}`
  const pairs = alignedLines(endless, endless.replace('&x&', '&y&'))
  expect(pairs.filter((pair) => pair.expected !== pair.signed)).toEqual([{ expected: 'x&', signed: 'y&' }])
})

it('marks what differs, with whole escapes, and the first difference as such', () => {
  const text = String(
    baseStringsView({ expected: 'GET&x&a%3Db%252Bc%26d%3D1', signed: 'GET&x&a%3Db%2520c%26d%3D2' }),
  )
  expect(text).toContain('<code>a%3Db<mark>%252B</mark>c%26</code>')
  expect(text).toContain('<code>a%3Db<mark>%2520</mark>c%26</code>')
  expect(text.match(/First difference/g)).toHaveLength(1)
  expect(text).toContain('<mark>2</mark>')
})

it('escapes what clients signed, and shows the expected string alone where the other is not known', () => {
  expect(String(baseStringsView({ expected: 'GET&x&a', signed: 'GET&x&<b>' }))).not.toContain('<b>')
  const alone = String(baseStringsView({ expected, signed: undefined }))
  expect(alone).not.toContain('mark')
  expect(alone).toContain('<code>b%3D2%26</code>')
})

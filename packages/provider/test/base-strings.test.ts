import { expect, it } from 'vitest'
import { english } from '../src/texts/texts.ts'
import { baseStringsView } from '../src/web/ui/base-strings.ts'

const texts = english.diagnosis

const expected = 'GET&https%3A%2F%2Fa.example%2Fx&a%3D1%26b%3D2%26c%3D3'

it('marks what differs, with whole escapes, and the first difference as such', () => {
  const text = String(
    baseStringsView(texts, { expected: 'GET&x&a%3Db%252Bc%26d%3D1', signed: 'GET&x&a%3Db%2520c%26d%3D2' }),
  )
  expect(text).toContain('<code>a%3Db<mark>%252B</mark>c%26</code>')
  expect(text).toContain('<code>a%3Db<mark>%2520</mark>c%26</code>')
  expect(text.match(/First difference/g)).toHaveLength(1)
  expect(text).toContain('<mark>2</mark>')
})

it('escapes what clients signed, and shows the expected string alone where the other is not known', () => {
  expect(String(baseStringsView(texts, { expected: 'GET&x&a', signed: 'GET&x&<b>' }))).not.toContain('<b>')
  const alone = String(baseStringsView(texts, { expected, signed: undefined }))
  expect(alone).not.toContain('mark')
  expect(alone).toContain('<code>b%3D2%26</code>')
})

it.each([
  [
    'in the middle',
    'GET&x&abd',
    'GET&x&abcd',
    '<code>ab<mark class="gap" title="Something is missing here."></mark>d</code>',
  ],
  [
    'at the beginning',
    'GET&x&bc',
    'GET&x&abc',
    '<code><mark class="gap" title="Something is missing here."></mark>bc</code>',
  ],
])('marks the place where something is missing %s', (_, signed, expected, shown) => {
  expect(String(baseStringsView(texts, { expected, signed }))).toContain(shown)
})

it('says where a whole parameter is missing', () => {
  const text = String(baseStringsView(texts, { expected, signed: expected.replace('b%3D2%26', '') }))
  expect(text).toContain('<code><mark>b%3D2</mark>%26</code>')
  expect(text).toContain('absent')
})

it('says where a parameter stands in another place', () => {
  const text = String(
    baseStringsView(texts, { expected: 'GET&x&a%3D1%26b%3D2', signed: 'GET&x&b%3D2%26a%3D1' }),
  )
  expect(text.match(/elsewhere/g)).toHaveLength(2)
  expect(text).not.toContain('absent')
})

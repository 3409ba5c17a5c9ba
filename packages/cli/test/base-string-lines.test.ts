import { expect, it } from 'vitest'
import { baseStringLines, differenceLines } from '../src/base-string-lines.ts'

const expected = 'GET&https%3A%2F%2Fa.example%2F&a%3D1%26b%3D%2520%26c%3D3'
const signed = 'GET&http%3A%2F%2Fa.example%2F&a%3D1%26b%3D%252B'

it('writes a base string with one parameter a line', () => {
  expect(baseStringLines(expected)).toEqual([
    'GET&',
    'https%3A%2F%2Fa.example%2F&',
    'a%3D1%26',
    'b%3D%2520%26',
    'c%3D3',
  ])
})

it('marks the difference of two by carets', () => {
  expect(differenceLines(expected, signed, false)).toEqual([
    '  GET&',
    '- https%3A%2F%2Fa.example%2F&',
    '      ^',
    '+ http%3A%2F%2Fa.example%2F&',
    '  a%3D1%26',
    '- b%3D%2520%26',
    '      ^^^^^',
    '+ b%3D%252B',
    '      ^^^^^',
    '- c%3D3',
    '  ^^^^^',
  ])
})

it('marks it in colour, and for those who see none of it inverted', () => {
  const lines = differenceLines(expected, signed, true)
  expect(lines[1]).toBe('\u001b[32m- http\u001b[7ms\u001b[27m%3A%2F%2Fa.example%2F&\u001b[0m')
  expect(lines[2]).toBe('\u001b[31m+ http%3A%2F%2Fa.example%2F&\u001b[0m')
  expect(lines.join()).not.toContain('^')
})

import { describe, expect, it } from 'vitest'
import { nearestName } from '../../src/server/nearest-name.ts'

describe('a name is as many edits from another as letters were put in, left out, replaced or swapped', () => {
  it.each([
    ['length', 'length', 0],
    ['length', 'lengthy', 1],
    ['length', 'lengt', 1],
    ['length', 'xlength', 1],
    ['length', 'ength', 1],
    ['length', 'lengsh', 1],
    ['lenght', 'length', 1],
    ['elngth', 'length', 1],
    ['elnght', 'length', 2],
    ['lgnteh', 'length', 3],
    ['ca', 'abc', 3],
    ['abc', 'ca', 3],
    ['abab', 'baba', 2],
    ['aab', 'aba', 1],
    ['kitten', 'sitting', 3],
    ['sunday', 'saturday', 3],
    ['abc', 'xyz', 3],
    ['', 'abc', 3],
    ['abc', '', 3],
  ])('%j and %j: %i', (name, known, edits) => {
    expect(nearestName(name, [known], edits)).toBe(known)
    expect(nearestName(name, [known], edits - 1)).toBeUndefined()
  })

  it.each(['TOKENLENGTH', 'token_length', 'token-length', 'token length', ' Token _-Length'])(
    'case and the signs between words are none: %j',
    (name) => {
      expect(nearestName(name, ['tokenLength'], 0)).toBe('tokenLength')
    },
  )

  it('of a very long name only the beginning counts', () => {
    const known = 'a'.repeat(60)
    expect(nearestName(`${known}${'b'.repeat(1_000)}`, [known], 0)).toBe(known)
    expect(nearestName('a'.repeat(59), [known], 0)).toBeUndefined()
  })
})

describe('where no number of edits is given', () => {
  it.each<[name: string, known: string[], nearest: string | undefined]>([
    ['a', ['b'], 'b'],
    ['', ['b'], 'b'],
    ['', ['bc'], undefined],
    ['abc', ['abd'], 'abd'],
    ['abc', ['axy'], undefined],
    ['abcd', ['abxy'], 'abxy'],
    ['abcd', ['axyz'], undefined],
    ['abcdef', ['abcxyf'], 'abcxyf'],
    ['abcdefg', ['abcdxyz'], 'abcdxyz'],
    ['abcdefg', ['abcwxyz'], undefined],
  ])('a third of the letters may be wrong, one at the least: %j among %j', (name, known, nearest) => {
    expect(nearestName(name, known)).toBe(nearest)
  })

  it('a name that was cut short is near however much is missing', () => {
    const known = ['timestampWindowSeconds']
    expect(nearestName('timestamp_window', known)).toBe(known[0])
    expect(nearestName('time', known)).toBe(known[0])
    expect(nearestName('tim', known)).toBeUndefined()
    expect(nearestName('window', known)).toBeUndefined()
    expect(nearestName('timestamp_window', known, 2)).toBeUndefined()
  })

  it.each<[name: string, known: string[], nearest: string]>([
    ['the one with the fewest edits', ['abcdxx', 'abcdex'], 'abcdex'],
    ['the first of several', ['abcdxf', 'abcdex'], 'abcdxf'],
    ['one with a wrong letter before a longer one', ['abcdefghi', 'abcdex'], 'abcdex'],
    ['a longer one before one with two wrong letters', ['abcdxx', 'abcdefghi'], 'abcdefghi'],
    ['the name itself before a longer one', ['abcdefghi', 'abcdef'], 'abcdef'],
  ])('of several the nearest is %s', (_name, known, nearest) => {
    expect(nearestName('abcdef', known)).toBe(nearest)
  })
})

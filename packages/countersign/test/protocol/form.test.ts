import { parseForm } from 'countersign'
import { describe, expect, it } from 'vitest'

/** Pairs as one comparable line each. */
function pairs(text: string): string[] {
  return parseForm(text).map(({ name, value }) => `${name}=${value}`)
}

describe('parseForm: the pairs of a query or form, encoded anew (§3.4.1.3.1)', () => {
  it.each<[name: string, text: string, expected: string[]]>([
    ['nothing', '', []],
    ['a name alone has an empty value', 'c2', ['c2=']],
    ['an empty value', 'c%40=', ['c%40=']],
    ['an empty name', '=1', ['=1']],
    ['an empty name with an empty value', '=', ['=']],
    ['empty pieces are no pairs', '&&a=1&&b=2&', ['a=1', 'b=2']],
    ['repeats are kept in order', 'a=2&a=1&a=2', ['a=2', 'a=1', 'a=2']],
    ['only the first equals sign separates', 'a=b=c', ['a=b%3Dc']],
    ['plus is a space in names and values', 'a+b=c+d', ['a%20b=c%20d']],
    ['an escaped plus is a plus', 'a=%2B', ['a=%2B']],
    ['lower-case hex', 'a=%2f%c3%a9', ['a=%2F%C3%A9']],
    ['escaped unreserved characters are themselves', '%61=%7E%2d%5f%2e%30', ['a=~-_.0']],
    ['each value is decoded exactly once', 'a=%252F', ['a=%252F']],
    ['raw brackets', 'a[]=1&b[x][y]=2', ['a%5B%5D=1', 'b%5Bx%5D%5By%5D=2']],
    ['escaped brackets are the same names', 'a%5B%5D=1', ['a%5B%5D=1']],
    ['a semicolon does not separate', 'a=1;b=2', ['a=1%3Bb%3D2']],
    ['what browsers and Qt leave raw', "a=:@$,/?!'()*", ['a=%3A%40%24%2C%2F%3F%21%27%28%29%2A']],
    ['characters that should not be there at all', 'a=<">{}|\\^` ', ['a=%3C%22%3E%7B%7D%7C%5C%5E%60%20']],
    ['raw Unicode', 'naïve=☃', ['na%C3%AFve=%E2%98%83']],
    ['a stray percent sign is itself', 'a=100%&b=%4&c=%zz', ['a=100%25', 'b=%254', 'c=%25zz']],
    ['octets that are not UTF-8 stay what they are', 'a=%ff&a=%FE&a=%C3', ['a=%FF', 'a=%FE', 'a=%C3']],
    ['a NUL', 'a=%00', ['a=%00']],
  ])('%s', (_name, text, expected) => {
    expect(pairs(text)).toEqual(expected)
  })

  it('never folds different octets together', () => {
    const texts = Array.from({ length: 256 }, (_, octet) => `%${octet.toString(16).padStart(2, '0')}`)
    expect(new Set(texts.map((text) => parseForm(text)[0]?.name)).size).toBe(256)
  })
})

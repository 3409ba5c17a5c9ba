import { parseForm } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'

/** Pairs as one comparable line each. */
function pairs(text: string): string[] {
  return parseForm(text).map(({ name, value }) => `${name}=${value}`)
}

describe('parseForm: the pairs of a query or form, re-encoded (§3.4.1.3.1)', () => {
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
    ['octets that are not UTF-8 stay what they are', 'a=%FF&a=%FE&a=%C3', ['a=%FF', 'a=%FE', 'a=%C3']],
    ['a NUL', 'a=%00', ['a=%00']],
  ])('%s', (_name, text, expected) => {
    expect(pairs(text)).toEqual(expected)
  })

  it('never folds different octets together', () => {
    const texts = Array.from(
      { length: 256 },
      (_, octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    expect(new Set(texts.map((text) => parseForm(text)[0]?.name)).size).toBe(256)
  })
})

describe('a spelling that parsers read otherwise than another of the same signature is refused', () => {
  it.each<[name: string, text: string, why: RegExp]>([
    ['a stray percent sign beside an escape', 'a=%ZZ%20%26', /%25/],
    ['before an escape', '100%%20sure', /%25/],
    ['after one', 'a=%20%', /%25/],
    ['half an escape beside a whole one', 'a=%4&%41%4', /%25/],
    ['in a name', 'a%zz%5B=1', /%25/],
    ['octets that are not UTF-8 in lower case', 'a=%ff', /UTF-8/],
    ['beside a plus', 'a=%FF+', /UTF-8/],
    ['beside an escape that needs none', 'a=%FF%41', /UTF-8/],
    ['beside a raw character', 'a=%FF/', /UTF-8/],
    ['beside text', 'a=%FFé', /UTF-8/],
    ['half a character', 'a=%c3', /UTF-8/],
    ['a surrogate written as UTF-8', 'a=%ed%a0%80', /UTF-8/],
    ['a bracket and an equals sign in a value', 'note=a]=b', /%5D%3D/],
    ['escaped', 'note=a%5d=b', /%5D%3D/],
    ['at the beginning of a value', 'a=]=b', /%5D%3D/],
    ['in the value of a name with brackets', 'a[b]=c]=d', /%5D%3D/],
  ])('%s: %s', (_name, text, why) => {
    const refusal = expect.objectContaining({ status: 400, description: expect.stringMatching(why) })
    expect(() => parseForm(text)).toThrow(refusal)
  })

  it.each([
    ['percent signs alone', 'a=100%&b=%4%&%=%zz'],
    ['a percent sign in one pair and escapes in another', 'a=100%&b=%20'],
    ['a percent sign in the value and an escape in the name', 'a%20=100%'],
    ['a percent sign beside pluses', 'a=100%+sure'],
    ['octets that are not UTF-8 in the encoding of RFC 5849', 'a=x%FF%20%2F'],
    ['brackets in names', 'a[b]=1&a[]=2&[=3&]=4'],
    ['brackets in values', 'a=[b]&a=]'],
    ['equals signs in values', 'a=b=c=&a=[b=]'],
    ['a bracket and an escaped equals sign', 'a=]%3Db'],
  ])('but not %s', (_name, text) => {
    expect(parseForm(text)).not.toHaveLength(0)
  })
})

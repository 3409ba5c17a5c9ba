import type { GroupCase } from '../conformance-case.ts'
import type { Pair } from '../signing.ts'

/** The text to send, and its meaning: the pairs to sign. */
export interface SentParameters {
  readonly id: string
  readonly title: string
  readonly why: string
  readonly section?: string
  readonly level?: GroupCase['level']
  readonly query?: string
  readonly form?: string
  readonly contentType?: string
  readonly method?: string
  readonly pairs: readonly Pair[]
}

const many = Array.from({ length: 100 }, (_, at): Pair => [`p${at % 7}`, `${at}`])

/** Queries that providers misread. */
export const sentQueries: readonly SentParameters[] = [
  {
    id: 'unreserved',
    title: 'Unreserved characters (- . _ ~) stay as they are',
    section: '§3.6',
    why: 'Some encoders escape the tilde.',
    query: 'a=-._~',
    pairs: [['a', '-._~']],
  },
  {
    id: 'unreserved-escaped',
    title: 'Unreserved characters that are sent escaped are unescaped in the base string',
    section: '§3.6',
    why: 'The base string is built from decoded values, not from the escapes that were sent.',
    query: 'a=%2D%2E%5F%7E%41',
    pairs: [['a', '-._~A']],
  },
  {
    id: 'reserved',
    title:
      'Reserved characters (! * ’ ( ) and others) are escaped in the base string, whether they are sent raw or escaped',
    section: '§3.6',
    why: 'JavaScript’s encodeURIComponent and similar functions leave some of them alone.',
    query: "a=!*'()&b=%21%2A%27%28%29%3B%2F%3F%3A%40%24%2C",
    pairs: [
      ['a', "!*'()"],
      ['b', "!*'();/?:@$,"],
    ],
  },
  {
    id: 'utf-8',
    title: 'Characters beyond ASCII are UTF-8',
    section: '§3.6',
    why: 'Names of people and places contain them.',
    query: 'a=%E2%98%83&%C3%A9=%F0%9F%98%80',
    pairs: [
      ['a', '☃'],
      ['é', '😀'],
    ],
  },
  {
    id: 'lower-case-escapes',
    title: 'Escapes that are sent in lower case appear in upper case in the base string',
    section: '§3.6',
    why: 'The base string is built from decoded values, which are encoded again.',
    query: 'a=%e2%98%83%2f',
    pairs: [['a', '☃/']],
  },
  {
    id: 'plus',
    title: 'A plus sign in the query is a space',
    why: 'Forms encode spaces so; otherwise every search for two words fails.',
    query: 'a=1+2',
    pairs: [['a', '1 2']],
  },
  {
    id: 'percent-20',
    title: '%20 in the query is a space',
    why: 'Clients write spaces in both ways.',
    query: 'a=1%202',
    pairs: [['a', '1 2']],
  },
  {
    id: 'percent-2b',
    title: '%2B in the query is a plus sign',
    why: 'Telephone numbers and base64 contain it.',
    query: 'a=1%2B2',
    pairs: [['a', '1+2']],
  },
  {
    id: 'double',
    title: 'Text that was escaped twice is decoded once',
    why: 'URLs in parameters contain escapes of their own.',
    query: 'a=%2520%252B&url=https%3A%2F%2Fexample.com%2F%3Fq%3Da%252Fb%26c',
    pairs: [
      ['a', '%20%2B'],
      ['url', 'https://example.com/?q=a%2Fb&c'],
    ],
  },
  {
    id: 'repeated-names',
    title: 'Repeated names are all signed, sorted by value',
    section: '§3.4.1.3.2',
    why: 'Parsers that turn the query into a map lose all but one.',
    query: 'a=2&a=10&a=1&a=2',
    pairs: [
      ['a', '2'],
      ['a', '10'],
      ['a', '1'],
      ['a', '2'],
    ],
  },
  {
    id: 'empty-value',
    title: 'An empty value is signed',
    why: 'Some parsers drop it.',
    query: 'a=&b=1',
    pairs: [
      ['a', ''],
      ['b', '1'],
    ],
  },
  {
    id: 'no-equals',
    title: 'A name without an equals sign is signed with an empty value',
    why: 'The RFC’s example contains one.',
    query: 'a&b=1',
    pairs: [
      ['a', ''],
      ['b', '1'],
    ],
  },
  {
    id: 'equals-in-value',
    title: 'Only the first equals sign ends a name',
    why: 'Base64 ends with equals signs.',
    query: 'a=b=c',
    pairs: [['a', 'b=c']],
  },
  {
    id: 'separators-escaped',
    title: 'Escaped & and = are part of names and values',
    why: 'A parser that decodes before it splits reads other parameters.',
    query: 'a%26b%3D=c%26d%3De',
    pairs: [['a&b=', 'c&d=e']],
  },
  {
    id: 'semicolon',
    title: 'A semicolon is not a separator',
    why: 'Old parsers split at it, and read a parameter that the client did not sign.',
    query: 'a=1;b=2',
    pairs: [['a', '1;b=2']],
  },
  {
    id: 'brackets',
    title: 'Brackets are plain characters, raw or escaped',
    why: 'Frameworks turn such names into lists, and the name that was sent is lost.',
    query: 'a[]=1&a[0][b]=2&c%5B%5D=3',
    pairs: [
      ['a[]', '1'],
      ['a[0][b]', '2'],
      ['c[]', '3'],
    ],
  },
  {
    id: 'line-breaks',
    title: 'Line breaks in values are signed as they are',
    why: 'Text areas send CR LF.',
    query: 'a=1%0D%0A2%093',
    pairs: [['a', '1\r\n2\t3']],
  },
  {
    id: 'order',
    title: 'Parameters are sorted by the octets of their encoded names, then values',
    section: '§3.4.1.3.2',
    why: 'Sorting by locale, case-insensitively, or before encoding gives another order.',
    query: 'a=1&B=2&b=3&a-=4&a1=5&%C3%A9=6&_=7&z=%C3%A9&z=a&z=A&a%3D=8',
    pairs: [
      ['a', '1'],
      ['B', '2'],
      ['b', '3'],
      ['a-', '4'],
      ['a1', '5'],
      ['é', '6'],
      ['_', '7'],
      ['z', 'é'],
      ['z', 'a'],
      ['z', 'A'],
      ['a=', '8'],
    ],
  },
  {
    id: 'many',
    title: 'A hundred parameters are signed',
    why: 'Some parsers stop at a limit, and what follows is not signed.',
    query: many.map(([name, value]) => `${name}=${value}`).join('&'),
    pairs: many,
  },
  {
    id: 'query-realm',
    title: 'A query parameter named realm is signed',
    why: 'Only the header’s realm is left out; otherwise anyone could change the one in the query.',
    query: 'realm=photos',
    pairs: [['realm', 'photos']],
  },
  {
    id: 'query-signature-like',
    title: 'Parameters whose names only resemble protocol parameters are signed',
    why: 'A filter for names that start with oauth would leave them unsigned.',
    query: 'oauth=1&oauthx=2&xoauth_nonce=3',
    pairs: [
      ['oauth', '1'],
      ['oauthx', '2'],
      ['xoauth_nonce', '3'],
    ],
  },
]

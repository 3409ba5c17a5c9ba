import fc from 'fast-check'

/** What one parser or another treats in its own way. */
const oddities = [
  ...[
    '%',
    '%%',
    '%4',
    '%zz',
    '%u00e9',
    '%25',
    '%2525',
    '%ff',
    '%FF',
    '%C3',
    '%c3%a9',
    '%C3%A9',
    '%ED%A0%80',
    '%00',
  ],
  ...['+', '%2B', '%20', '%26', '%3D', '%3d', '=', '=', ';', ',', ':', '?', '/', '#', '%23'],
  ...[
    '[',
    ']',
    '[]',
    ']=',
    '[=',
    '%5B',
    '%5b',
    '%5D',
    '%5d',
    '%5B%5D',
    '%255B',
    '[0]',
    '[1]',
    '[20]',
    '[101]',
    '[a]',
  ],
  ...[
    '.',
    '%2E',
    '.a',
    '..',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    '[__proto__]',
  ],
  ...['é', '☕', '😀', '\ufeff', '\u00a0', '%EF%BB%BF', '"', "'", '<', '\\', '|', '^', '{', '\t', '\n', '\0'],
  ...[
    'utf8=%E2%9C%93',
    'utf8=%26%2310003%3B',
    '_charset_',
    '&#10003;',
    '%26%2310003%3B',
    '-',
    '_',
    '~',
    '%7e',
    '%41',
  ],
]
const plain = ['a', 'b', 'a', 'b', 'c', '1', '0', 'amount', 'x']

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...plain) },
  { weight: 4, arbitrary: fc.constantFrom(...oddities) },
)
const word = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''))
const pair = fc.tuple(word, fc.constantFrom('=', '=', '=', '==', ''), word).map((parts) => parts.join(''))
const ampersands = fc.oneof(
  { weight: 20, arbitrary: fc.constant('&') },
  { weight: 2, arbitrary: fc.constant('&&') },
  { weight: 1, arbitrary: fc.nat({ max: 1_100 }).map((count) => '&'.repeat(count)) },
)

/** The text of a query or form, hardly as a client would write it. */
export const hostileForm: fc.Arbitrary<string> = fc
  .array(fc.tuple(pair, ampersands), { minLength: 1, maxLength: 6 })
  .map((pairs) => pairs.flat().slice(0, -1).join(''))

/** A name or value that a client has signed. */
export const signedText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...plain),
      fc.constantFrom(
        ...[
          '&',
          '=',
          '%',
          '+',
          ' ',
          '[',
          ']',
          ']=',
          '[]',
          '[0]',
          '[b]',
          '.',
          ';',
          '%20',
          '%ZZ',
          '%5D=',
          '?',
          '#',
        ],
        ...['é', '☕', '😀', '\ufeff', '\0', '\n', '"', "'", '\\', '__proto__', 'constructor', '/', ',', '~'],
      ),
    ),
    { maxLength: 4 },
  )
  .map((pieces) => pieces.join(''))

/** Another spelling of encoded pairs, as anyone on the way can make one: the decoded text stays the same. */
export function respelled(
  pairs: readonly (readonly [string, string])[],
  random: () => number,
  inQuery: boolean,
): string {
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)] as T
  const spell = (text: string) => {
    let spelled = ''
    for (const [i, character] of [...text].entries()) {
      const escaped = encodeURIComponent(character)
      const allEscaped = [...Buffer.from(character)]
        .map((octet) => `%${octet.toString(16).padStart(2, '0')}`)
        .join('')
      // What would end a name, a pair or a query, and what HTTP forbids there, has to be escaped.
      const mustEscape =
        (inQuery ? /[&#+\0-\x20\x7f-\uffff]/ : /[&+]/).test(character) ||
        // Raw, it would make an escape of what follows.
        (character === '%' && /[\da-f]/i.test([...text][i + 1] ?? ''))
      const raw = mustEscape ? escaped : character
      spelled +=
        character === ' ' ? pick('+', '%20') : pick(raw, raw, escaped, allEscaped, allEscaped.toUpperCase())
    }
    return spelled
  }
  return pairs
    .map(([name, value]) => {
      const spelledName = spell(name).replaceAll('=', '%3D')
      return value === '' && spelledName !== '' && random() < 0.3
        ? spelledName
        : `${spelledName}=${spell(value)}`
    })
    .join(pick('&', '&', '&&'))
}

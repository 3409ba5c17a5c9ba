/**
 * A base string without its secrets: each character in the values of tokens, verifiers, signatures, passwords and keys
 * becomes a dot, so that all others keep their places. The clients in question encode wrongly, so names and values are
 * found however often they are encoded, even if not at all.
 */
export function maskedBaseString(baseString: string): string {
  return [encodedPair, plainPair, jsonMember].reduce(
    (text, pair) =>
      text.replace(pair, (whole: string, name: string) => name + dots(whole.slice(name.length))),
    baseString,
  )
}

/**
 * A client's base string, without the values that the server did not expect: a body other than a form contains whatever
 * the application sends, and a rewritten name no longer shows which value is secret. The names stay.
 */
export function withoutUnexpected(signed: string, expected: string): string {
  const known = new Set(expected.split(separator))
  return signed
    .split(separator)
    .map((piece, at) =>
      at <= addressAt || known.has(piece)
        ? piece
        : piece.replace(pair, (_, name: string, value: string) => name + dots(value)),
    )
    .join('')
}

function dots(text: string): string {
  return '•'.repeat(text.length)
}

const separator = /(%(?:25)*26|&)/i
/** Method, separator and URL come first. */
const addressAt = 2
const pair = /^((?:(?:[\w.[\]-]|%(?:25)*5[bdf]|%(?:25)*2[de])+(?:%(?:25)*3d|=))?)(.*)$/is

/** Such as `user[password]`, `tokens[]` and `password_confirmation`. */
const nameEnd = '(?:[\\w.[\\]-]|%(?:25)*(?:5[bdf]|2[de])){0,60}?'
const names = `(?:token|verifier|signature(?!(?:_|%(?:25)*5f)method)|secret|passw(?:or)?d|passphrase|pwd|api(?:[_-]|%(?:25)*(?:5f|2d))?key)${nameEnd}`

/**
 * The value ends at an ampersand that is encoded as often as its own equals sign: one that is encoded more often is part
 * of the value. A plain ampersand ends it in any case.
 */
const encodedPair = new RegExp(`(${names}%(?<level>(?:25)*)3d)(?:(?!%\\k<level>26)[^&])+`, 'gi')
const plainPair = new RegExp(`(${names}=)[^&]+`, 'gi')

const quote = '(?:%(?:25)*22|")'
const blanks = '(?:%(?:25)*(?:20|0[9ad])|\\s|\\+)*'
/** A member of a JSON text, which some clients send and sign as the name of a parameter. */
const jsonMember = new RegExp(
  `(${names}${quote}${blanks}(?:%(?:25)*3a|:)${blanks}${quote}?)(?:(?:%(?:25)*5c|\\\\)${quote}|(?!${quote}|%(?:25)*(?:2c|7d))[^&])+`,
  'gi',
)

import { OAuth1Error } from '../errors.ts'

/** Common mistakes in a header, and words that lead to the fix. The first that fits is reported. */
const faults: readonly (readonly [sign: RegExp, words: string])[] = [
  [/[\r\n]/, 'is folded over several lines; send it in one'],
  // Node delivers UTF-8 as one character per byte.
  [
    /[=:]\s*(?:[\u2018-\u201f]|\u00e2\u0080[\u0098-\u009f]|&quot;|&#34;|%22|\\"|'|`)/i,
    'has values in quotes other than the straight double ones; write oauth_nonce="…"',
  ],
  [
    /(?:^|[",])\s*(?:basic|bearer|digest|oauth|negotiate)\s+\S/i,
    'holds more than one scheme; send the OAuth one alone',
  ],
  [/[;&]\s*oauth_\w{1,40}\s*=/i, 'has pairs that are not separated by commas; write a comma between them'],
  [/["\w%]\s+oauth_\w{1,40}\s*=/i, 'lacks a comma between two pairs'],
  [/^\s*\{|"\s*:\s*"/, 'is written as JSON; write pairs such as oauth_nonce="…", separated by commas'],
  [/="[^"]*$/, 'has a quoted value that does not end'],
  [/^\s*[^\s=",;&]+\s*$/, 'holds a bare word instead of pairs such as oauth_nonce="…", separated by commas'],
]

/** The text after the scheme is not a list of pairs. */
export function malformedHeader(credentials: string): OAuth1Error {
  return invalid(
    wordsFor(credentials) ?? 'is not a list of name="value" pairs, separated by commas (RFC 5849 §3.5.1)',
  )
}

/**
 * Refuses pairs that can be parsed, but hardly as intended: an unquoted value that contains quotes of another kind, or
 * the next pair.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function checkBareValue(value: string): void {
  const words = bareValueFault.test(value) ? wordsFor(`=${value}`) : undefined
  if (words !== undefined) throw invalid(words)
}

/** Names are bounded, or each beginning in `oauth_oauth_…` would be followed to the end. */
const bareValueFault = /^(?:[\u2018-\u201f'`]|\u00e2\u0080|&(?:quot|#34);|%22|\\")|oauth_\w{1,40}\s*=|[\r\n]/i

/**
 * Refuses a header that names our parameters under another scheme, or none: ignoring it would tell the client that it
 * sent nothing.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function checkOtherScheme(text: string): void {
  if (!namesOurs.test(text)) return
  throw invalid(
    /^[ \t]*(?:basic|bearer|digest|negotiate)[ \t]/i.test(text)
      ? 'holds more than one scheme; send the OAuth one alone'
      : 'names OAuth parameters, but does not begin with the word OAuth and a space',
  )
}

/** Only as names of pairs: the address in a Digest header may contain the same text in its query. */
const namesOurs = /(?:^|[\s,:"])oauth_(?:consumer_key|token|signature|nonce|timestamp)["\s]*[=:]/i

function wordsFor(text: string): string | undefined {
  return faults.find(([sign]) => sign.test(text))?.[1]
}

function invalid(words: string): OAuth1Error {
  return new OAuth1Error('invalid_request', `The Authorization header ${words}.`)
}

/**
 * A base string without its secrets: each character in the values of tokens, verifiers, signatures and passwords is a
 * dot, so that all others stay where they were. Clients that are explained encode wrongly, so a name and its value are
 * found however often they are encoded, and where nothing is.
 */
export function maskedBaseString(baseString: string): string {
  return [encodedPair, plainPair].reduce(
    (text, pair) => text.replace(pair, (value) => '•'.repeat(value.length)),
    baseString,
  )
}

const names = '(?:oauth(?:_|%(?:25)*5f)(?:token|verifier|signature)|secret|passw(?:or)?d)'

/**
 * The value ends at an ampersand that is encoded as often as its own equals sign: one that is encoded more often is part
 * of the value. A plain ampersand ends it in any case.
 */
const encodedPair = new RegExp(`(?<=${names}%(?<level>(?:25)*)3d)(?:(?!%\\k<level>26)[^&])+`, 'gi')
const plainPair = new RegExp(`(?<=${names}=)[^&]+`, 'gi')

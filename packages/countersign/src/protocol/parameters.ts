import { OAuth1Error } from '../errors.ts'
import { percentDecodeLossless, reencodeForm } from './encoding.ts'
import { tooManyParameters } from './limits.ts'

/** A name and a value, both in the §3.6 encoding, in which they are compared, sorted and signed. */
export interface Parameter {
  readonly name: string
  readonly value: string
}

/**
 * The pairs of a query or an `application/x-www-form-urlencoded` body, in order, repeats kept (§3.4.1.3.1).
 * Only `&` separates; a name without `=` has the empty value.
 *
 * @param maxParameters - How many to accept. Empty ones between two `&` count: parsers with a limit on parameters count
 *   them, and would hide what follows. Default: any number.
 * @throws OAuth1Error `request_too_large` when there are more; `invalid_request` for text that parsers read differently.
 * @example
 * ```ts
 * parseForm('c2&a3=2+q') // [{ name: 'c2', value: '' }, { name: 'a3', value: '2%20q' }]
 * ```
 */
export function parseForm(text: string, maxParameters: number = Number.POSITIVE_INFINITY): Parameter[] {
  const parameters: Parameter[] = []
  let pieces = 0
  let start = 0
  while (start < text.length) {
    if (++pieces > maxParameters) throw tooManyParameters(maxParameters)
    let end = text.indexOf('&', start)
    if (end === -1) end = text.length
    if (end > start) parameters.push(parsePair(text.slice(start, end)))
    start = end + 1
  }
  if (text.endsWith('&')) pieces++
  // Their count decides which names with a number in brackets become an array in Express's body parser.
  if (pieces > maxPiecesWithEmpty && pieces > parameters.length && /\[|%5B/i.test(text)) {
    throw new OAuth1Error(
      'invalid_request',
      `A query or form with brackets and more than ${maxPiecesWithEmpty} parameters must not hold empty ones (&&, or & at an end).`,
    )
  }
  return parameters
}

const maxPiecesWithEmpty = 100

function parsePair(pair: string): Parameter {
  const equals = pair.indexOf('=')
  if (equals === -1) return { name: reencodeForm(pair), value: '' }
  const value = pair.slice(equals + 1)
  // qs ends a name at the first bracket with an equals sign: to it, the name of `note=a]=b` is `note=a]`.
  if (value.includes('=') && bracketAndEquals.test(value)) {
    throw new OAuth1Error(
      'invalid_request',
      'A value in the query or form holds "]=", which some parsers take for the end of a name; write it as %5D%3D.',
    )
  }
  return { name: reencodeForm(pair.slice(0, equals)), value: reencodeForm(value) }
}

const bracketAndEquals = /(?:\]|%5D)=/i

/**
 * The parameters sorted and joined as the base string requires (§3.4.1.3.2): by encoded name, ties by encoded value.
 */
export function normalizeParameters(parameters: readonly Parameter[]): string {
  return [...parameters]
    .sort(byNameThenValue)
    .map(({ name, value }) => `${name}=${value}`)
    .join('&')
}

/** The encoded text is ASCII, so JavaScript's comparison is the byte order that the RFC requires. */
function byNameThenValue(a: Parameter, b: Parameter): number {
  if (a.name < b.name) return -1
  if (a.name > b.name) return 1
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0
}

/** Name and value as an application reads them. Octets that are not UTF-8 stay escaped. */
export function decodeParameter({ name, value }: Parameter): [name: string, value: string] {
  return [percentDecodeLossless(name), percentDecodeLossless(value)]
}

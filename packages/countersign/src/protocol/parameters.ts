import { percentDecodeLossless, reencodeForm } from './encoding.ts'
import { tooManyParameters } from './limits.ts'

/** A name and a value, both in the §3.6 encoding: what is compared, sorted and signed. */
export interface Parameter {
  readonly name: string
  readonly value: string
}

/**
 * The pairs of a query or an `application/x-www-form-urlencoded` body, in order, repeats kept (§3.4.1.3.1).
 * Only `&` separates; a name without `=` has the empty value.
 *
 * @param maxParameters - How many are read before the rest is not looked at any more. Default: any number.
 * @throws OAuth1Error `request_too_large` when there are more; `invalid_request` for a lone surrogate, which has no UTF-8.
 * @example
 * ```ts
 * parseForm('c2&a3=2+q') // [{ name: 'c2', value: '' }, { name: 'a3', value: '2%20q' }]
 * ```
 */
export function parseForm(text: string, maxParameters: number = Number.POSITIVE_INFINITY): Parameter[] {
  const parameters: Parameter[] = []
  let start = 0
  while (start < text.length) {
    let end = text.indexOf('&', start)
    if (end === -1) end = text.length
    if (end > start) {
      if (parameters.length >= maxParameters) throw tooManyParameters(maxParameters)
      parameters.push(parsePair(text.slice(start, end)))
    }
    start = end + 1
  }
  return parameters
}

function parsePair(pair: string): Parameter {
  const equals = pair.indexOf('=')
  return equals === -1
    ? { name: reencodeForm(pair), value: '' }
    : { name: reencodeForm(pair.slice(0, equals)), value: reencodeForm(pair.slice(equals + 1)) }
}

/**
 * The parameters sorted and joined as the base string wants them (§3.4.1.3.2): by encoded name, ties by encoded value.
 */
export function normalizeParameters(parameters: readonly Parameter[]): string {
  return sortParameters([...parameters])
    .map(({ name, value }) => `${name}=${value}`)
    .join('&')
}

/**
 * Sorts in place, in the order of §3.4.1.3.2, and answers the list.
 * The encoded text is ASCII, so JavaScript's comparison is the byte order that the RFC asks for.
 */
export function sortParameters(parameters: Parameter[]): Parameter[] {
  return parameters.sort(byNameThenValue)
}

function byNameThenValue(a: Parameter, b: Parameter): number {
  if (a.name < b.name) return -1
  if (a.name > b.name) return 1
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0
}

/** Name and value as an application reads them. Octets that are not UTF-8 stay escaped. */
export function decodeParameter({ name, value }: Parameter): [name: string, value: string] {
  return [percentDecodeLossless(name), percentDecodeLossless(value)]
}

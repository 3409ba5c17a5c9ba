import type { UrlParts } from './base-string.ts'
import { isUnreserved } from './encoding.ts'
import type { Limits } from './limits.ts'
import type { Parameter } from './parameters.ts'
import { noValues, numbers, type ProtocolValues, type ReadRequest } from './parsed-values.ts'

/**
 * The fast parser, for speed alone: it reads a request as almost all clients send it, with the protocol's parameters in
 * the header and all text in the §3.6 encoding, in one pass over its bytes, without creating a string for each name and
 * value. It returns undefined for anything else, and for anything that must be refused: `parseGeneral` then decides. A
 * property test holds the two equal.
 *
 * It takes about a quarter of the general parser's time: `npm run bench parsers` measures both, and `npm run bench check`
 * the check that they are part of.
 */
export function parseFast(
  method: string,
  { baseUri, query }: UrlParts,
  header = '',
  body = '',
  limits: Limits,
): ReadRequest | undefined {
  const needed = header.length + query.length + body.length + baseUri.length + 4
  if (needed > octets.length || !header.startsWith('OAuth ') || !usualMethods.has(method)) return undefined
  // Only in ASCII do bytes and characters have the same indexes.
  if (octets.write(`${header}\0${query}\0${body}\0${baseUri}\0`) !== needed) return undefined
  const queryStart = header.length + 1
  const bodyStart = queryStart + query.length + 1
  const uriStart = bodyStart + body.length + 1

  const values = noValues()
  let end = readHeader(header, values, limits.maxValueLength)
  if (end <= 0) return undefined
  end = readForm(queryStart, bodyStart - 1, end)
  if (end !== unusual) end = readForm(bodyStart, uriStart - 1, end)
  if (end === unusual || end > entrySize * limits.maxParameters) return undefined
  const length = writeBaseString(method, uriStart, needed - 1, sort(end))
  const baseString = signed.toString('latin1', 0, length)
  return {
    place: 'header',
    isSplit: false,
    isRepeated: false,
    values,
    baseString,
    application: undefined,
    inHeader: none,
  }
}

const none: readonly Parameter[] = []

/** What a step returns for a request that the general parser has to read. */
const unusual = -1

/** The texts of a request, a NUL after each. Reused by every call, and never read after one. */
const octets = Buffer.alloc(8_192)
/** The base string: a byte becomes at most three, and the separators of a parameter six. */
const signed = Buffer.alloc(4 * octets.length)

/** For each parameter: where its name begins and ends, where its value begins and ends, and its number. */
const entrySize = 5
/** More would be too many for insertion sort. */
const maxParameters = 32
const entries = new Uint16Array(entrySize * maxParameters)
/** The number that stands for every parameter other than the protocol's own. */
const application = 11
/** The positions of the signed entries, in signing order. */
const sorted = new Uint16Array(maxParameters)

/** §3.5.1: `name="value"`, separated by a comma and spaces. Returns where the entries end. */
function readHeader(text: string, values: ProtocolValues, maxValueLength: number): number {
  let end = 0
  let at = 'OAuth '.length
  while (at < text.length) {
    const nameEnd = endOfPlain(at)
    const valueStart = nameEnd + 2
    if (octets[nameEnd] !== equalsSign || octets[nameEnd + 1] !== quote) return unusual
    const number = numberOf(at, nameEnd)
    const plainEnd = number === numbers.realm ? endOfRealm(valueStart) : endOfPlain(valueStart)
    const valueEnd = number === numbers.realm ? plainEnd : endOfEncoded(plainEnd)
    if (octets[valueEnd] !== quote || valueEnd - valueStart > maxValueLength) return unusual
    // Repeats are refused, and parameters that only the application knows are rare here.
    if (number === application || values[number] !== undefined) return unusual
    values[number] = valueEnd === plainEnd ? text.slice(valueStart, valueEnd) : decoded(valueStart, valueEnd)
    // Each parameter of the protocol occurs once, so there is room for all.
    if (number !== numbers.realm) end = addEntry(end, at, nameEnd, valueStart, valueEnd, number)
    at = valueEnd + 1
    if (at < text.length && octets[at] !== comma) return unusual
    do at++
    while (octets[at] === space)
  }
  return end
}

/** Pairs of a query or a form, none of them the protocol's own. Returns where the entries end. */
function readForm(start: number, textEnd: number, firstEnd: number): number {
  let end = firstEnd
  let at = start
  while (at < textEnd) {
    const nameEnd = endOfEncoded(at)
    const valueStart = octets[nameEnd] === equalsSign ? nameEnd + 1 : nameEnd
    const valueEnd = endOfEncoded(valueStart)
    const isPair = valueEnd > at && (valueEnd === textEnd || octets[valueEnd] === ampersand)
    if (!isPair || end === entries.length || startsLikeProtocol(at, nameEnd)) return unusual
    end = addEntry(end, at, nameEnd, valueStart, valueEnd, application)
    at = valueEnd + 1
  }
  return end
}

function addEntry(
  end: number,
  nameStart: number,
  nameEnd: number,
  valueStart: number,
  valueEnd: number,
  number: number,
): number {
  entries[end] = nameStart
  entries[end + 1] = nameEnd
  entries[end + 2] = valueStart
  entries[end + 3] = valueEnd
  entries[end + 4] = number
  return end + entrySize
}

function endOfPlain(start: number): number {
  let at = start
  while (isPlain[octets[at] as number] === 1) at++
  return at
}

/** Where ASCII text in the §3.6 encoding ends. */
function endOfEncoded(start: number): number {
  let at = endOfPlain(start)
  while (octets[at] === percentSign && isEscape(at)) at = endOfPlain(at + 3)
  return at
}

/** The decoded form of such text. */
function decoded(start: number, end: number): string {
  let length = 0
  for (let at = start; at < end; at++) {
    const isEscaped = octets[at] === percentSign
    signed[length++] = isEscaped ? octetOf(at) : (octets[at] as number)
    if (isEscaped) at += 2
  }
  return signed.toString('latin1', 0, length)
}

/** An escape as §3.6 writes it: in upper case, and not of a character that needs none. */
function isEscape(at: number): boolean {
  const octet = octetOf(at)
  return octet < 128 && isPlain[octet] === 0
}

/** The byte that an escape stands for; a value above 255 if it is malformed. */
function octetOf(at: number): number {
  const [high, low] = [octets[at + 1] as number, octets[at + 2] as number]
  return 16 * (digitValue[high] as number) + (digitValue[low] as number)
}

/** A realm may contain anything; one with a quote, and so a backslash, is unusual. */
function endOfRealm(start: number): number {
  let at = start
  while (octets[at] !== quote && octets[at] !== backslash && octets[at] !== 0) at++
  return at
}

/** The number of a name, or `application`. */
function numberOf(start: number, end: number): number {
  const candidates = numbersByLength[end - start]
  if (candidates === undefined) return application
  for (let i = 0; i < candidates.length; i++) {
    const number = candidates[i] as number
    if (startsWith(start, octetsOfNames[number] as Uint8Array)) return number
  }
  return application
}

function startsLikeProtocol(start: number, end: number): boolean {
  return end - start >= protocolPrefix.length && startsWith(start, protocolPrefix)
}

function startsWith(start: number, name: Uint8Array): boolean {
  let i = 0
  while (i < name.length && octets[start + i] === name[i]) i++
  return i === name.length
}

/** §3.4.1.3.2, and `oauth_signature` left out. Returns how many are left. */
function sort(end: number): number {
  let count = 0
  for (let entry = 0; entry < end; entry += entrySize) {
    if (entries[entry + 4] === numbers.oauth_signature) continue
    let place = count++
    for (; place > 0; place--) {
      const before = sorted[place - 1] as number
      if (compare(before, entry) <= 0) break
      sorted[place] = before
    }
    sorted[place] = entry
  }
  return count
}

function compare(a: number, b: number): number {
  const [number, other] = [entries[a + 4] as number, entries[b + 4] as number]
  if (number !== application && other !== application) return number - other
  return compareStretches(a, b) || compareStretches(a + 2, b + 2)
}

function compareStretches(a: number, b: number): number {
  let at = entries[a] as number
  let otherAt = entries[b] as number
  const end = entries[a + 1] as number
  const otherEnd = entries[b + 1] as number
  for (; at < end && otherAt < otherEnd; at++, otherAt++) {
    const difference = (octets[at] as number) - (octets[otherAt] as number)
    if (difference !== 0) return difference
  }
  return end - at - (otherEnd - otherAt)
}

/** §3.4.1.1. Returns its length. */
function writeBaseString(method: string, uriStart: number, uriEnd: number, count: number): number {
  let length = method.length
  for (let at = 0; at < length; at++) signed[at] = method.charCodeAt(at)
  signed[length++] = ampersand
  length = encode(uriStart, uriEnd, length)
  signed[length++] = ampersand
  for (let place = 0; place < count; place++) {
    const entry = sorted[place] as number
    if (place > 0) length = writeEscape(ampersand, length)
    const write = entries[entry + 4] === application ? encode : copy
    length = write(entries[entry] as number, entries[entry + 1] as number, length)
    length = writeEscape(equalsSign, length)
    length = encode(entries[entry + 2] as number, entries[entry + 3] as number, length)
  }
  return length
}

/** Copies a range of bytes that need no encoding. */
function copy(from: number, end: number, to: number): number {
  let length = to
  for (let at = from; at < end; at++) signed[length++] = octets[at] as number
  return length
}

/** Writes a range of bytes, encoded (§3.6). */
function encode(from: number, end: number, to: number): number {
  let length = to
  for (let at = from; at < end; at++) {
    const octet = octets[at] as number
    if (isPlain[octet] === 1) {
      signed[length++] = octet
    } else {
      signed[length] = percentSign
      signed[length + 1] = digits[octet >> 4] as number
      signed[length + 2] = digits[octet & 15] as number
      length += 3
    }
  }
  return length
}

function writeEscape(octet: number, to: number): number {
  signed[to] = percentSign
  signed[to + 1] = digits[octet >> 4] as number
  signed[to + 2] = digits[octet & 15] as number
  return to + 3
}

const quote = 0x22
const percentSign = 0x25
const ampersand = 0x26
const comma = 0x2c
const equalsSign = 0x3d
const backslash = 0x5c
const space = 0x20

/** A local copy: the engine reads it faster than an imported table. */
const isPlain = Uint8Array.from(isUnreserved)
const digits = Buffer.from('0123456789ABCDEF')
/** The values of upper-case hex digits; anything else yields a value above 255. */
const digitValue = new Uint8Array(256).fill(255)
for (let value = 0; value < 16; value++) digitValue[digits[value] as number] = value

const usualMethods = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])
const protocolPrefix = Buffer.from('oauth_')
const octetsOfNames = Object.keys(numbers).map((name) => Buffer.from(name))
const numbersByLength = Array.from({ length: 23 }, (_, length) =>
  [...octetsOfNames.keys()].filter((number) => octetsOfNames[number]?.length === length),
)

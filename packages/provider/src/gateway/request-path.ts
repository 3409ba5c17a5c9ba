import { badRequest } from './gateway-refusal.ts'

/** A path, and its other possible readings by an upstream. All are octets, one character each. */
export interface RequestPath {
  /** Percent-decoded, without the query. */
  readonly path: string
  /** Without path parameters, without the last slash, decoded once more: the readings that differ from `path`. */
  readonly otherReadings: readonly string[]
}

/**
 * Reads the path of an origin-form target. Escapes that one server decodes before routing and another one after are
 * refused: `/public/..%2fadmin` would count as public here and be `/admin` there.
 *
 * @throws GatewayRefusal 400
 */
export function readPath(target: string): RequestPath {
  const [raw = ''] = target.split('?', 1)
  if (!raw.startsWith('/')) throw badRequest('The request target must begin with a slash.')
  if (raw.includes('\\') || raw.includes('#'))
    throw badRequest('The path contains a backslash or a fragment.')
  if (/%(?![\da-f]{2})/i.test(raw))
    throw badRequest('The path contains a percent sign that is not part of an escape.')
  if (/%(?:2f|5c|25(?:2e|2f|5c)|[01][\da-f]|7f)/i.test(raw))
    throw badRequest('The path contains an encoded slash, backslash or control character.')
  // Overlong forms of ASCII (RFC 3629 §3), which careless decoders accept as the character.
  if (/%(?:c[01]|e0%[89]|f0%8)/i.test(raw) || /[\xc0\xc1]/.test(raw))
    throw badRequest('The path is not UTF-8.')
  const path = decoded(raw)
  const plain = withoutParameters(path)
  for (const reading of [path, plain]) {
    if (/\/\.{1,2}(?:\/|$)/.test(reading)) throw badRequest('The path contains a dot segment.')
    if (reading.includes('//')) throw badRequest('The path contains an empty segment.')
  }
  const readings = [path, plain].flatMap((reading) => [reading, withoutLastSlash(reading)])
  const twice = readings.flatMap((reading) => [reading, decoded(reading)])
  return { path, otherReadings: [...new Set(twice)].filter((reading) => reading !== path) }
}

/** Text as its UTF-8 octets, one character each. */
export function octetsOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function decoded(path: string): string {
  return path.replace(/%([\da-f]{2})/gi, (_, octet) => String.fromCharCode(Number.parseInt(octet, 16)))
}

/** Java servers read `/admin;a=1/users` as `/admin/users`. */
function withoutParameters(path: string): string {
  return path.replace(/;[^/]*/g, '')
}

function withoutLastSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

import { OAuth1Error } from '../errors.ts'
import { parseAuthorizationHeader } from './authorization-header.ts'
import { signatureBaseString, type UrlParts } from './base-string.ts'
import { DepartedBaseStrings, type Departure, type Places, without, withoutRepeats } from './departures.ts'
import { percentDecode } from './encoding.ts'
import { type Limits, tooLarge, tooManyParameters } from './limits.ts'
import { type Parameter, parseForm } from './parameters.ts'
import { noValues, numbers, type Place, type ProtocolValues, type ReadRequest } from './parsed-values.ts'

/**
 * Reads any request, plainly: `parseFast` takes the usual ones faster, and a property test holds the two equal.
 *
 * @param departures - For a client that does not sign as the RFC says.
 * @throws OAuth1Error 400, or 413 when a limit is passed.
 */
export function parseGeneral(
  method: string,
  url: UrlParts,
  authorization: string | undefined,
  // §3.4.1.3.1: only a form counts, whatever the verb.
  body = '',
  limits: Limits,
  departures: readonly Departure[] = [],
): ReadRequest {
  const { maxParameters } = limits
  const { realm, ...places } = readPlaces(url, authorization, body, maxParameters)
  const parameters = [...places.header, ...places.query, ...places.body]
  if (parameters.length > maxParameters) throw tooManyParameters(maxParameters)
  const { isRepeated, ...own } = protocolParameters(places)
  const { place, isSplit } = onlyPlace(own)
  const values = protocolValues([...own.header, ...own.query, ...own.body], limits.maxValueLength)
  values[numbers.realm] = realm
  const signed = withoutRepeats(places, departures)
  return {
    place,
    isSplit,
    isRepeated,
    values,
    baseString: () =>
      departures.length > 0
        ? new DepartedBaseStrings(method, url, places).with(departures)
        : signatureBaseString(method, url.baseUri, parameters),
    application: [...signed.query, ...signed.body].filter(isApplications),
    inHeader: signed.header.filter(isApplications),
  }
}

/**
 * The three places of §3.4.1.3.1, and the header's realm.
 *
 * @throws OAuth1Error
 */
export function readPlaces(
  { query }: Pick<UrlParts, 'query'>,
  authorization: string | undefined,
  body: string,
  maxParameters: number,
): Places & { readonly realm: string | undefined } {
  const header = authorization === undefined ? undefined : parseAuthorizationHeader(authorization)
  checkQuery(query)
  return {
    realm: header?.realm,
    header: header?.parameters ?? [],
    query: parseForm(query, maxParameters),
    body: parseForm(body, maxParameters),
  }
}

/**
 * A URL is ASCII (RFC 3986 §2). Other characters and their escapes would have the same signature, but Node's frameworks
 * read the characters byte by byte.
 */
function checkQuery(query: string): void {
  if (!/[^\0-\x7f]/.test(query)) return
  throw new OAuth1Error(
    'invalid_request',
    'The query holds characters beyond ASCII; percent-encode them as UTF-8.',
  )
}

/**
 * The protocol's parameters, without those in the query and form that repeat one in the header; the policy decides
 * whether they may.
 */
function protocolParameters(places: Places): Places & Pick<ReadRequest, 'isRepeated'> {
  const header = places.header.filter(isProtocols)
  const inQuery = places.query.filter(isProtocols)
  const inBody = places.body.filter(isProtocols)
  const query = without(inQuery, header)
  const body = without(inBody, without(header, inQuery))
  const isRepeated = query.length + body.length < inQuery.length + inBody.length
  return { header, query, body, isRepeated }
}

/**
 * §3.5: the `oauth_` parameters stand in exactly one of the three places. Only those that some clients send apart from
 * the header are left to the policy.
 *
 * @throws OAuth1Error `duplicated_oauth_protocol_parameter`
 */
function onlyPlace({ header, query, body }: Places): Pick<ReadRequest, 'place' | 'isSplit'> {
  const places: Place[] = []
  if (header.length > 0) places.push('header')
  if (body.length > 0) places.push('body')
  if (query.length > 0) places.push('query')
  const apart = places[0] === 'header' && places.length === 2 ? [...query, ...body] : []
  const isSplit = apart.length > 0 && apart.every(({ name }) => mayStandApart(name))
  if (places.length > 1 && !isSplit) throw inSeveralPlaces(places)
  return { place: places[0], isSplit }
}

function mayStandApart(name: string): boolean {
  return name === 'oauth_callback' || name === 'oauth_verifier'
}

export function inSeveralPlaces(places: readonly string[]): OAuth1Error {
  return new OAuth1Error(
    'duplicated_oauth_protocol_parameter',
    `oauth_ parameters stand in the ${places.join(' and the ')}; send them all in one place.`,
  )
}

/** The decoded values of the protocol's own parameters, none of which may be repeated (§3.1). */
function protocolValues(parameters: readonly Parameter[], maxValueLength: number): ProtocolValues {
  const values = noValues()
  const names = new Set<string>()
  for (const { name, value } of parameters) {
    if (names.has(name)) {
      throw new OAuth1Error(
        'duplicated_oauth_protocol_parameter',
        `${name.slice(0, 100)} occurs more than once; each protocol parameter must be sent once.`,
        { problem: { rejected: { [name.slice(0, 100)]: '' } } },
      )
    }
    if (value.length > maxValueLength)
      throw tooLarge(`value of ${name.slice(0, 100)}`, `${maxValueLength} characters`)
    names.add(name)
    // An unknown one is signed and otherwise ignored.
    if (Object.hasOwn(numbers, name)) values[numbers[name as keyof typeof numbers]] = percentDecode(value)
  }
  return values
}

function isApplications(parameter: Parameter): boolean {
  return !isProtocols(parameter)
}

function isProtocols({ name }: Parameter): boolean {
  return name.startsWith('oauth_')
}

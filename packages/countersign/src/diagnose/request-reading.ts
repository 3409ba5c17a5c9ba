import { parseAuthorizationHeader } from '../protocol/authorization-header.ts'
import { splitUrl } from '../protocol/base-string.ts'
import { percentDecodeLossless } from '../protocol/encoding.ts'
import type { HttpRequest } from '../protocol/http.ts'
import { type Parameter, parseForm } from '../protocol/parameters.ts'
import type { Place } from '../protocol/parsed-values.ts'
import {
  assembleParts,
  byEncoding,
  joinParameters,
  type SignedAddress,
  type SignedParameter,
  type Signing,
} from './signing.ts'

/** A request as the diagnosis sees it: the right way to sign it, and what a client may have signed instead. */
export interface RequestReading {
  readonly right: Signing
  /** The host in the letter case of the address. */
  readonly rawHost: string | undefined
  readonly signature: string | undefined
  readonly methodName: string | undefined
  readonly realm: string | undefined
  readonly query: string
  /** The form, or an empty string. */
  readonly form: string
  /** A body that is not a form, if the caller has it. */
  readonly content: string | undefined
  readonly contentType: string
  header(name: string): string | undefined
  /** The decoded value of a parameter; the first of several. */
  parameter(name: string): string | undefined
}

/**
 * Reads a request that `OAuth1Request.parse` accepts.
 *
 * @throws OAuth1Error for one that it refuses.
 */
export function readRequest(http: HttpRequest, content: string | undefined): RequestReading {
  const header = (name: string): string | undefined => {
    const value = http.headers[name]
    return typeof value === 'string' || value === undefined ? value : value[0]
  }
  const authorization = header('authorization')
  const read = authorization === undefined ? undefined : parseAuthorizationHeader(authorization)
  const { baseUri, query } = splitUrl(http.url)
  const form = http.body ?? ''
  const all = [
    ...(read?.parameters ?? []).map((pair) => signedParameter('header', pair, pair.name, pair.value)),
    ...parametersOf('query', query),
    ...parametersOf('body', form),
  ]
  const parameter = (name: string) => all.find((given) => given.name === name)?.value
  return {
    right: {
      verb: http.method.toUpperCase(),
      address: addressOf(baseUri),
      parameters: all.filter(({ name }) => name !== 'oauth_signature'),
      compare: byEncoding,
      join: joinParameters,
      assemble: assembleParts,
    },
    rawHost: /^https?:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(http.url)?.[1],
    signature: parameter('oauth_signature'),
    methodName: parameter('oauth_signature_method'),
    realm: read?.realm,
    query,
    form,
    content,
    contentType: header('content-type') ?? '',
    header,
    parameter,
  }
}

/** The parameters of form-encoded text, each with its original spelling. */
export function parametersOf(place: Place, text: string): SignedParameter[] {
  const raw = text.split('&').filter((piece) => piece !== '')
  return parseForm(text).map((pair, at) => {
    const piece = raw[at] as string
    const equals = piece.indexOf('=')
    return equals === -1
      ? signedParameter(place, pair, piece, '')
      : signedParameter(place, pair, piece.slice(0, equals), piece.slice(equals + 1))
  })
}

function signedParameter(
  place: Place,
  { name, value }: Parameter,
  rawName: string,
  rawValue: string,
): SignedParameter {
  return {
    place,
    rawName,
    rawValue,
    name: percentDecodeLossless(name),
    value: percentDecodeLossless(value),
    encodedName: name,
    encodedValue: value,
    isProtocol: name.startsWith('oauth_'),
  }
}

/** The parts of a URI as `splitUrl` writes it. */
export function addressOf(baseUri: string): SignedAddress {
  const [, scheme = '', host = '', port = '', path = ''] =
    /^(https?):\/\/(\[[^\]]*\]|[^/:]*)(?::(\d*))?(.*)$/s.exec(baseUri) ?? []
  return { scheme, host, port, path, suffix: '' }
}

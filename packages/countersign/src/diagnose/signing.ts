import { percentEncode, wellFormed } from '../protocol/encoding.ts'
import type { Place } from '../protocol/parsed-values.ts'

/** One parameter, as a client may have signed it. */
export interface SignedParameter {
  readonly place: Place
  /** As it was sent, before any decoding. */
  readonly rawName: string
  readonly rawValue: string
  /** Decoded. */
  readonly name: string
  readonly value: string
  /** The spelling in the normalised parameters: the §3.6 encoding, unless the client made a mistake. */
  readonly encodedName: string
  readonly encodedValue: string
  /** It is one of the protocol's parameters. */
  readonly isProtocol: boolean
}

/** The base string URI (§3.4.1.2) in its parts, each as the client may have written it. */
export interface SignedAddress {
  readonly scheme: string
  readonly host: string
  /** Empty if none is written. */
  readonly port: string
  readonly path: string
  /** Text after the path, where nothing belongs. */
  readonly suffix: string
}

/**
 * A way to sign one request. The right way is one of these, and each deviation turns it into another: a mistake is
 * found when its signature equals the one that was sent.
 */
export interface Signing {
  readonly verb: string
  readonly address: SignedAddress
  readonly parameters: readonly SignedParameter[]
  /** How the parameters are sorted (§3.4.1.3.2); undefined leaves them as they were sent. */
  readonly compare: ((a: SignedParameter, b: SignedParameter) => number) | undefined
  /** Joins the sorted parameters. */
  join(parameters: readonly SignedParameter[]): string
  /** Puts the three parts together, encoding each (§3.4.1.1). */
  assemble(verb: string, uri: string, parameters: string): string
}

/** The base string that this way of signing produces. */
export function baseStringOf(signing: Signing): string {
  return signing.assemble(signing.verb, uriOf(signing.address), normalizedOf(signing))
}

/** The parameters, sorted and joined. */
export function normalizedOf({ parameters, compare, join }: Signing): string {
  return join(compare === undefined ? parameters : [...parameters].sort(compare))
}

function uriOf({ scheme, host, port, path, suffix }: SignedAddress): string {
  return `${scheme}://${host}${port === '' ? '' : `:${port}`}${path}${suffix}`
}

export function joinParameters(parameters: readonly SignedParameter[]): string {
  let text = ''
  for (const { encodedName, encodedValue } of parameters)
    text += `${text === '' ? '' : '&'}${encodedName}=${encodedValue}`
  return text
}

export function assembleParts(verb: string, uri: string, parameters: string): string {
  return `${percentEncode(verb)}&${percentEncode(uri)}&${percentEncode(parameters)}`
}

export function byEncoding(a: SignedParameter, b: SignedParameter): number {
  return compareTexts(a.encodedName, b.encodedName) || compareTexts(a.encodedValue, b.encodedValue)
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A mistake, as a change to the way of signing. */
export interface Deviation {
  /** A key of the table of causes. */
  readonly code: string
  /** The parameter or part that it concerns: only text from the request itself. */
  readonly detail?: string | undefined
  change(signing: Signing): Signing
}

/** A mistake's entry in the table of causes. */
export interface CauseText {
  /** What the client did, in one sentence. */
  readonly summary: string
  /** What to change in the client, in one sentence. */
  readonly fix: string
  /** The symptom: which requests fail, and which do not. */
  readonly symptom: string
  /** Popular clients that do so, and the remedy for each. */
  readonly clients?: Readonly<Record<string, string>>
}

/** Causes by their codes. */
export type CauseTable<Code extends string> = Readonly<Record<Code, CauseText>>

/** A parameter that the client signed but did not send. */
export function addedParameter(name: string, value: string): SignedParameter {
  return {
    place: 'body',
    rawName: name,
    rawValue: value,
    name,
    value,
    encodedName: percentEncode(wellFormed(name)),
    encodedValue: percentEncode(wellFormed(value)),
    isProtocol: name.startsWith('oauth_'),
  }
}

export function withName(parameter: SignedParameter, name: string): SignedParameter {
  return name === parameter.name ? parameter : { ...parameter, name, encodedName: percentEncode(name) }
}

export function withValue(parameter: SignedParameter, value: string): SignedParameter {
  return value === parameter.value ? parameter : { ...parameter, value, encodedValue: percentEncode(value) }
}

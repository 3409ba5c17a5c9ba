import { ConfigurationError } from '../errors.ts'
import type { Limits } from '../protocol/limits.ts'
import { neverCallbackSchemes } from './callback.ts'
import {
  aFunction,
  anObject,
  checkOptions,
  clock,
  type Kind,
  type Kinds,
  numberFrom,
  shown,
  trueOrFalse,
  wholeNumber,
} from './option-kinds.ts'
import type { CommonOptions, IssuingOptions, StringGenerator } from './options.ts'
import { policyKinds } from './policy.ts'

type ServerOptions = CommonOptions & IssuingOptions & { readonly hooks?: object }

/** What a header may hold of one value, by default. */
export const longestToken = 4_096

export function isStringGenerator(value: unknown): value is StringGenerator {
  return typeof value === 'function' || (typeof value === 'string' && /^[^#]+#[^#]+$/.test(value))
}

/** The options of both servers: each takes the other's, too, so that they can share one object. */
export function checkServerOptions(owner: string, given: object): void {
  checkOptions(owner, given, serverOptions)
  const { limits, signatureMethods, profiles, callbackSchemes = [] } = given as ServerOptions
  checkOptions(`${owner}: limits`, limits, limitKinds)
  for (const [name, method] of Object.entries(signatureMethods ?? {}))
    if (!isSignatureMethod(method))
      throw new ConfigurationError(
        `${owner}: signatureMethods: ${name} must be made with symmetric(…) or asymmetric(…); it is ${shown(method)}.`,
      )
  for (const [name, profile] of Object.entries(profiles ?? {}))
    checkOptions(`${owner}: the profile ${name}`, profile, policyKinds)
  for (const scheme of callbackSchemes)
    if (neverCallbackSchemes.has(scheme.toLowerCase()))
      throw new ConfigurationError(
        `${owner}: callbackSchemes must not name ${scheme}: a browser would run it or read it locally.`,
      )
}

const aYear = 31_536_000

function listOf(what: string, item: RegExp): Kind {
  return {
    must: `a list of ${what}`,
    holds: (value) =>
      Array.isArray(value) && value.every((text) => typeof text === 'string' && item.test(text)),
  }
}

const stringGenerator: Kind = {
  must: "a function or 'module#export', such as '@acme/tokens#makeToken'",
  holds: isStringGenerator,
}

const serverOptions: Kinds<ServerOptions> = {
  // Looked at where they are registered.
  hooks: anObject,
  ...policyKinds,
  profiles: anObject,
  signatureMethods: anObject,
  // Looked at where it is taken apart.
  origin: {
    must: 'a text, or a list of at least one',
    holds: (value) =>
      typeof value === 'string' || (Array.isArray(value) && value.length > 0 && listOf('', /^/).holds(value)),
  },
  realm: {
    // It stands in a header.
    must: 'of printable Latin-1 characters',
    holds: (value) => typeof value === 'string' && /^[\t\x20-\x7e\xa0-\xff]*$/.test(value),
  },
  insecureTransport: trueOrFalse,
  distinctErrors: trueOrFalse,
  // A longer timer fires at once.
  storeTimeoutSeconds: numberFrom(0, 2_147_483),
  limits: anObject,
  now: clock,
  on: aFunction,
  tokenGenerator: aFunction,
  oauthTokenGenerator: stringGenerator,
  oauthTokenSecretGenerator: stringGenerator,
  tokenLength: wholeNumber(1, longestToken),
  tokenSecretLength: wholeNumber(1, longestToken),
  temporaryCredentialLifetimeSeconds: wholeNumber(1, aYear),
  callbackSchemes: listOf('schemes without their colon, such as https', /^[a-z][a-z0-9+.-]*$/i),
  maxCallbackLength: wholeNumber(1),
  deniedParameter: trueOrFalse,
  verifierPage: aFunction,
}

const limitKinds: Kinds<Limits> = {
  maxHeaderLength: wholeNumber(1),
  maxUrlLength: wholeNumber(1),
  maxBodyLength: wholeNumber(1),
  maxParameters: wholeNumber(1),
  maxValueLength: wholeNumber(1),
  bodyTimeoutSeconds: numberFrom(0.001, 2_147_483),
}

function isSignatureMethod(method: unknown): boolean {
  const { kind, sign, verify } = (method ?? {}) as Readonly<Record<string, unknown>>
  return kind === 'symmetric'
    ? typeof sign === 'function'
    : kind === 'asymmetric' && typeof verify === 'function'
}

import { ConfigurationError } from '../protocol/errors.ts'
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
import { type CompleteOptions, isStringGenerator, longestToken } from './options.ts'

/** The options of both servers: each takes the other's, too, so that they can share one object. */
export function checkServerOptions(owner: string, given: object): void {
  checkOptions(owner, given, serverOptions)
  const { limits, signatureMethods, callbackSchemes = [] } = given as Partial<CompleteOptions>
  checkOptions(`${owner}: limits`, limits, limitKinds)
  for (const [name, method] of Object.entries(signatureMethods ?? {}))
    if (!isSignatureMethod(method))
      throw new ConfigurationError(
        `${owner}: signatureMethods: ${name} must be made with symmetric(…) or asymmetric(…); it is ${shown(method)}.`,
      )
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

const serverOptions: Kinds<CompleteOptions & { readonly hooks?: object }> = {
  // Looked at where they are registered.
  hooks: anObject,
  supportedSignatureMethods: {
    must: 'a list of at least one method, such as HMAC-SHA1',
    holds: (value) => Array.isArray(value) && value.length > 0 && listOf('names', /^\S+$/).holds(value),
  },
  signatureMethods: anObject,
  timestampWindowSeconds: wholeNumber(1, aYear),
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
  allowUnregisteredCallbacks: trueOrFalse,
  callbackSchemes: listOf('schemes without their colon, such as https', /^[a-z][a-z0-9+.-]*$/i),
  maxCallbackLength: wholeNumber(1),
  deniedParameter: trueOrFalse,
  verifierPage: aFunction,
  twoLegged: trueOrFalse,
}

const limitKinds: Kinds<Limits> = {
  maxHeaderLength: wholeNumber(1),
  maxUrlLength: wholeNumber(1),
  maxBodyLength: wholeNumber(1),
  maxParameters: wholeNumber(1),
  maxValueLength: wholeNumber(1),
}

function isSignatureMethod(method: unknown): boolean {
  const { kind, sign, verify } = (method ?? {}) as Readonly<Record<string, unknown>>
  return kind === 'symmetric'
    ? typeof sign === 'function'
    : kind === 'asymmetric' && typeof verify === 'function'
}

import { ConfigurationError } from '../errors.ts'
import { callbackSchemes, neverCallbackSchemes } from './callback.ts'
import { limitKinds } from './limit-kinds.ts'
import {
  aFunction,
  anObject,
  checkOptions,
  clock,
  errorPage,
  type Kind,
  type Kinds,
  listOf,
  numberFrom,
  realm,
  shown,
  trueOrFalse,
  wholeNumber,
} from './option-kinds.ts'
import type { CommonOptions, IssuingOptions, StringGenerator } from './options.ts'
import { policyKinds } from './policy.ts'

type ServerOptions = CommonOptions & IssuingOptions & { readonly hooks?: object }

/** The longest value in a header, by default. */
export const longestToken = 4_096

export function isStringGenerator(value: unknown): value is StringGenerator {
  return typeof value === 'function' || (typeof value === 'string' && /^[^#]+#[^#]+$/.test(value))
}

/** The options of both servers: each accepts the other's too, so that they can share one object. */
export function checkServerOptions(owner: string, given: object): void {
  checkOptions(owner, given, serverOptions)
  const { limits, signatureMethods, profiles, callbackSchemes: schemes = [] } = given as ServerOptions
  checkOptions(`${owner}: limits`, limits, limitKinds)
  for (const [name, method] of Object.entries(signatureMethods ?? {}))
    if (!isSignatureMethod(method))
      throw new ConfigurationError(
        `${owner}: signatureMethods: ${name} must be made with symmetric(…) or asymmetric(…); it is ${shown(method)}.`,
      )
  for (const [name, profile] of Object.entries(profiles ?? {}))
    checkOptions(`${owner}: the profile ${name}`, profile, policyKinds)
  for (const scheme of schemes)
    if (neverCallbackSchemes.has(scheme.toLowerCase()))
      throw new ConfigurationError(
        `${owner}: callbackSchemes must not name ${scheme}: a browser would run it or read it locally.`,
      )
}

const aYear = 31_536_000

const stringGenerator: Kind = {
  must: "a function or 'module#export', such as '@acme/tokens#makeToken'",
  holds: isStringGenerator,
}

/** The permitted values of each server option. */
export const serverOptions: Kinds<ServerOptions> = {
  // Checked where they are registered.
  hooks: anObject,
  ...policyKinds,
  profiles: anObject,
  signatureMethods: anObject,
  // Checked where it is parsed.
  origin: {
    must: 'a text, or a list of at least one',
    holds: (value) =>
      typeof value === 'string' || (Array.isArray(value) && value.length > 0 && listOf('', /^/).holds(value)),
  },
  realm,
  insecureTransport: trueOrFalse,
  distinctErrors: trueOrFalse,
  // A longer timer fires at once.
  storeTimeoutSeconds: numberFrom(0, 2_147_483),
  limits: anObject,
  now: clock,
  on: aFunction,
  diagnose: aFunction,
  admit: aFunction,
  tokenGenerator: aFunction,
  oauthTokenGenerator: stringGenerator,
  oauthTokenSecretGenerator: stringGenerator,
  tokenLength: wholeNumber(1, longestToken),
  tokenSecretLength: wholeNumber(1, longestToken),
  temporaryCredentialLifetimeSeconds: wholeNumber(1, aYear),
  callbackSchemes,
  maxCallbackLength: wholeNumber(1),
  deniedParameter: trueOrFalse,
  problemReporting: trueOrFalse,
  errorPage,
  checkPassword: aFunction,
  tokenParameters: aFunction,
  verifierPage: aFunction,
}

function isSignatureMethod(method: unknown): boolean {
  const { kind, sign, verify } = (method ?? {}) as Readonly<Record<string, unknown>>
  return kind === 'symmetric'
    ? typeof sign === 'function'
    : kind === 'asymmetric' && typeof verify === 'function'
}

import { ConfigurationError, OAuth1Error } from '../protocol/errors.ts'
import type { HttpRequest } from '../protocol/http.ts'
import { defaultLimits, type Limits } from '../protocol/limits.ts'
import { OAuth1Request } from '../protocol/request.ts'
import { builtInSignatureMethods, type SignatureMethod } from '../protocol/signature-methods.ts'
import type { Rules } from './authenticate.ts'
import type { HookTable } from './hook-table.ts'
import type { Client, TokenCredential } from './models.ts'
import { type CompleteOptions, defaults, withoutUndefined } from './options.ts'

/** Options as given, completed with the defaults and made into the rules of `authenticate`. */
export interface Settings {
  readonly given: Partial<CompleteOptions>
  readonly options: CompleteOptions
  readonly limits: Limits
  /** Parses a request under the limits and, where one is set, the public origin. @throws OAuth1Error */
  readonly parse: (http: HttpRequest) => OAuth1Request
  /** @throws ConfigurationError at the first request, when a listed signature method does not exist. */
  readonly rules: () => Rules
}

/**
 * @param limitsOfKind - What a server of this kind takes where `limits` says nothing else.
 * @throws ConfigurationError when an option is out of its range.
 */
export function resolveSettings<C extends Client, T extends TokenCredential>(
  hooks: HookTable<C, T>,
  given: Partial<CompleteOptions>,
  limitsOfKind: Limits = defaultLimits,
): Settings {
  const options: CompleteOptions = { ...defaults, ...withoutUndefined(given) }
  checkOptions(options)
  const { timestampWindowSeconds, storeTimeoutSeconds } = options
  hooks.timeoutSeconds = storeTimeoutSeconds
  const origin = options.origin === undefined ? undefined : checkedOrigin(options.origin)
  const limits = { ...limitsOfKind, ...withoutUndefined(given.limits ?? {}) }
  let rules: Rules | undefined
  return {
    given,
    options,
    limits,
    parse: (http) => {
      const seen = origin === undefined ? http : { ...http, url: publicUrl(origin, http.url) }
      const request = OAuth1Request.parse(seen, limits)
      if (options.headerParameters === 'refuse') refuseHeaderParameters(request)
      return request
    },
    rules: () => {
      rules ??= {
        methods: acceptedMethods(options),
        timestampWindowSeconds,
        insecureTransport: options.insecureTransport,
        distinctErrors: options.distinctErrors,
        now: options.now,
        recordNonce: (record) => hooks.complete.recordNonce(record),
      }
      return rules
    },
  }
}

/** @throws OAuth1Error `unsupported_parameter` for a parameter that the handlers would not see. */
function refuseHeaderParameters(request: OAuth1Request): void {
  const [name] = request.headerParameters[0] ?? []
  if (name === undefined) return
  throw new OAuth1Error(
    'unsupported_parameter',
    /^oauth_/i.test(name)
      ? `The Authorization header holds ${name.slice(0, 100)}; the names of protocol parameters are in lower case.`
      : `The Authorization header holds ${name.slice(0, 100)}; send all but oauth_ parameters in the query or a form.`,
  )
}

/** What JavaScript lets through where TypeScript would not, and what no type can say. */
function checkOptions(options: CompleteOptions): void {
  const fail = (name: keyof CompleteOptions, must: string): never => {
    throw new ConfigurationError(`${name} must be ${must}; it is ${JSON.stringify(options[name])}.`)
  }
  // A word is no switch: 'false' would be true.
  for (const name of [
    'insecureTransport',
    'distinctErrors',
    'allowUnregisteredCallbacks',
    'twoLegged',
  ] as const) {
    if (typeof options[name] !== 'boolean') fail(name, 'true or false')
  }
  // Ends of nonces and credentials are whole seconds in every store.
  for (const name of [
    'timestampWindowSeconds',
    'tokenLength',
    'tokenSecretLength',
    'temporaryCredentialLifetimeSeconds',
  ] as const) {
    if (!(Number.isSafeInteger(options[name]) && options[name] > 0)) fail(name, 'a whole number above 0')
  }
  // No length is above NaN: it would switch the limit off.
  if (!Object.values(withoutUndefined(options.limits)).every((limit) => limit > 0))
    fail('limits', 'numbers above 0')
  const { storeTimeoutSeconds, supportedSignatureMethods, realm, headerParameters } = options
  if (headerParameters !== 'refuse' && headerParameters !== 'accept')
    fail('headerParameters', "'refuse' or 'accept'")
  // A longer timer fires at once.
  if (!(storeTimeoutSeconds >= 0 && storeTimeoutSeconds <= 2_147_483))
    fail('storeTimeoutSeconds', 'from 0 (wait for ever) to 2147483')
  if (supportedSignatureMethods.length === 0)
    fail('supportedSignatureMethods', 'a list of at least one method')
  // It stands in a header.
  if (!/^[\t\x20-\x7e\xa0-\xff]*$/.test(realm)) fail('realm', 'of printable Latin-1 characters')
}

/** @throws ConfigurationError unless it is scheme, host and perhaps a path. */
function checkedOrigin(origin: string): string {
  if (/^https?:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/i.test(origin)) return origin.replace(/\/+$/, '')
  throw new ConfigurationError(
    `origin must be a scheme and a host, such as https://api.example.com; it is ${origin}.`,
  )
}

/** The URL that the client called: the public origin, and of what the framework saw only path and query. */
function publicUrl(origin: string, url: string): string {
  return origin + url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
}

function acceptedMethods(options: CompleteOptions): ReadonlyMap<string, SignatureMethod> {
  const known = new Map(Object.entries({ ...builtInSignatureMethods, ...options.signatureMethods }))
  return new Map(
    options.supportedSignatureMethods.map((name) => {
      const method = known.get(name)
      if (method === undefined) {
        throw new ConfigurationError(
          `supportedSignatureMethods names ${name}, which does not exist. Known are ${[...known.keys()].join(', ')}; add your own with registerSignatureMethod('${name}', symmetric(…)).`,
        )
      }
      return [name, method]
    }),
  )
}

import { ConfigurationError } from '../protocol/errors.ts'
import type { HttpRequest } from '../protocol/http.ts'
import { defaultLimits, type Limits } from '../protocol/limits.ts'
import { OAuth1Request } from '../protocol/request.ts'
import { builtInSignatureMethods, type SignatureMethod } from '../protocol/signature-methods.ts'
import type { Rules } from './authenticate.ts'
import { emit } from './events.ts'
import type { HookTable } from './hook-table.ts'
import type { Client, TokenCredential } from './models.ts'
import { nearestName } from './nearest-name.ts'
import { type CompleteOptions, defaults, withoutUndefined } from './options.ts'
import { publicUrls } from './origin.ts'

/** Options as given, completed with the defaults and made into the rules of `authenticate`. */
export interface Settings<C extends Client = Client> {
  readonly given: Partial<CompleteOptions<C>>
  readonly options: CompleteOptions<C>
  readonly limits: Limits
  /** Parses a request under the limits and, where one is set, the public origin. @throws OAuth1Error */
  readonly parse: (http: HttpRequest) => OAuth1Request
  /** @throws ConfigurationError at the first request, when a listed signature method does not exist. */
  readonly rules: () => Rules
  /** Tells the operator that the stored data of one client cannot be used. */
  readonly fault: (clientId: string, error: Error) => void
}

/**
 * Completes options that `checkServerOptions` has looked at.
 *
 * @throws ConfigurationError when two of them do not go together, or an origin is none.
 */
export function resolveSettings<C extends Client, T extends TokenCredential>(
  hooks: HookTable<C, T>,
  given: Partial<CompleteOptions<C>>,
): Settings<C> {
  const options: CompleteOptions<C> = { ...defaults, ...withoutUndefined(given) }
  const limits = { ...defaultLimits, ...withoutUndefined(options.limits) }
  const { timestampWindowSeconds } = options
  for (const name of ['tokenLength', 'tokenSecretLength'] as const) {
    if ((given[name] ?? 0) > limits.maxValueLength)
      throw new ConfigurationError(`${name} must be at most limits.maxValueLength, ${limits.maxValueLength}.`)
  }
  const publicUrl = options.origin === undefined ? undefined : publicUrls(options.origin)
  hooks.timeoutSeconds = options.storeTimeoutSeconds
  const fault = (clientId: string, error: Error) => emit(options.on, { type: 'fault', clientId, error })
  let rules: Rules | undefined
  return {
    given,
    options,
    limits,
    fault,
    parse: (http) =>
      OAuth1Request.parse(publicUrl === undefined ? http : { ...http, url: publicUrl(http.url) }, limits),
    rules: () => {
      rules ??= {
        methods: acceptedMethods(options),
        timestampWindowSeconds,
        insecureTransport: options.insecureTransport,
        distinctErrors: options.distinctErrors,
        now: options.now,
        usedTimestamps: hooks.usedTimestamps,
        recordNonce: (record) => hooks.complete.recordNonce(record),
        fault,
      }
      return rules
    },
  }
}

function acceptedMethods({
  signatureMethods,
  supportedSignatureMethods,
}: Pick<CompleteOptions, 'signatureMethods' | 'supportedSignatureMethods'>): ReadonlyMap<
  string,
  SignatureMethod
> {
  const known = new Map(Object.entries({ ...builtInSignatureMethods, ...signatureMethods }))
  return new Map(
    supportedSignatureMethods.map((name) => {
      const method = known.get(name)
      if (method !== undefined) return [name, method]
      const nearest = nearestName(name, [...known.keys()], 2)
      throw new ConfigurationError(
        `supportedSignatureMethods names ${name}, which does not exist. ${nearest ? `Did you mean ${nearest}? ` : ''}Known are ${[...known.keys()].join(', ')}; add your own with registerSignatureMethod('${name}', symmetric(…)).`,
      )
    }),
  )
}

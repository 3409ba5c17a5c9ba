import type { OAuth1Error } from '../errors.ts'
import type { HttpRequest } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import { OAuth1Request } from '../protocol/request.ts'
import type { SignatureMethod } from '../protocol/signature-methods.ts'
import { GuardedHooks } from './guarded-hooks.ts'
import type { HookName, HookRegistry, Hooks } from './hooks.ts'
import type { Client, TokenCredential } from './models.ts'
import { checkServerOptions } from './option-checks.ts'
import { withoutUndefined } from './option-kinds.ts'
import {
  type CommonOptions,
  type IssuingOptions,
  type ResolvedOptions,
  requireMethods,
  resolveOptions,
} from './options.ts'
import { MostKeys } from './other-keys.ts'
import { type Policy, policyOf } from './policy.ts'
import { type Attempt, asSigned, refuse } from './refusal.ts'
import { UsedTimestamps } from './used-timestamps.ts'

type Options = CommonOptions & IssuingOptions

/** What `AuthorizationServer` and `ResourceProtector` have in common: hooks, options, and how a request is read. */
export abstract class HookedServer<C extends Client, T extends TokenCredential>
  implements HookRegistry<C, T>
{
  readonly #hooks: GuardedHooks<C, T>
  /** As long-lived as the hooks. */
  readonly #state = { usedTimestamps: new UsedTimestamps(), mostKeys: new MostKeys() }
  readonly #limits: Limits
  #given: Options = {}
  #areMethodsKnown = false
  protected options!: ResolvedOptions

  constructor(owner: string, required: readonly HookName[], limits: Limits) {
    this.#limits = limits
    this.#hooks = new GuardedHooks(owner, required)
  }

  protected configure(
    given: CommonOptions & IssuingOptions<C> & { readonly hooks?: Partial<Hooks<C, T>> },
  ): this {
    checkServerOptions(this.#hooks.owner, given)
    const { hooks = {}, ...options } = given
    const all = { ...this.#given, ...withoutUndefined(options) } as Options
    const resolved = resolveOptions(all, this.#limits, this.#state)
    // All or nothing: refused options leave a running server unchanged.
    this.#hooks.register(hooks)
    this.options = resolved
    this.#given = all
    this.#areMethodsKnown = false
    this.#hooks.timeoutSeconds = this.options.storeTimeoutSeconds
    this.#hooks.on = this.options.on
    return this
  }

  /**
   * Sets one hook; a combined hook that stood for the earlier one is dropped.
   *
   * @throws ConfigurationError when there is no hook of that name, or it is no function.
   */
  registerHook<N extends HookName>(name: N, hook: NonNullable<Hooks<C, T>[N]>): this {
    this.#hooks.registerOne(name, hook)
    return this
  }

  /**
   * Adds a method to this instance only; list its name in `supportedSignatureMethods` to accept it.
   *
   * @throws ConfigurationError when it was not made with `symmetric` or `asymmetric`.
   */
  registerSignatureMethod(name: string, method: SignatureMethod): this {
    return this.configure({ signatureMethods: { ...this.#given.signatureMethods, [name]: method } })
  }

  /**
   * What a client may do here: the options of this server, overridden by the client's profile and its own policy.
   *
   * @param client - As the hook `queryClient` returns it.
   * @throws ConfigurationError when the client's policy names a profile that does not exist, or holds a wrong value.
   */
  policyOf({ policy }: Pick<Client, 'policy'>): Policy {
    return policyOf(policy ?? {}, this.options.policy, this.options.profiles)
  }

  /** How large a request may be; an adapter does not read more of a form body. */
  get limits(): Limits {
    return this.options.limits
  }

  /**
   * @throws ConfigurationError that names what is missing, at the first request rather than the first that gets far.
   */
  protected get hooks(): Hooks<C, T> {
    if (!this.#areMethodsKnown) {
      requireMethods(this.options)
      this.#areMethodsKnown = true
    }
    return this.#hooks.complete
  }

  /** A hook that only some methods of the server need. @throws ConfigurationError if it is missing. */
  protected hook<N extends HookName>(name: N): NonNullable<Hooks<C, T>[N]> {
    return this.#hooks.require(name)
  }

  /** @throws OAuth1Error when the request breaks the protocol, or is over a limit. */
  protected parse(http: HttpRequest): OAuth1Request {
    const { publicUrl, limits } = this.options
    return OAuth1Request.parse(publicUrl === undefined ? http : asSigned(http, publicUrl), limits)
  }

  /** Reports a refusal to the listener. @returns The error to respond with. */
  protected refuse(error: OAuth1Error, attempt: Attempt): OAuth1Error | Promise<OAuth1Error> {
    return refuse(error, attempt, this.options)
  }
}

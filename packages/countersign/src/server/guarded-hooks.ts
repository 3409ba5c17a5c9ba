import { ConfigurationError, OAuth1Error, RecordError, StoreError } from '../errors.ts'
import { type EventListener, emit } from './events.ts'
import { hookLimit } from './hook-limit.ts'
import { combinedOf, type HookName, type Hooks } from './hooks.ts'
import type { Client, TokenCredential } from './models.ts'
import { nearestName } from './nearest-name.ts'
import { shown, unknownName, withoutUndefined } from './option-kinds.ts'

/** The helper that registers a hook, for the message about a missing one. The combined hooks come last. */
const helperOf: Record<HookName, string> = {
  queryClient: "registerHook('queryClient', createQueryClient(db, …))",
  queryToken: "registerHook('queryToken', createQueryToken(db, …))",
  recordNonce: 'registerNonceHooks(server, cache)',
  createTemporaryCredential: 'registerTemporaryCredentialHooks(server, cache)',
  getTemporaryCredential: 'registerTemporaryCredentialHooks(server, cache)',
  createAuthorizationVerifier: 'registerTemporaryCredentialHooks(server, cache)',
  consumeTemporaryCredential: 'registerTemporaryCredentialHooks(server, cache)',
  createTokenCredential: 'registerTokenCredentialHooks(server, db, …)',
  revokeToken: 'registerTokenCredentialHooks(server, db, …)',
  listTokens: 'registerTokenCredentialHooks(server, db, …)',
  recordTokenUse: 'registerTokenCredentialHooks(server, db, …)',
  queryClientAndToken: "registerHook('queryClientAndToken', …)",
  exchangeTemporaryCredential: "registerHook('exchangeTemporaryCredential', …)",
}

/** Authlib's names for hooks whose contract differs here. */
const formerNames: ReadonlyMap<string, HookName> = new Map([
  ['exists_nonce', 'recordNonce'],
  ['existsNonce', 'recordNonce'],
  ['delete_temporary_credential', 'consumeTemporaryCredential'],
  ['deleteTemporaryCredential', 'consumeTemporaryCredential'],
])
/**
 * The names of all hooks, in an order in which they can be registered: a combined hook counts only while its parts are
 * registered.
 */
export const hookNames: readonly string[] = Object.keys(helperOf)

/** Hooks that stand for others of the same store, and count only while those are registered. */
const combinedNames = ['queryClientAndToken', 'exchangeTemporaryCredential'] as const

/** The hooks of one server: registered at any time, complete at the first request, each call limited in time. */
export class GuardedHooks<C extends Client, T extends TokenCredential> {
  readonly owner: string
  readonly #required: readonly HookName[]
  #registered: Partial<Hooks<C, T>> = {}
  #complete: Hooks<C, T> | undefined
  timeoutSeconds = 0
  on: EventListener | undefined

  constructor(owner: string, required: readonly HookName[]) {
    this.owner = owner
    this.#required = required
  }

  /** @throws ConfigurationError when a hook is not a function, or a name is a near miss of a hook's. */
  register(hooks: Partial<Hooks<C, T>>): void {
    if (typeof hooks !== 'object' || hooks === null)
      throw new ConfigurationError(`${this.owner}: hooks must be an object of hooks; it is ${shown(hooks)}.`)
    for (const [name, hook] of Object.entries(hooks)) {
      // A store may have members other than hooks, but a misspelt hook would never be called.
      if (!hookNames.includes(name)) {
        const meant = formerNames.get(name) ?? nearestName(name, hookNames, 2)
        if (meant && !Object.hasOwn(hooks, meant)) throw this.#unknown(name)
      } else if (hook !== undefined && typeof hook !== 'function')
        throw new ConfigurationError(`${this.owner}: hooks.${name} must be a function; it is ${shown(hook)}.`)
    }
    const before = { ...this.#registered }
    // A hook registered later also counts where an earlier combined hook would do its work.
    for (const name of combinedNames) if (replacesPart(hooks, name)) delete before[name]
    this.#registered = { ...before, ...withoutUndefined(hooks) } as Partial<Hooks<C, T>>
    this.#complete = undefined
  }

  /** Like `register`, but refuses any name that is not a hook's. */
  registerOne(name: HookName, hook: unknown): void {
    if (!hookNames.includes(name)) throw this.#unknown(String(name))
    if (hook === undefined)
      throw new ConfigurationError(`${this.owner}: hooks.${name} must be a function; it is undefined.`)
    this.register({ [name]: hook } as Partial<Hooks<C, T>>)
  }

  #unknown(name: string): ConfigurationError {
    const former = formerNames.get(name)
    return unknownName(this.owner, 'hook', name, former ? [former] : hookNames, former)
  }

  /**
   * The hooks as the server calls them. A hook's promise is limited by the store timeout, and rejects with a
   * `StoreError` when the hook fails or is late. An error of this library passes unchanged.
   *
   * @throws ConfigurationError that names every missing hook and what to write.
   */
  get complete(): Hooks<C, T> {
    this.#complete ??= this.#guardAll()
    return this.#complete
  }

  /** @throws ConfigurationError that says which hook is missing for a method of the server that was called. */
  require<N extends HookName>(name: N): NonNullable<Hooks<C, T>[N]> {
    const hook = this.complete[name]
    if (hook) return hook
    throw new ConfigurationError(this.#missing([name]))
  }

  #guardAll(): Hooks<C, T> {
    const hooks = { ...this.#registered }
    for (const name of combinedNames) if (combinedOf(hooks, hooks[name]) === undefined) delete hooks[name]
    const missing = this.#required.filter((name) => typeof hooks[name] !== 'function')
    if (missing.length > 0) throw new ConfigurationError(this.#missing(missing))
    const guarded = Object.entries(hooks).map(([name, hook]) => [
      name,
      typeof hook === 'function' ? this.#guard(name as HookName, hook as Hook) : hook,
    ])
    return Object.fromEntries(guarded)
  }

  #missing(names: readonly HookName[]): string {
    const remedies = names.map((name) => `  ${name}: ${helperOf[name]}`)
    return `${this.owner} has no hook for:\n${remedies.join('\n')}\nRegister them, or pass them as { hooks }.`
  }

  #guard(name: HookName, hook: Hook): Hook {
    const hooks = this.#registered
    // No hook takes more than two arguments.
    return (first, second) => {
      let result: unknown
      try {
        result = hook.call(hooks, first, second)
      } catch (cause) {
        // Rejected, not thrown: another hook may be running, and its failure must be awaited too.
        return Promise.reject(this.#failure(name, cause))
      }
      // Query builders are often thenables rather than promises.
      return typeof (result as { then?: unknown } | undefined)?.then === 'function'
        ? this.#bounded(name, result as PromiseLike<unknown>)
        : result
    }
  }

  async #bounded<R>(name: HookName, result: PromiseLike<R>): Promise<R> {
    const seconds = this.timeoutSeconds
    const limit = seconds === 0 ? undefined : hookLimit(name, seconds)
    try {
      return await (limit === undefined ? result : Promise.race([result, limit.late]))
    } catch (cause) {
      throw this.#failure(name, cause)
    } finally {
      limit?.end()
    }
  }

  #failure(hook: HookName, cause: unknown): Error {
    if (cause instanceof OAuth1Error || cause instanceof ConfigurationError) return cause
    // The driver's message stays in the cause, because some frameworks send an error's message to the client.
    const error = cause instanceof StoreError ? cause : new StoreError(`The ${hook} hook failed.`, { cause })
    // One unusable row is a fault of that client's data, and reported as such.
    if (!(error instanceof RecordError)) emit(this.on, { type: 'store_failed', hook, error })
    return error
  }
}

type Hook = (this: unknown, first: unknown, second: unknown) => unknown

/** Whether newly registered hooks replace one that an earlier combined hook stands for. */
function replacesPart(
  hooks: Partial<Record<HookName, unknown>>,
  name: (typeof combinedNames)[number],
): boolean {
  return partsOf[name].some((part) => hooks[part] !== undefined)
}

const partsOf = {
  queryClientAndToken: ['queryClient', 'queryToken'],
  exchangeTemporaryCredential: ['consumeTemporaryCredential', 'createTokenCredential'],
} as const

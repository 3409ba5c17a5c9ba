import { ConfigurationError, OAuth1Error, StoreError } from '../protocol/errors.ts'
import { combinedOf, type HookName, type Hooks, isThenable } from './hooks.ts'
import type { Client, TokenCredential } from './models.ts'
import { nearestName } from './nearest-name.ts'
import { shown, unknownName } from './option-kinds.ts'
import { UsedTimestamps } from './used-timestamps.ts'

/** The helper that registers a hook, for the message about a missing one. */
const helperOf: Readonly<Record<Exclude<HookName, 'queryClientAndToken'>, string>> = {
  queryClient: "registerHook('queryClient', createQueryClient(db, …))",
  queryToken: "registerHook('queryToken', createQueryToken(db, …))",
  recordNonce: 'registerNonceHooks(server, cache)',
  createTemporaryCredential: 'registerTemporaryCredentialHooks(server, cache)',
  getTemporaryCredential: 'registerTemporaryCredentialHooks(server, cache)',
  createAuthorizationVerifier: 'registerTemporaryCredentialHooks(server, cache)',
  consumeTemporaryCredential: 'registerTemporaryCredentialHooks(server, cache)',
  createTokenCredential: 'registerTokenCredentialHooks(server, db, …)',
}

/** What Authlib calls them, where the contract here is another. */
const formerNames: ReadonlyMap<string, HookName> = new Map([
  ['exists_nonce', 'recordNonce'],
  ['existsNonce', 'recordNonce'],
  ['delete_temporary_credential', 'consumeTemporaryCredential'],
  ['deleteTemporaryCredential', 'consumeTemporaryCredential'],
])
const hookNames: readonly string[] = [...Object.keys(helperOf), 'queryClientAndToken']

/** The hooks of one server: registered at any time, complete at the first request, each call bounded in time. */
export class HookTable<C extends Client, T extends TokenCredential> {
  readonly owner: string
  /** Which timestamps are used up whatever the clock says: as long-lived as the nonces that the hooks record. */
  readonly usedTimestamps = new UsedTimestamps()
  readonly #required: readonly (keyof typeof helperOf)[]
  #registered: Partial<Hooks<C, T>> = {}
  #guarded: Hooks<C, T> | undefined
  timeoutSeconds = 0

  constructor(owner: string, required: readonly (keyof typeof helperOf)[]) {
    this.owner = owner
    this.#required = required
  }

  /** @throws ConfigurationError when a hook is no function, or its name is nearly that of one. */
  register(hooks: Partial<Hooks<C, T>>): void {
    if (typeof hooks !== 'object' || hooks === null)
      throw new ConfigurationError(`${this.owner}: hooks must be an object of hooks; it is ${shown(hooks)}.`)
    for (const [name, hook] of Object.entries(hooks)) {
      // A store may have more to it than hooks; what looks like one of them that is missing would never be called.
      if (!hookNames.includes(name)) {
        const meant = formerNames.get(name) ?? nearestName(name, hookNames, 2)
        if (meant && !Object.hasOwn(hooks, meant)) throw this.#unknown(name)
      } else if (hook !== undefined && typeof hook !== 'function')
        throw new ConfigurationError(`${this.owner}: hooks.${name} must be a function; it is ${shown(hook)}.`)
    }
    const before = { ...this.#registered }
    // What is registered later counts, too, where an earlier hook would do its work along with another's.
    if (hooks.queryClient || hooks.queryToken) delete before.queryClientAndToken
    this.#registered = { ...before, ...hooks }
    this.#guarded = undefined
  }

  /** As `register`, but any name that is no hook's is refused. */
  registerOne(name: HookName, hook: unknown): void {
    if (!hookNames.includes(name)) throw this.#unknown(String(name))
    if (hook === undefined)
      throw new ConfigurationError(`${this.owner}: hooks.${name} must be a function; it is undefined.`)
    this.register({ [name]: hook } as Partial<Hooks<C, T>>)
  }

  /**
   * The hooks as the server calls them. One over memory is answered at once; the promise of any other is bounded by the
   * store timeout, and rejects with a `StoreError` when the hook fails or is late. An error of this library passes as it is.
   *
   * @throws ConfigurationError that names every missing hook and what to write.
   */
  get complete(): Hooks<C, T> {
    this.#guarded ??= this.#guardAll()
    return this.#guarded
  }

  #unknown(name: string): ConfigurationError {
    const former = formerNames.get(name)
    return unknownName(this.owner, 'hook', name, former ? [former] : hookNames, former)
  }

  #guardAll(): Hooks<C, T> {
    const hooks = { ...this.#registered }
    if (combinedOf<C, T>(hooks) === undefined) delete hooks.queryClientAndToken
    const missing = this.#required.filter((name) => typeof hooks[name] !== 'function')
    if (missing.length > 0) {
      const remedies = missing.map((name) => `  ${name}: ${helperOf[name]}`)
      throw new ConfigurationError(
        `${this.owner} has no hook for:\n${remedies.join('\n')}\nRegister them, or pass them as { hooks }.`,
      )
    }
    const guarded = Object.entries(hooks).map(([name, hook]) => [
      name,
      typeof hook === 'function' ? this.#guard(name as HookName, hook as Hook) : hook,
    ])
    return Object.fromEntries(guarded)
  }

  #guard(name: HookName, hook: Hook): Hook {
    const hooks = this.#registered
    // No hook takes more than two.
    return (first, second) => {
      let answer: unknown
      try {
        answer = hook.call(hooks, first, second)
      } catch (cause) {
        // Rejected and not thrown: another hook may be under way, and its failure must be waited for, too.
        return Promise.reject(storeError(name, cause))
      }
      return isThenable(answer) ? this.#bounded(name, answer) : answer
    }
  }

  async #bounded<R>(name: HookName, result: PromiseLike<R>): Promise<R> {
    const seconds = this.timeoutSeconds
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      if (seconds === 0) return await result
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new StoreError(`The ${name} hook gave no answer within ${seconds} s.`)),
          seconds * 1000,
        )
      })
      return await Promise.race([result, late])
    } catch (cause) {
      throw storeError(name, cause)
    } finally {
      clearTimeout(timer)
    }
  }
}

type Hook = (this: unknown, first: unknown, second: unknown) => unknown

function storeError(name: HookName, cause: unknown): Error {
  if (cause instanceof StoreError || cause instanceof OAuth1Error || cause instanceof ConfigurationError)
    return cause
  // What a driver says stays in the cause: some frameworks send an error's message to whoever asked.
  return new StoreError(`The ${name} hook failed.`, { cause })
}

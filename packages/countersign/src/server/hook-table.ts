import { ConfigurationError, OAuth1Error, StoreError } from '../protocol/errors.ts'
import { combinedOf, type HookName, type Hooks, isThenable } from './hooks.ts'
import type { Client, TokenCredential } from './models.ts'

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

/** The hooks of one server: registered at any time, complete at the first request, each call bounded in time. */
export class HookTable<C extends Client, T extends TokenCredential> {
  readonly #owner: string
  readonly #required: readonly (keyof typeof helperOf)[]
  #registered: Partial<Hooks<C, T>> = {}
  #guarded: Hooks<C, T> | undefined
  timeoutSeconds = 0

  constructor(owner: string, required: readonly (keyof typeof helperOf)[]) {
    this.#owner = owner
    this.#required = required
  }

  register(hooks: Partial<Hooks<C, T>>): void {
    const before = { ...this.#registered }
    // What is registered later counts, too, where an earlier hook would do its work along with another's.
    if (hooks.queryClient || hooks.queryToken) delete before.queryClientAndToken
    this.#registered = { ...before, ...hooks }
    this.#guarded = undefined
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

  #guardAll(): Hooks<C, T> {
    const hooks = { ...this.#registered }
    if (combinedOf<C, T>(hooks) === undefined) delete hooks.queryClientAndToken
    const missing = this.#required.filter((name) => typeof hooks[name] !== 'function')
    if (missing.length > 0) {
      const remedies = missing.map((name) => `  ${name}: ${helperOf[name]}`)
      throw new ConfigurationError(
        `${this.#owner} has no hook for:\n${remedies.join('\n')}\nRegister them, or pass them as { hooks }.`,
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

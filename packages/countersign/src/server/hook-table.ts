import { ConfigurationError, OAuth1Error, StoreError } from '../protocol/errors.ts'
import { type Awaitable, type HookName, type Hooks, isThenable } from './hooks.ts'
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
  #hooks: Partial<Hooks<C, T>> = {}
  #complete = false
  timeoutSeconds = 0

  constructor(owner: string, required: readonly (keyof typeof helperOf)[]) {
    this.#owner = owner
    this.#required = required
  }

  register(hooks: Partial<Hooks<C, T>>): void {
    this.#hooks = { ...this.#hooks, ...hooks }
    this.#complete = false
  }

  /** @throws ConfigurationError that names every missing hook and what to write. */
  get complete(): Hooks<C, T> {
    if (!this.#complete) {
      const missing = this.#required.filter((name) => typeof this.#hooks[name] !== 'function')
      if (missing.length > 0) {
        const remedies = missing.map((name) => `  ${name}: ${helperOf[name]}`)
        throw new ConfigurationError(
          `${this.#owner} has no hook for:\n${remedies.join('\n')}\nRegister them, or pass them as { hooks }.`,
        )
      }
      this.#complete = true
    }
    return this.#hooks as Hooks<C, T>
  }

  /**
   * The answer of one hook. A hook over memory is answered at once; a promise is bounded by the store timeout.
   *
   * @throws StoreError (as a rejection) when the hook fails or is late; an error of this library passes as it is.
   */
  answer<R>(name: HookName, call: () => Awaitable<R>): Awaitable<R> {
    let result: Awaitable<R>
    try {
      result = call()
    } catch (cause) {
      // Rejected and not thrown: another hook may be under way, and its failure must be waited for, too.
      return Promise.reject(storeError(name, cause))
    }
    return isThenable(result) ? this.#bounded(name, result) : result
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

function storeError(name: HookName, cause: unknown): Error {
  if (cause instanceof StoreError || cause instanceof OAuth1Error || cause instanceof ConfigurationError)
    return cause
  return new StoreError(
    `The ${name} hook failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  )
}

import type { HookName } from 'countersign'
import type { StoreObserver } from './store-observer.ts'

type Hook = (this: unknown, first: unknown, second: unknown) => unknown

/** The names of the hooks, which are the operations of the store. */
const operations: Readonly<Record<HookName, true>> = {
  queryClient: true,
  queryToken: true,
  queryClientAndToken: true,
  recordNonce: true,
  createTemporaryCredential: true,
  getTemporaryCredential: true,
  createAuthorizationVerifier: true,
  consumeTemporaryCredential: true,
  createTokenCredential: true,
  exchangeTemporaryCredential: true,
  recordTokenUse: true,
  revokeToken: true,
  listTokens: true,
}

/** The same hooks, with an observer notified of each call; the unchanged object if there is no observer. */
export function observedHooks<H extends object>(hooks: H, observe: StoreObserver | undefined): H {
  if (observe === undefined) return hooks
  const entries = Object.entries(hooks).map(([name, hook]) => [
    name,
    Object.hasOwn(operations, name) && typeof hook === 'function'
      ? observed(name as HookName, hook as Hook, observe)
      : hook,
  ])
  const wrapped: Record<string, unknown> = Object.fromEntries(entries)
  const originals = hooks as Readonly<Record<string, unknown>>
  // A combined hook is only valid together with the exact hooks that it replaces.
  for (const hook of Object.values(wrapped)) {
    const { standsFor } = (hook ?? {}) as { standsFor?: Readonly<Record<string, unknown>> }
    if (standsFor === undefined) continue
    const own = Object.entries(standsFor).map(([name, part]) => [
      name,
      originals[name] === part ? wrapped[name] : part,
    ])
    Object.assign(hook as object, { standsFor: Object.fromEntries(own) })
  }
  return wrapped as H
}

function observed(name: HookName, hook: Hook, observe: StoreObserver): Hook {
  const wrapped: Hook = function (first, second) {
    const end = observe(name)
    let result: unknown
    try {
      result = hook.call(this, first, second)
    } catch (error) {
      end(error)
      throw error
    }
    if (typeof (result as { then?: unknown } | undefined)?.then !== 'function') {
      end(undefined, result)
      return result
    }
    return (result as PromiseLike<unknown>).then(
      (value) => {
        end(undefined, value)
        return value
      },
      (error: unknown) => {
        end(error)
        throw error
      },
    )
  }
  // A hook's metadata is typed data on the function.
  return Object.assign(wrapped, hook)
}

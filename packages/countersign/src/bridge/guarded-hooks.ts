import { ConfigurationError, OAuth1Error, RecordError, StoreError } from '../errors.ts'
import { type EventListener, emit, reportFault } from '../server/events.ts'
import { hookLimit } from '../server/hook-limit.ts'
import type { ExchangeHookName } from '../server/token-grants.ts'
import { ExchangeError } from './exchange-error.ts'

type Hook = (...parameters: unknown[]) => unknown

/**
 * The hooks as an exchange calls them: each has a time limit, and rejects with a `StoreError` if it fails or is late.
 * Anything other than a function is passed on unchanged.
 */
export function guardedHooks<H extends object>(hooks: H, seconds: number, on: EventListener | undefined): H {
  const guarded = Object.entries(hooks).map(([name, hook]) => [
    name,
    typeof hook === 'function'
      ? (...parameters: unknown[]) =>
          boundedCall(name as ExchangeHookName, () => (hook as Hook).apply(hooks, parameters), seconds, on)
      : hook,
  ])
  return Object.fromEntries(guarded)
}

/** The result of a hook. @throws StoreError when it fails or is late. */
export async function boundedCall<R>(
  name: ExchangeHookName,
  call: () => R | PromiseLike<R>,
  seconds: number,
  on: EventListener | undefined,
): Promise<R> {
  const limit = seconds === 0 ? undefined : hookLimit(name, seconds)
  try {
    const result = call()
    return await (limit === undefined ? result : Promise.race([result, limit.late]))
  } catch (cause) {
    throw failure(name, cause, on)
  } finally {
    limit?.end()
  }
}

/** The code that looks up a client and its token reports an unusable row, and continues without it. */
const reporting: ReadonlySet<string> = new Set(['queryClient', 'queryToken', 'queryClientAndToken'])

function failure(hook: ExchangeHookName, cause: unknown, on: EventListener | undefined): Error {
  if (cause instanceof ExchangeError || cause instanceof OAuth1Error || cause instanceof ConfigurationError)
    return cause
  // One unusable row is not a failure of the store.
  if (cause instanceof RecordError) {
    if (!reporting.has(hook)) reportFault(on, cause.clientId, cause)
    return cause
  }
  // The driver's message stays in the cause, because some frameworks send an error's message to the client.
  const error = cause instanceof StoreError ? cause : new StoreError(`The ${hook} hook failed.`, { cause })
  emit(on, { type: 'store_failed', hook, error })
  return error
}

import { AsyncLocalStorage } from 'node:async_hooks'

/** The request that is being served, for everything done for it. */
export interface RequestContext {
  /** What the log, the response's `X-Request-Id` and the pages call it. */
  readonly requestId: string
  readonly method: string
  /** Without the query, which may hold tokens. */
  readonly path: string
  /** Where it comes from; undefined where this process cannot know it. */
  readonly network?: string | undefined
}

const storage = new AsyncLocalStorage<RequestContext>()

/** Runs a function, and all that it starts, as part of a request. */
export function withRequest<R>(context: RequestContext, run: () => R): R {
  return storage.run(context, run)
}

/** The request that this code runs for; undefined outside of any, as on the command line. */
export function currentRequest(): RequestContext | undefined {
  return storage.getStore()
}

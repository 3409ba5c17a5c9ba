import { AsyncLocalStorage } from 'node:async_hooks'

/** A client waits for approval or is suspended, or the user of a token is. */
export type Inactive = 'client-pending' | 'client-suspended' | 'user-suspended'

/** The request that is being served, for everything done for it. */
export interface RequestContext {
  /** What the log, the response's `X-Request-Id` and the pages call it. */
  readonly requestId: string
  readonly method: string
  /** Without the query, which may hold tokens. */
  readonly path: string
  /** Where it comes from; undefined where this process cannot know it. */
  readonly network?: string | undefined
  /** What a trusted proxy calls the request. */
  readonly callerRequestId?: string | undefined
  /** Who signed in, or whose token it is: once that is proven. */
  userId?: number | string | undefined
  /** The client that signed the request: once that is proven. */
  clientId?: string | undefined
  /** What the spans of a trace stand below. */
  readonly trace?: unknown
  /** For a refusal that a later try may not meet: when that is. */
  retryAfterSeconds?: number
  /** Headers that tell the client of the end of what it uses; once it is known to use it. */
  notice?: Readonly<Record<string, string>>
  /** Why a client or a token that exists was treated as unknown; once it was. */
  inactive?: { readonly clientId: string; readonly reason: Inactive } | undefined
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

/** Notes who was proven to send the request that is being served. */
export function noteParties({ userId, clientId }: Pick<RequestContext, 'userId' | 'clientId'>): void {
  const request = storage.getStore()
  if (request === undefined) return
  if (userId !== undefined) request.userId = userId
  if (clientId !== undefined) request.clientId = clientId
}

/** Notes why a client or a token is treated as unknown, for the log and the owner of the client: the one who is refused is not told. */
export function noteInactive(clientId: string, reason: Inactive): void {
  const request = storage.getStore()
  if (request !== undefined) request.inactive = { clientId, reason }
}

import { AsyncLocalStorage } from 'node:async_hooks'

/** A client is waiting for approval or suspended, or the user of a token is suspended. */
export type Inactive = 'client-pending' | 'client-suspended' | 'user-suspended'

/** The current request, available to everything done for it. */
export interface RequestContext {
  /** Its identifier in the log, in the response's `X-Request-Id` and on pages. */
  readonly requestId: string
  readonly method: string
  /** Without the query, which may hold tokens. */
  readonly path: string
  /** Where it comes from; undefined if this process cannot know it. */
  readonly network?: string | undefined
  /** A trusted proxy's identifier of the request. */
  readonly callerRequestId?: string | undefined
  /** The signed-in user, or the user of the token, once proven. */
  userId?: number | string | undefined
  /** The client that signed the request, once proven. */
  clientId?: string | undefined
  /** The parent of the spans in a trace. */
  readonly trace?: unknown
  /** For a temporary refusal: when to try again. */
  retryAfterSeconds?: number
  /** Headers about the end of a feature that the client uses, once that is known. */
  notice?: Readonly<Record<string, string>>
  /** Why an existing client or token was treated as unknown, if it was. */
  inactive?: { readonly clientId: string; readonly reason: Inactive } | undefined
}

const storage = new AsyncLocalStorage<RequestContext>()

/** Runs a function, and everything that it starts, as part of a request. */
export function withRequest<R>(context: RequestContext, run: () => R): R {
  return storage.run(context, run)
}

/** The request that this code runs for; undefined outside of any, as on the command line. */
export function currentRequest(): RequestContext | undefined {
  return storage.getStore()
}

/** Records the proven sender of the current request. */
export function noteParties({ userId, clientId }: Pick<RequestContext, 'userId' | 'clientId'>): void {
  const request = storage.getStore()
  if (request === undefined) return
  if (userId !== undefined) request.userId = userId
  if (clientId !== undefined) request.clientId = clientId
}

/**
 * Records why a client or a token is treated as unknown, for the log and the client's owner; the refused sender is not
 * told.
 */
export function noteInactive(clientId: string, reason: Inactive): void {
  const request = storage.getStore()
  if (request !== undefined) request.inactive = { clientId, reason }
}

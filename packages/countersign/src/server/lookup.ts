import { RecordError } from '../errors.ts'
import { type EventListener, reportFault } from './events.ts'
import type { Awaitable, Hooks } from './hooks.ts'
import type { Client, TemporaryCredential, TokenCredential } from './models.ts'

/** The stored data for the identifiers in a request; undefined for unknown ones. */
export interface Found<C, K> {
  readonly client: C | undefined
  /** The token credential, or at the token endpoint the temporary one. */
  readonly token: K | undefined
}

/** The client of a request without a token; a promise only if the hook returned one. */
export function findClient<C extends Client>(
  hooks: Pick<Hooks<C>, 'queryClient'>,
  clientId: string,
  on: EventListener | undefined,
): Awaitable<Found<C, never>> {
  const client = hooks.queryClient(clientId)
  return isPending(client)
    ? foundLater<C, never>(client, undefined, clientId, '', on)
    : { client: exactClient(client, clientId), token: undefined }
}

/**
 * Client and token of a protected request: in one round trip if the store can, otherwise both at once. The token is
 * looked up even if the client is unknown: the same work for every stranger. A promise only if a hook returned one.
 */
export function findToken<C extends Client, T extends TokenCredential>(
  hooks: Pick<Hooks<C, T>, 'queryClient' | 'queryToken' | 'queryClientAndToken'>,
  clientId: string,
  oauthToken: string,
  on: EventListener | undefined,
): Awaitable<Found<C, T>> {
  if (hooks.queryClientAndToken)
    return bothLater(hooks.queryClientAndToken(clientId, oauthToken), clientId, oauthToken, on)
  const client = hooks.queryClient(clientId)
  const token = hooks.queryToken(clientId, oauthToken)
  return isPending(client) || isPending(token)
    ? foundLater(client, token, clientId, oauthToken, on)
    : { client: exactClient(client, clientId), token: exactToken(token, clientId, oauthToken) }
}

async function bothLater<C extends Client, T extends TokenCredential>(
  pending: ReturnType<NonNullable<Hooks<C, T>['queryClientAndToken']>>,
  clientId: string,
  oauthToken: string,
  on: EventListener | undefined,
): Promise<Found<C, T>> {
  try {
    const both = await pending
    return {
      client: exactClient(both?.client, clientId),
      token: exactToken(both?.token, clientId, oauthToken),
    }
  } catch (error) {
    return unusable(error, on)
  }
}

async function foundLater<C extends Client, T extends TokenCredential>(
  client: Awaitable<C | undefined>,
  token: Awaitable<T | undefined>,
  clientId: string,
  oauthToken: string,
  on: EventListener | undefined,
): Promise<Found<C, T>> {
  try {
    // Both look-ups run at once.
    const [c, t] = await Promise.all([client, token])
    return { client: exactClient(c, clientId), token: exactToken(t, clientId, oauthToken) }
  } catch (error) {
    return unusable(error, on)
  }
}

/** Client and temporary credential of a request to the token endpoint. */
export async function findTemporaryCredential<C extends Client>(
  hooks: Pick<Hooks<C>, 'queryClient' | 'getTemporaryCredential'>,
  clientId: string,
  oauthToken: string,
  now: number,
  on: EventListener | undefined,
): Promise<Found<C, TemporaryCredential>> {
  try {
    const [client, credential] = await Promise.all([
      hooks.queryClient(clientId),
      hooks.getTemporaryCredential(oauthToken),
    ])
    // §2.3: another client's credential counts as unknown. An expired one counts as absent, whatever the store thinks.
    const token = usableCredential(exactToken(credential, clientId, oauthToken), on)
    return {
      client: exactClient(client, clientId),
      token: token && token.expiresAt > now ? token : undefined,
    }
  } catch (error) {
    return unusable(error, on)
  }
}

/** The temporary credential that a resource owner is asked about, and its client; an unusable one counts as absent. */
export async function findAuthorizationRequest<C extends Client>(
  hooks: Pick<Hooks<C>, 'queryClient' | 'getTemporaryCredential'>,
  oauthToken: string,
  on: EventListener | undefined,
): Promise<Found<C, TemporaryCredential>> {
  try {
    const found = await hooks.getTemporaryCredential(oauthToken)
    const token = usableCredential(found?.oauthToken === oauthToken ? found : undefined, on)
    if (token === undefined) return { client: undefined, token: undefined }
    const { clientId } = token
    return { client: exactClient(await hooks.queryClient(clientId), clientId), token }
  } catch (error) {
    return unusable(error, on)
  }
}

/** Not `instanceof`: if an application replaces `Promise`, the promises of async functions are not instances of it. */
function isPending<R>(result: Awaitable<R>): result is Promise<R> {
  return typeof (result as Partial<Promise<R>> | undefined)?.then === 'function'
}

/** An unusable row counts as absent: to a stranger it must look so. */
function unusable(error: unknown, on: EventListener | undefined): Found<never, never> {
  if (!(error instanceof RecordError)) throw error
  reportFault(on, error.clientId, error)
  return { client: undefined, token: undefined }
}

function usableCredential(
  credential: TemporaryCredential | undefined,
  on: EventListener | undefined,
): TemporaryCredential | undefined {
  const error = credential && recordFault(credential)
  if (!credential || !error) return credential
  reportFault(on, credential.clientId, error)
  return undefined
}

const texts = ['clientId', 'oauthToken', 'oauthTokenSecret', 'oauthCallback'] as const

/** Why a stored temporary credential cannot be used; undefined if it can. */
function recordFault(credential: TemporaryCredential): Error | undefined {
  const wrong = texts.find((name) => typeof credential[name] !== 'string')
  if (wrong) return new TypeError(`The ${wrong} of a temporary credential is no text.`)
  // A Date, for example, would be compared in milliseconds, and never expire.
  return typeof credential.expiresAt === 'number'
    ? undefined
    : new TypeError('The expiresAt of a temporary credential is no number.')
}

/** Only an exact match counts: a store whose collation ignores case or trailing spaces must not widen the result. */
function exactClient<C extends Client>(client: C | undefined, clientId: string): C | undefined {
  return client?.clientId === clientId ? client : undefined
}

function exactToken<K extends { readonly clientId: string; readonly oauthToken: string }>(
  token: K | undefined,
  clientId: string,
  oauthToken: string,
): K | undefined {
  return token?.oauthToken === oauthToken && token.clientId === clientId ? token : undefined
}

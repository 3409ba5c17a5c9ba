import type { Hooks } from './hooks.ts'
import type { Client, TemporaryCredential, TokenCredential } from './models.ts'

/** What the stores know about the identifiers in a request; undefined what they do not know. */
export interface Found<C, K> {
  readonly client: C | undefined
  /** The token credential, or at the token endpoint the temporary one. */
  readonly token: K | undefined
}

/**
 * Client and token of a protected request: in one round trip where the store can, or else both at once. The token is
 * asked for even where the client is unknown: the same work for every stranger.
 */
export async function findToken<C extends Client, T extends TokenCredential>(
  hooks: Hooks<C, T>,
  clientId: string,
  oauthToken: string | undefined,
): Promise<Found<C, T>> {
  if (oauthToken === undefined)
    return { client: exactClient(await hooks.queryClient(clientId), clientId), token: undefined }
  let both: { readonly client?: C | undefined; readonly token?: T | undefined }
  if (hooks.queryClientAndToken) {
    both = await hooks.queryClientAndToken(clientId, oauthToken)
  } else {
    // Both are under way at once where they take time.
    const client = hooks.queryClient(clientId)
    const token = hooks.queryToken(clientId, oauthToken)
    if (client instanceof Promise || token instanceof Promise) {
      const [c, t] = await Promise.all([client, token])
      both = { client: c, token: t }
    } else both = { client, token }
  }
  return {
    client: exactClient(both.client, clientId),
    token: exactToken(both.token, clientId, oauthToken),
  }
}

/** Client and temporary credential of a request to the token endpoint. */
export async function findTemporaryCredential<C extends Client>(
  hooks: Pick<Hooks<C>, 'queryClient' | 'getTemporaryCredential'>,
  clientId: string,
  oauthToken: string,
  now: number,
): Promise<Found<C, TemporaryCredential>> {
  const [client, token] = await Promise.all([
    hooks.queryClient(clientId),
    hooks.getTemporaryCredential(oauthToken),
  ])
  // §2.3: the credential of another client is as good as unknown. Expired is absent, whatever the store thinks.
  const alive = token && token.expiresAt > now ? token : undefined
  return { client: exactClient(client, clientId), token: exactToken(alive, clientId, oauthToken) }
}

/** Only what was asked for counts: a store whose collation ignores case or trailing spaces must not widen the result. */
export function exactClient<C extends Client>(client: C | undefined, clientId: string): C | undefined {
  return client?.clientId === clientId ? client : undefined
}

function exactToken<K extends { readonly clientId: string; readonly oauthToken: string }>(
  token: K | undefined,
  clientId: string,
  oauthToken: string,
): K | undefined {
  return token?.oauthToken === oauthToken && token.clientId === clientId ? token : undefined
}

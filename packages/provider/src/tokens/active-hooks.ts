import { type Hooks, type TokenCredential, UndecidableError } from 'countersign'
import type { Database, ProviderClient, ProviderToken } from '../database/schema.ts'
import { isSuspended } from '../database/user-row.ts'
import { noteInactive } from '../requests/request-context.ts'

type ServerHooks = Hooks<ProviderClient, ProviderToken>
type Client = ProviderClient | undefined
type Token = ProviderToken | undefined

/**
 * The hooks as the servers use them: a client that waits for approval or is suspended, and a token of a suspended user,
 * are treated as if they did not exist, and take as long to refuse. The rows that are read anyway contain what decides
 * this. No token is issued for a suspended user.
 */
export function activeHooks(db: Database, hooks: ServerHooks): ServerHooks {
  const both = standing(hooks, hooks.queryClientAndToken)
  const exchange = standing(hooks, hooks.exchangeTemporaryCredential)
  /** The user may have been suspended while the token was stored. */
  const keep = async ({ userId, clientId, oauthToken }: TokenCredential) => {
    if (userId === undefined || userId === null || !(await isSuspended(db, Number(userId)))) return true
    await hooks.revokeToken(clientId, oauthToken)
    return false
  }
  const { queryClientAndToken: _, exchangeTemporaryCredential: __, ...others } = hooks
  return {
    ...others,
    queryClient: (clientId) => after(hooks.queryClient(clientId), activeClient),
    queryToken: (clientId, oauthToken) => after(hooks.queryToken(clientId, oauthToken), activeToken),
    ...(both && {
      queryClientAndToken: (clientId: string, oauthToken: string) =>
        after(both(clientId, oauthToken), activePair),
    }),
    async createTokenCredential(credential) {
      const token = await hooks.createTokenCredential(credential)
      if (await keep(credential)) return token
      throw new UndecidableError('unknown')
    },
    ...(exchange && {
      async exchangeTemporaryCredential(oauthToken: string, credential: TokenCredential) {
        const token = await exchange(oauthToken, credential)
        return token !== undefined && (await keep(credential)) ? token : undefined
      },
    }),
  }
}

/** The combined hook, unless one of the hooks that it combines was replaced. */
function standing<H extends object>(hooks: ServerHooks, hook: H | undefined): H | undefined {
  const { standsFor = {} } = (hook ?? {}) as { readonly standsFor?: object }
  const isValid = Object.entries(standsFor).every(([part, own]) => hooks[part as keyof ServerHooks] === own)
  return isValid ? hook : undefined
}

function activeClient(client: Client): Client {
  if (client === undefined || client.status === 'approved') return client
  noteInactive(client.clientId, client.status === 'pending' ? 'client-pending' : 'client-suspended')
  return undefined
}

function activeToken(token: Token): Token {
  if (token?.suspended_at === undefined || token.suspended_at === null) return token
  noteInactive(token.clientId, 'user-suspended')
  return undefined
}

function activePair({ client, token }: { readonly client?: Client; readonly token?: Token }) {
  const active = activeClient(client)
  return active === undefined ? {} : { client: active, token: activeToken(token) }
}

/** A cache over the store returns some results at once: they are not delayed. */
function after<R, S>(result: R | Promise<R>, then: (value: R) => S): S | Promise<S> {
  return typeof (result as Partial<Promise<R>> | undefined)?.then === 'function'
    ? (result as Promise<R>).then(then)
    : then(result as R)
}

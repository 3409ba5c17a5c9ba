import type { Hooks } from '../../server/hooks.ts'
import type { Client } from '../../server/models.ts'
import { clientOfTexts } from '../shared/client-row.ts'
import { isStorable } from '../shared/column-text.ts'
import { withLife } from '../shared/token-life.ts'
import type {
  ClientFromRow,
  ClientRow,
  PrismaClients,
  PrismaTokenCredentials,
  StoredTokenCredential,
  TokenCredentialFromRow,
  TokenWhere,
} from './delegates.ts'

/** The `queryClient` hook, for `registerHook`. */
export function createQueryClient<R extends ClientRow>(
  clients: PrismaClients<R>,
): Hooks<ClientFromRow<R>>['queryClient'] {
  return async (clientId) => {
    if (!isStorable(clientId)) return undefined
    const row = await clients.findFirst({ where: { clientId } })
    return row?.clientId === clientId ? clientOfTexts(row) : undefined
  }
}

/** The `queryToken` hook, for `registerHook`. */
export function createQueryToken<T extends StoredTokenCredential>(
  tokens: Pick<PrismaTokenCredentials<T>, 'findFirst'>,
): Hooks<Client, TokenCredentialFromRow<T>>['queryToken'] {
  return tokenQuery((where) => tokens.findFirst({ where }))
}

/** The `queryToken` hook over a custom query. */
export function tokenQuery<T extends StoredTokenCredential>(
  find: (where: TokenWhere) => PromiseLike<T | null>,
): Hooks<Client, TokenCredentialFromRow<T>>['queryToken'] {
  return async (clientId, oauthToken) => {
    if (!isStorable(clientId) || !isStorable(oauthToken)) return undefined
    const row = await find({ clientId, oauthToken })
    return row?.clientId === clientId && row.oauthToken === oauthToken ? withLife(row) : undefined
  }
}

/** The `queryClientAndToken` hook over a custom query. */
export function pairQuery<R extends ClientRow, T extends StoredTokenCredential>(
  find: (where: TokenWhere) => PromiseLike<(R & { tokens: readonly T[] }) | null>,
): NonNullable<Hooks<ClientFromRow<R>, TokenCredentialFromRow<T>>['queryClientAndToken']> {
  return async (clientId, oauthToken) => {
    // Text that no column can hold is looked up as the empty string, which no client has.
    const where = {
      clientId: isStorable(clientId) ? clientId : '',
      oauthToken: isStorable(oauthToken) ? oauthToken : '',
    }
    const row = await find(where)
    if (row?.clientId !== clientId) return {}
    const { tokens, ...client } = row
    const token = tokens.find((token) => token.clientId === clientId && token.oauthToken === oauthToken)
    return { client: clientOfTexts(client as unknown as R), token: token && withLife(token) }
  }
}

import { StoreError } from '../../protocol/errors.ts'
import { type Hooks, standingFor } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import { nonceKey } from '../../server/nonce.ts'
import { discreet, isStorable, systemClock } from '../shared/column-text.ts'
import type {
  ClientFromRow,
  ClientRow,
  PrismaClients,
  PrismaModels,
  PrismaNonces,
  PrismaTemporaryCredentials,
  PrismaTokenCredentials,
  TokenWhere,
} from './delegates.ts'
import { clientFromRow } from './rows.ts'

/** The clock, and queries of the application's own. */
export interface PrismaHookOptions<
  R extends ClientRow = ClientRow,
  T extends TokenCredential = TokenCredential,
> extends PrismaClock {
  /** Finds a token with what the application needs besides: `include: { user: true }`. */
  readonly findToken?: (where: TokenWhere) => PromiseLike<T | null>
  /**
   * Finds the client with its `tokens` of this one name, so that a protected request costs one query: a raw join, or
   * on PostgreSQL and MySQL Prisma's `relationLoadStrategy: 'join'` (preview feature `relationJoins`).
   */
  readonly findClientWithToken?: (where: TokenWhere) => PromiseLike<(R & { tokens: readonly T[] }) | null>
}

/** Seconds since 1970. Default: the system's clock. */
export interface PrismaClock {
  readonly now?: () => number
}

type TokenHooks<R extends ClientRow, T extends TokenCredential> = Pick<
  Hooks<ClientFromRow<R>, T>,
  'queryClient' | 'queryToken' | 'createTokenCredential' | 'queryClientAndToken'
>

/**
 * Hooks over a generated Prisma client: all of them, or those of clients and tokens where only these two are given
 * (nonces and temporary credentials are then a cache's).
 *
 * @example
 * ```ts
 * const hooks = prismaHooks({
 *   client: prisma.oauthClient,
 *   tokenCredential: prisma.oauthTokenCredential,
 *   temporaryCredential: prisma.oauthTemporaryCredential,
 *   nonce: prisma.oauthNonce,
 * })
 * ```
 */
export function prismaHooks<R extends ClientRow, F extends TokenCredential, T extends TokenCredential = F>(
  models: PrismaModels<R, F>,
  options?: PrismaHookOptions<R, T>,
): Hooks<ClientFromRow<R>, T>
export function prismaHooks<R extends ClientRow, F extends TokenCredential, T extends TokenCredential = F>(
  models: Pick<PrismaModels<R, F>, 'client' | 'tokenCredential'>,
  options?: PrismaHookOptions<R, T>,
): TokenHooks<R, T>
export function prismaHooks<R extends ClientRow, T extends TokenCredential>(
  models: Pick<PrismaModels<R, T>, 'client' | 'tokenCredential'> & Partial<PrismaModels<R, T>>,
  options: PrismaHookOptions<R, T> = {},
): Partial<Hooks<ClientFromRow<R>, T>> {
  const { client, tokenCredential, temporaryCredential, nonce } = models
  const { findToken = (where) => tokenCredential.findFirst({ where }), findClientWithToken } = options
  const lookups = { queryClient: createQueryClient(client), queryToken: tokenQuery(findToken) }
  return {
    ...lookups,
    createTokenCredential: tokenCreator(tokenCredential, lookups.queryToken),
    ...(findClientWithToken && {
      queryClientAndToken: standingFor<ClientFromRow<R>, T>(lookups, pairQuery(findClientWithToken)),
    }),
    ...(temporaryCredential && temporaryCredentialHooks(temporaryCredential, options)),
    ...(nonce && { recordNonce: createRecordNonce(nonce) }),
  }
}

/** The `queryClient` hook, for `registerHook`. */
export function createQueryClient<R extends ClientRow>(
  clients: PrismaClients<R>,
): Hooks<ClientFromRow<R>>['queryClient'] {
  return async (clientId) => {
    if (!isStorable(clientId)) return undefined
    const row = await clients.findFirst({ where: { clientId } })
    return row?.clientId === clientId ? clientFromRow(row) : undefined
  }
}

/** The `queryToken` hook, for `registerHook`. */
export function createQueryToken<T extends TokenCredential>(
  tokens: Pick<PrismaTokenCredentials<T>, 'findFirst'>,
): Hooks<Client, T>['queryToken'] {
  return tokenQuery((where) => tokens.findFirst({ where }))
}

/** The `recordNonce` hook, for `registerHook`. */
export function createRecordNonce(nonces: Pick<PrismaNonces, 'createMany'>): Hooks['recordNonce'] {
  return async (record) => {
    try {
      // One INSERT without a transaction around it; `skipDuplicates` does not exist on every database.
      await nonces.createMany({ data: [{ nonceKey: nonceKey(record), expiresAt: record.expiresAt }] })
      return true
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code === uniqueViolation) return false
      throw error
    }
  }
}

function tokenQuery<T extends TokenCredential>(
  find: (where: TokenWhere) => PromiseLike<T | null>,
): Hooks<Client, T>['queryToken'] {
  return async (clientId, oauthToken) => {
    if (!isStorable(clientId) || !isStorable(oauthToken)) return undefined
    const row = await find({ clientId, oauthToken })
    return row?.clientId === clientId && row.oauthToken === oauthToken ? row : undefined
  }
}

function pairQuery<R extends ClientRow, T extends TokenCredential>(
  find: (where: TokenWhere) => PromiseLike<(R & { tokens: readonly T[] }) | null>,
): NonNullable<Hooks<ClientFromRow<R>, T>['queryClientAndToken']> {
  return async (clientId, oauthToken) => {
    // A text that no column can hold is asked for as the empty one, which nobody has.
    const where = {
      clientId: isStorable(clientId) ? clientId : '',
      oauthToken: isStorable(oauthToken) ? oauthToken : '',
    }
    const row = await find(where)
    if (row?.clientId !== clientId) return {}
    const { tokens, ...client } = row
    const token = tokens.find((token) => token.clientId === clientId && token.oauthToken === oauthToken)
    return { client: clientFromRow(client as unknown as R), token }
  }
}

export function tokenCreator<T extends TokenCredential>(
  tokens: Pick<PrismaTokenCredentials, 'createMany'>,
  queryToken: Hooks<Client, T>['queryToken'],
): Hooks<Client, T>['createTokenCredential'] {
  return async ({ clientId, oauthToken, oauthTokenSecret, userId = null, scope }) => {
    // The scope is left out where there is none: an adopted table may lack the column.
    const data = [{ clientId, oauthToken, oauthTokenSecret, userId, ...(scope && { scope }) }]
    await discreet(tokens.createMany({ data }))
    const created = await queryToken(clientId, oauthToken)
    if (created) return created
    throw new StoreError('The token credential was stored, but the query for tokens does not find it.')
  }
}

export function temporaryCredentialHooks(
  credentials: PrismaTemporaryCredentials,
  { now = systemClock }: PrismaClock = {},
): Pick<
  Hooks,
  | 'createTemporaryCredential'
  | 'getTemporaryCredential'
  | 'createAuthorizationVerifier'
  | 'consumeTemporaryCredential'
> {
  const alive = (oauthToken: string) => ({ oauthToken, expiresAt: { gt: Math.floor(now()) } })
  return {
    async createTemporaryCredential({ clientId, oauthToken, oauthTokenSecret, oauthCallback, expiresAt }) {
      const data = [{ clientId, oauthToken, oauthTokenSecret, oauthCallback, expiresAt }]
      await discreet(credentials.createMany({ data }))
    },
    async getTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return undefined
      const row = await credentials.findFirst({ where: alive(oauthToken) })
      return row?.oauthToken === oauthToken ? { ...row, expiresAt: Number(row.expiresAt) } : undefined
    },
    // The database decides who is first: one UPDATE that finds the credential unbound, one DELETE that finds it.
    async createAuthorizationVerifier(oauthToken, { userId, oauthVerifier, scope = null }) {
      if (!isStorable(oauthToken)) return false
      const where = { ...alive(oauthToken), oauthVerifier: null }
      const approval = credentials.updateMany({ where, data: { userId, oauthVerifier, scope } })
      return (await discreet(approval)).count === 1
    },
    async consumeTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return false
      return (await credentials.deleteMany({ where: alive(oauthToken) })).count === 1
    },
  }
}

/** Prisma's error code for a unique key that is taken. */
const uniqueViolation = 'P2002'

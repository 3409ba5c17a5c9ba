import { StoreError } from '../../errors.ts'
import type { Hooks } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import { withoutNull } from '../shared/column-text.ts'
import { canMatch, listedTokens } from '../shared/listed-tokens.ts'
import { discreet } from '../shared/redacted-errors.ts'
import { withLife } from '../shared/token-life.ts'
import type {
  PrismaTokenCredentials,
  StoredTokenCredential,
  TokenCredentialFromRow,
  TokenWhere,
} from './delegates.ts'
import { tokenQuery } from './lookups.ts'

/** Finds a token, with related rows. */
export type FindToken<T> = (where: TokenWhere) => PromiseLike<T | null>

/**
 * The hooks that write and list token credentials. Created and listed tokens come back as `queryToken` returns them: if
 * that is a custom query, it reads each listed token.
 */
export function tokenCredentialHooks<F extends StoredTokenCredential, T extends StoredTokenCredential = F>(
  tokens: PrismaTokenCredentials<F>,
  findToken?: FindToken<T>,
): Required<
  Pick<
    Hooks<Client, TokenCredentialFromRow<T>>,
    'createTokenCredential' | 'recordTokenUse' | 'revokeToken' | 'listTokens'
  >
> {
  const queryToken = tokenQuery(findToken ?? ownQuery<F, T>(tokens))
  return {
    createTokenCredential: tokenCreator(tokens, queryToken),

    async recordTokenUse({ clientId, oauthToken, lastUsedAt }) {
      // Compared exactly first, because a collation may not do so.
      if ((await queryToken(clientId, oauthToken)) === undefined) return
      // Never backwards, because processes write in any order.
      const isLater = [{ lastUsedAt: null }, { lastUsedAt: { lt: lastUsedAt } }]
      await tokens.updateMany({ where: { clientId, oauthToken, OR: isLater }, data: { lastUsedAt } })
    },

    async revokeToken(clientId, oauthToken) {
      // Compared exactly first, because a collation may not do so. The DELETE decides which of several callers revokes
      // it.
      if ((await queryToken(clientId, oauthToken)) === undefined) return false
      return (await tokens.deleteMany({ where: { clientId, oauthToken } })).count === 1
    },

    async listTokens(filter) {
      if (!canMatch(filter)) return []
      const { clientId, userId } = filter
      const where = {
        ...(clientId === undefined ? {} : { clientId }),
        ...(userId === undefined ? {} : { userId }),
      }
      const rows = listedTokens((await tokens.findMany({ where })).map(withLife), filter)
      if (findToken === undefined) return rows as StoredTokenCredential[] as TokenCredentialFromRow<T>[]
      const found: TokenCredentialFromRow<T>[] = []
      for (const row of rows) {
        const token = await queryToken(row.clientId, row.oauthToken)
        if (token) found.push(token)
      }
      return found
    },
  }
}

/** The `createTokenCredential` hook: inserts the token, and returns it as `queryToken` will. */
export function tokenCreator<T extends StoredTokenCredential>(
  tokens: Pick<PrismaTokenCredentials, 'createMany'>,
  queryToken: Hooks<Client, TokenCredentialFromRow<T>>['queryToken'],
): (credential: TokenCredential) => Promise<TokenCredentialFromRow<T>> {
  return async ({ clientId, oauthToken, oauthTokenSecret, userId = null, scope, expiresAt, lastUsedAt }) => {
    const others = withoutNull({ scope, expiresAt, lastUsedAt })
    const data = [{ clientId, oauthToken, oauthTokenSecret, userId, ...others }]
    await discreet(tokens.createMany({ data }))
    const created = await queryToken(clientId, oauthToken)
    if (created) return created
    throw new StoreError('The token credential was stored, but the query for tokens does not find it.')
  }
}

/** The model's own query. Without a custom query, a row of the model is a token as the hooks return it. */
export function ownQuery<F extends StoredTokenCredential, T extends StoredTokenCredential>(
  tokens: Pick<PrismaTokenCredentials<F>, 'findFirst'>,
): FindToken<T> {
  return (where) =>
    tokens.findFirst({ where }) as PromiseLike<StoredTokenCredential | null> as PromiseLike<T | null>
}

import { StoreError } from '../../errors.ts'
import type { Hooks } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import { canMatch, listedTokens } from '../shared/listed-tokens.ts'
import { discreet } from '../shared/redacted-errors.ts'
import type { PrismaTokenCredentials, TokenWhere } from './delegates.ts'
import { tokenQuery } from './lookups.ts'

/** Finds a token, with what else the application needs. */
export type FindToken<T> = (where: TokenWhere) => PromiseLike<T | null>

/**
 * The hooks that create, revoke and list token credentials. What is created and listed comes back as `queryToken`
 * returns it: where that is a query of the application's own, each listed token is read by it.
 */
export function tokenCredentialHooks<F extends TokenCredential, T extends TokenCredential = F>(
  tokens: PrismaTokenCredentials<F>,
  findToken?: FindToken<T>,
): Required<Pick<Hooks<Client, T>, 'createTokenCredential' | 'revokeToken' | 'listTokens'>> {
  const queryToken = tokenQuery(findToken ?? ownQuery<F, T>(tokens))
  return {
    createTokenCredential: tokenCreator(tokens, queryToken),

    async revokeToken(clientId, oauthToken) {
      // Compared exactly first, which a collation may not do. Which of several callers ends it, the DELETE decides.
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
      const rows = listedTokens(await tokens.findMany({ where }), filter)
      if (findToken === undefined) return rows as TokenCredential[] as T[]
      const found: T[] = []
      for (const row of rows) {
        const token = await queryToken(row.clientId, row.oauthToken)
        if (token) found.push(token)
      }
      return found
    },
  }
}

/** The `createTokenCredential` hook: inserts, and returns what `queryToken` will. */
export function tokenCreator<T extends TokenCredential>(
  tokens: Pick<PrismaTokenCredentials, 'createMany'>,
  queryToken: Hooks<Client, T>['queryToken'],
): (credential: TokenCredential) => Promise<T> {
  return async ({ clientId, oauthToken, oauthTokenSecret, userId = null, scope }) => {
    // The scope is left out where there is none: an adopted table may lack the column.
    const data = [{ clientId, oauthToken, oauthTokenSecret, userId, ...(scope && { scope }) }]
    await discreet(tokens.createMany({ data }))
    const created = await queryToken(clientId, oauthToken)
    if (created) return created
    throw new StoreError('The token credential was stored, but the query for tokens does not find it.')
  }
}

/** The model's own query. A row of the model is a token as the hooks return it, where the application has no other query. */
export function ownQuery<F extends TokenCredential, T extends TokenCredential>(
  tokens: Pick<PrismaTokenCredentials<F>, 'findFirst'>,
): FindToken<T> {
  return (where) =>
    tokens.findFirst({ where }) as PromiseLike<TokenCredential | null> as PromiseLike<T | null>
}

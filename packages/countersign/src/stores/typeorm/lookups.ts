import { type DataSource, type EntityTarget, FindOptionsUtils, type ObjectLiteral } from 'typeorm'
import type { Hooks } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import { isStorable } from '../shared/column-text.ts'

/** The `queryClient` hook, for `registerHook`. */
export function createQueryClient<C extends Client>(
  dataSource: DataSource,
  client: EntityTarget<C>,
): Hooks<C>['queryClient'] {
  return async (clientId) => {
    if (!isStorable(clientId)) return undefined
    // Not `findOne`: with an eager relation it would run two queries.
    const [row] = await dataSource.manager.findBy<ObjectLiteral>(client, { clientId })
    return row?.['clientId'] === clientId ? (row as C) : undefined
  }
}

/** The `queryToken` hook, for `registerHook`. */
export function createQueryToken<T extends TokenCredential>(
  dataSource: Pick<DataSource, 'manager'>,
  tokenCredential: EntityTarget<T>,
): Hooks<Client, T>['queryToken'] {
  return async (clientId, oauthToken) => {
    if (!isStorable(clientId) || !isStorable(oauthToken)) return undefined
    const [row] = await dataSource.manager.findBy<ObjectLiteral>(tokenCredential, { oauthToken })
    // A collation may ignore case or trailing spaces.
    return row?.['clientId'] === clientId && row['oauthToken'] === oauthToken ? (row as T) : undefined
  }
}

/** The `queryClientAndToken` hook: both, and their eager relations, in one query. */
export function createQueryClientAndToken<C extends Client, T extends TokenCredential>(
  dataSource: DataSource,
  client: EntityTarget<C>,
  tokenCredential: EntityTarget<T>,
): NonNullable<Hooks<C, T>['queryClientAndToken']> {
  return async (clientId, oauthToken) => {
    if (!isStorable(clientId)) return {}
    const query = dataSource.manager
      .createQueryBuilder<ObjectLiteral>(client, 'client')
      // Both conditions use the request's values, because columns of different collations cannot be compared.
      .leftJoinAndMapOne(
        'client.foundToken',
        dataSource.getMetadata(tokenCredential).target,
        'token',
        'token.oauthToken = :oauthToken and token.clientId = :clientId',
      )
      .where('client.clientId = :clientId')
      .setParameters({ clientId, oauthToken: isStorable(oauthToken) ? oauthToken : '' })
    FindOptionsUtils.joinEagerRelations(query, 'client', dataSource.getMetadata(client), 'left')
    FindOptionsUtils.joinEagerRelations(query, 'token', dataSource.getMetadata(tokenCredential), 'left')
    const row = await query.getOne()
    if (row?.['clientId'] !== clientId) return {}
    const token = row['foundToken'] as T | null
    delete row['foundToken']
    const isExact = token?.oauthToken === oauthToken && token.clientId === clientId
    return { client: row as C, token: isExact ? token : undefined }
  }
}

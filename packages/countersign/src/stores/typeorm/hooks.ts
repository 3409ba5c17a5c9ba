import {
  type DataSource,
  type EntityTarget,
  FindOptionsUtils,
  type ObjectLiteral,
  type QueryDeepPartialEntity,
} from 'typeorm'
import { StoreError } from '../../protocol/errors.ts'
import { type Hooks, standingFor } from '../../server/hooks.ts'
import type { Client, TemporaryCredential, TokenCredential } from '../../server/models.ts'
import { nonceKey } from '../../server/nonce.ts'
import { discreet, isStorable, systemClock } from '../shared/column-text.ts'

/** The application's entities: classes with our mixins, or entity schemas with our columns. */
export interface TypeormEntities<C extends Client = Client, T extends TokenCredential = TokenCredential> {
  readonly client: EntityTarget<C>
  readonly tokenCredential: EntityTarget<T>
  readonly temporaryCredential: EntityTarget<TemporaryCredential>
  readonly nonce: EntityTarget<NonceRow>
}

/** A used nonce as its table holds it. */
export interface NonceRow {
  readonly nonceKey: string
  /** Seconds since 1970. */
  readonly expiresAt: number
}

/** By which clock credentials expire. */
export interface TypeormHookOptions {
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

type TokenHooks<C extends Client, T extends TokenCredential> = Required<
  Pick<Hooks<C, T>, 'queryClient' | 'queryToken' | 'queryClientAndToken' | 'createTokenCredential'>
>

/**
 * Hooks over a TypeORM data source: all of them, or those of clients and tokens where only these two entities are given
 * (nonces and temporary credentials are then a cache's). Eager relations of client and token come with them, in the
 * same query. The database is the referee of every atomic hook.
 *
 * @example
 * ```ts
 * const hooks = typeormHooks(dataSource, {
 *   client: ClientEntity,
 *   tokenCredential: TokenCredentialEntity,
 *   temporaryCredential: TemporaryCredentialEntity,
 *   nonce: NonceEntity,
 * })
 * ```
 */
export function typeormHooks<C extends Client, T extends TokenCredential>(
  dataSource: DataSource,
  entities: TypeormEntities<C, T>,
  options?: TypeormHookOptions,
): Required<Hooks<C, T>>
export function typeormHooks<C extends Client, T extends TokenCredential>(
  dataSource: DataSource,
  entities: Pick<TypeormEntities<C, T>, 'client' | 'tokenCredential'>,
): TokenHooks<C, T>
export function typeormHooks<C extends Client, T extends TokenCredential>(
  dataSource: DataSource,
  entities: Pick<TypeormEntities<C, T>, 'client' | 'tokenCredential'> & Partial<TypeormEntities<C, T>>,
  options?: TypeormHookOptions,
): Partial<Hooks<C, T>> {
  const { client, tokenCredential, temporaryCredential, nonce } = entities
  const lookups = {
    queryClient: createQueryClient(dataSource, client),
    queryToken: createQueryToken(dataSource, tokenCredential),
  }
  const both = createQueryClientAndToken(dataSource, client, tokenCredential)
  return {
    ...lookups,
    queryClientAndToken: standingFor(lookups, both),
    createTokenCredential: createTokenCredentialHook(dataSource, tokenCredential),
    ...(temporaryCredential && temporaryCredentialHooks(dataSource, temporaryCredential, options)),
    ...(nonce && { recordNonce: createRecordNonce(dataSource, nonce) }),
  }
}

/** The `queryClient` hook, for `registerHook`. */
export function createQueryClient<C extends Client>(
  dataSource: DataSource,
  client: EntityTarget<C>,
): Hooks<C>['queryClient'] {
  return async (clientId) => {
    if (!isStorable(clientId)) return undefined
    // Not `findOne`: with an eager relation it would ask twice.
    const [row] = await dataSource.manager.findBy<ObjectLiteral>(client, { clientId })
    return row?.['clientId'] === clientId ? (row as C) : undefined
  }
}

/** The `queryToken` hook, for `registerHook`. */
export function createQueryToken<T extends TokenCredential>(
  dataSource: DataSource,
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
function createQueryClientAndToken<C extends Client, T extends TokenCredential>(
  dataSource: DataSource,
  client: EntityTarget<C>,
  tokenCredential: EntityTarget<T>,
): NonNullable<Hooks<C, T>['queryClientAndToken']> {
  return async (clientId, oauthToken) => {
    if (!isStorable(clientId)) return {}
    const query = dataSource.manager
      .createQueryBuilder<ObjectLiteral>(client, 'client')
      // Both conditions name the request's own values: columns of two collations cannot be compared.
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

/** The `recordNonce` hook: one insert, which the primary key lets pass once (§3.3). */
export function createRecordNonce(
  dataSource: DataSource,
  nonce: EntityTarget<NonceRow>,
): Hooks['recordNonce'] {
  return async (record) => {
    try {
      await insert(dataSource, nonce, { nonceKey: nonceKey(record), expiresAt: record.expiresAt })
      return true
    } catch (error) {
      // (`orIgnore` does not tell whether it inserted.)
      if (isUniqueViolation(error)) return false
      throw error
    }
  }
}

/** The `createTokenCredential` hook: inserts, and answers what `queryToken` will. */
export function createTokenCredentialHook<T extends TokenCredential>(
  dataSource: DataSource,
  tokenCredential: EntityTarget<T>,
): Hooks<Client, T>['createTokenCredential'] {
  const queryToken = createQueryToken(dataSource, tokenCredential)
  return async ({ clientId, oauthToken, oauthTokenSecret, userId = null, scope = null }) => {
    const row = { clientId, oauthToken, oauthTokenSecret, userId, scope }
    await discreet(insert(dataSource, tokenCredential, row))
    const created = await queryToken(clientId, oauthToken)
    if (created) return created
    throw new StoreError('The token credential was stored, but the query for tokens does not find it.')
  }
}

/** The four hooks of temporary credentials. */
export function temporaryCredentialHooks(
  dataSource: DataSource,
  temporaryCredential: EntityTarget<TemporaryCredential>,
  { now = systemClock }: TypeormHookOptions = {},
): Pick<
  Hooks,
  | 'createTemporaryCredential'
  | 'getTemporaryCredential'
  | 'createAuthorizationVerifier'
  | 'consumeTemporaryCredential'
> {
  const query = () => dataSource.manager.createQueryBuilder()
  const alive = 'oauthToken = :oauthToken and expiresAt > :now'
  const values = (oauthToken: string) => ({ oauthToken, now: Math.floor(now()) })
  return {
    async createTemporaryCredential({ clientId, oauthToken, oauthTokenSecret, oauthCallback, expiresAt }) {
      const row = { clientId, oauthToken, oauthTokenSecret, oauthCallback, expiresAt }
      await discreet(insert(dataSource, temporaryCredential, row))
    },
    async getTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return undefined
      const [row] = await dataSource.manager.findBy<ObjectLiteral>(temporaryCredential, { oauthToken })
      const credential = row as TemporaryCredential | undefined
      return credential?.oauthToken === oauthToken && credential.expiresAt > now() ? credential : undefined
    },
    // The database decides who is first: one UPDATE that finds the credential unbound, one DELETE that finds it.
    async createAuthorizationVerifier(oauthToken, { userId, oauthVerifier, scope = null }) {
      if (!isStorable(oauthToken)) return false
      const approval = query()
        .update(temporaryCredential)
        .set({ userId, oauthVerifier, scope } as QueryDeepPartialEntity<TemporaryCredential>)
        .where(`${alive} and oauthVerifier is null`, values(oauthToken))
      return (await discreet(approval.execute())).affected === 1
    },
    async consumeTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return false
      const { affected } = await query()
        .delete()
        .from(temporaryCredential)
        .where(alive, values(oauthToken))
        .execute()
      return affected === 1
    },
  }
}

/** One INSERT, without a transaction around it and without reading back. */
async function insert<E extends ObjectLiteral>(
  dataSource: DataSource,
  entity: EntityTarget<E>,
  row: Record<string, unknown>,
): Promise<void> {
  const values = row as QueryDeepPartialEntity<E>
  await dataSource.manager
    .createQueryBuilder()
    .insert()
    .into(entity)
    .values(values)
    .updateEntity(false)
    .execute()
}

/** A unique key that is taken: PostgreSQL and MySQL have a code for it, SQLite's many drivers share only the text. */
function isUniqueViolation(error: unknown): boolean {
  // Not `instanceof QueryFailedError`: an application may have loaded a second copy of TypeORM.
  const { driverError, message } = error as { driverError?: { code?: unknown }; message?: string }
  const code = driverError?.code
  return code === '23505' || code === 'ER_DUP_ENTRY' || message?.includes('UNIQUE constraint failed') === true
}

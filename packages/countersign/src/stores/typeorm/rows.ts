import type {
  DataSource,
  EntityTarget,
  InsertQueryBuilder,
  ObjectLiteral,
  QueryDeepPartialEntity,
} from 'typeorm'
import type { Client, TemporaryCredential, TokenCredential } from '../../server/models.ts'
import type { Kind, Kinds } from '../../server/option-kinds.ts'
import { requireLifeColumns } from '../shared/token-life.ts'

/** The application's entities: classes with our mixins, or entity schemas with our columns. */
export interface TypeormEntities<C extends Client = Client, T extends TokenCredential = TokenCredential> {
  readonly client: EntityTarget<C>
  readonly tokenCredential: EntityTarget<T>
  readonly temporaryCredential: EntityTarget<TemporaryCredential>
  readonly nonce: EntityTarget<NonceRow>
}

const entity: Kind = {
  must: 'an entity: its class, schema or name',
  holds: (value) =>
    typeof value === 'function' || typeof value === 'string' || (typeof value === 'object' && value !== null),
}

export const entityKinds: Kinds<TypeormEntities> = {
  client: entity,
  tokenCredential: entity,
  temporaryCredential: entity,
  nonce: entity,
}

/** A used nonce as stored in its table. */
export interface NonceRow {
  readonly nonceKey: string
  /** Seconds since 1970. */
  readonly expiresAt: number
}

/** @throws ConfigurationError when a time is set for which the entity has no column. */
export function requireColumns(
  { manager }: Pick<DataSource, 'manager'>,
  tokenCredential: EntityTarget<ObjectLiteral>,
  times: Pick<TokenCredential, 'expiresAt' | 'lastUsedAt'>,
): void {
  const { metadata } = manager.getRepository(tokenCredential)
  const hasColumn = (name: string) => metadata.findColumnWithPropertyName(name) !== undefined
  requireLifeColumns(times, hasColumn, 'tokenLifeColumns() or TokenLifeMixin')
}

/** One INSERT, without a transaction around it and without reading back. */
export function insertQuery<E extends ObjectLiteral>(
  dataSource: Pick<DataSource, 'manager'>,
  entity: EntityTarget<E>,
  row: Record<string, unknown>,
): InsertQueryBuilder<E> {
  const values = row as QueryDeepPartialEntity<E>
  return dataSource.manager.createQueryBuilder().insert().into(entity).values(values).updateEntity(false)
}

/** A violated unique key: PostgreSQL and MySQL have a code for it, SQLite's many drivers share only the message. */
export function isUniqueViolation(error: unknown): boolean {
  // Not `instanceof QueryFailedError`: an application may have loaded a second copy of TypeORM.
  const { driverError, message } = error as { driverError?: { code?: unknown }; message?: string }
  const code = driverError?.code
  return code === '23505' || code === 'ER_DUP_ENTRY' || message?.includes('UNIQUE constraint failed') === true
}

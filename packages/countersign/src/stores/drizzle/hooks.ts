import { and, eq, gt, isNull } from 'drizzle-orm'
import { type Hooks, standingFor } from '../../server/hooks.ts'
import type { TokenCredential } from '../../server/models.ts'
import { nonceKey } from '../../server/nonce.ts'
import { discreet, isStorable, systemClock } from '../shared/column-text.ts'
import { affected, type Builder, type DrizzleDatabase, exactly, insertOnce } from './database.ts'
import { createQueryClient, createQueryClientAndToken, createQueryToken } from './lookups.ts'
import type {
  DrizzleHooks,
  DrizzleTables,
  NonceTable,
  TemporaryCredentialHooks,
  TemporaryCredentialTable,
  TokenCredentialRow,
  TokenCredentialTable,
  UserTable,
} from './tables.ts'

/** By which clock credentials expire. */
export interface DrizzleHookOptions {
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

/**
 * The hooks over your own Drizzle tables: each of them for the tables that you pass, with the types of your rows. The
 * database is the referee of every atomic one: a unique key, an `update` or a `delete`, and how many rows it touched.
 *
 * @example
 * ```ts
 * const hooks = drizzleHooks(db, { client, temporaryCredential, tokenCredential, nonce, user })
 * const server = new AuthorizationServer({ hooks })
 * ```
 */
export function drizzleHooks<const T extends DrizzleTables>(
  db: DrizzleDatabase,
  tables: T,
  { now }: DrizzleHookOptions = {},
): DrizzleHooks<T> {
  const { client, temporaryCredential, tokenCredential, nonce, user } = tables
  const lookups = {
    ...(client && { queryClient: createQueryClient(db, client) }),
    ...(tokenCredential && { queryToken: createQueryToken(db, tokenCredential, user) }),
  }
  const hooks: Partial<Hooks> = {
    ...lookups,
    ...(client &&
      tokenCredential && {
        queryClientAndToken: standingFor(
          lookups,
          createQueryClientAndToken(db, client, tokenCredential, user),
        ),
      }),
    ...(tokenCredential && {
      createTokenCredential: createTokenCredentialHook(db, tokenCredential, user),
    }),
    ...(temporaryCredential && temporaryCredentialHooks(db, temporaryCredential, now)),
    ...(nonce && { recordNonce: createRecordNonce(db, nonce) }),
  }
  return hooks as DrizzleHooks<T>
}

/** The `recordNonce` hook over a table of nonces: one insert, which the primary key lets pass once (§3.3). */
export function createRecordNonce(db: DrizzleDatabase, table: NonceTable): Hooks['recordNonce'] {
  return (record) =>
    insertOnce(db, table, table.nonceKey, { nonceKey: nonceKey(record), expiresAt: record.expiresAt })
}

/** The `createTokenCredential` hook: inserts, and answers what `queryToken` will, columns with defaults included. */
export function createTokenCredentialHook<
  T extends TokenCredentialTable,
  U extends UserTable | undefined = undefined,
>(
  db: DrizzleDatabase,
  table: T,
  user?: U,
): (credential: TokenCredential) => Promise<TokenCredentialRow<{ tokenCredential: T; user: U }>> {
  const queryToken = createQueryToken(db, table, user)
  return async (credential) => {
    await discreet((db as Builder).insert(table).values(withoutNull(credential)))
    const created = await queryToken(credential.clientId, credential.oauthToken)
    if (created) return created
    throw new Error('The table does not answer the token credential that was just inserted into it.')
  }
}

/** The four hooks over a table of temporary credentials. */
export function temporaryCredentialHooks(
  db: DrizzleDatabase,
  table: TemporaryCredentialTable,
  now: () => number = systemClock,
): TemporaryCredentialHooks {
  const { oauthToken: key, oauthVerifier, expiresAt } = table
  const alive = () => gt(expiresAt, Math.floor(now()))
  return {
    async createTemporaryCredential(credential) {
      await discreet((db as Builder).insert(table).values(withoutNull(credential)))
    },

    async getTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return undefined
      const [credential] = await (db as Builder)
        .select()
        .from(table)
        .where(and(eq(key, oauthToken), alive()))
      return credential?.oauthToken === oauthToken ? credential : undefined
    },

    async createAuthorizationVerifier(oauthToken, grant) {
      if (!isStorable(oauthToken)) return false
      // Granted once, by one user: the second finds no such row.
      const undecided = and(exactly(db, table, key, oauthToken), isNull(oauthVerifier), alive())
      const approval = (db as Builder).update(table).set(withoutNull(grant)).where(undecided)
      return (await discreet(affected(approval, key))) === 1
    },

    async consumeTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return false
      const unspent = and(exactly(db, table, key, oauthToken), alive())
      return (await affected((db as Builder).delete(table).where(unspent), key)) === 1
    },
  }
}

/** Only what has a value is written: the column of another may be missing from an adopted table. */
function withoutNull(values: object): object {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null),
  )
}

import { checkOptions, type Kinds } from '../../server/option-kinds.ts'
import type { TokenGrantHooks, TokenGrants } from '../../server/token-grants.ts'
import { isStorable } from '../shared/column-text.ts'
import { tableName } from '../shared/store-options.ts'
import { type AnyDatabase, defaultTables, exactly, isMySql } from './database.ts'
import type { Row } from './rows.ts'

/** The names of the tables, if they differ from the defaults. */
export interface KyselyGrantHookOptions {
  /** With the columns of `withTokenGrantColumns`. Default `oauth_token_grant`. */
  readonly table?: string
  /** The token credentials, whose `expires_at` the hook `limitTokenLife` writes. Default `oauth_token_credential`. */
  readonly tokenTable?: string
}

const kinds: Kinds<KyselyGrantHookOptions> = { table: tableName, tokenTable: tableName }

/**
 * The hooks of `countersign/bridge` that record what tokens were exchanged for, in a separate table. Its primary key
 * and the version in its rows let one of several writers win.
 *
 * @throws ConfigurationError when an option is unknown or not of its kind.
 * @example
 * ```ts
 * const hooks = { ...kyselyHooks(db), ...kyselyGrantHooks(db) }
 * ```
 */
export function kyselyGrantHooks(
  db: AnyDatabase,
  options: KyselyGrantHookOptions = {},
): Required<TokenGrantHooks> {
  checkOptions('kyselyGrantHooks', options, kinds)
  const { table = 'oauth_token_grant', tokenTable = defaultTables.tokenCredential } = options
  return {
    async queryTokenGrants(clientId, oauthToken) {
      if (!isStorable(clientId) || !isStorable(oauthToken)) return undefined
      const row = await db
        .selectFrom(table)
        .selectAll()
        .where(exactly(db, 'oauth_token', oauthToken))
        .where(exactly(db, 'client_id', clientId))
        .executeTakeFirst()
      return row && grantsOf(row)
    },

    writeTokenGrants: (grants) =>
      grants.version === 1 ? insert(db, table, grants) : update(db, table, grants),

    async limitTokenLife(clientId, oauthToken, expiresAt) {
      await db
        .updateTable(tokenTable)
        .set({ expires_at: expiresAt })
        .where(exactly(db, 'oauth_token', oauthToken))
        .where(exactly(db, 'client_id', clientId))
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', expiresAt)]))
        .execute()
    },
  }
}

async function insert(db: AnyDatabase, table: string, grants: TokenGrants): Promise<boolean> {
  const { clientId, oauthToken } = grants
  const row = db
    .insertInto(table)
    .values({ client_id: clientId, oauth_token: oauthToken, ...changing(grants) })
  const result = await (isMySql(db)
    ? row.ignore()
    : row.onConflict((conflict) => conflict.doNothing())
  ).executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

async function update(db: AnyDatabase, table: string, grants: TokenGrants): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable(table)
    .set(changing(grants))
    .where(exactly(db, 'oauth_token', grants.oauthToken))
    .where(exactly(db, 'client_id', grants.clientId))
    // The second of two writers finds another version.
    .where('version', '=', grants.version - 1)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function changing({ current, pending, outdated, version }: TokenGrants): Row {
  return { grant_id: current ?? null, pending: pending.join(' '), outdated: outdated.join(' '), version }
}

function grantsOf(row: Row): TokenGrants {
  // Kysely's CamelCasePlugin has already renamed them.
  const read = (name: string, renamed: string) => row[name] ?? row[renamed]
  return {
    clientId: String(read('client_id', 'clientId')),
    oauthToken: String(read('oauth_token', 'oauthToken')),
    current: (read('grant_id', 'grantId') ?? undefined) as string | undefined,
    pending: listOf(row['pending']),
    outdated: listOf(row['outdated']),
    version: Number(row['version']),
  }
}

function listOf(text: unknown): readonly string[] {
  return String(text).split(' ').filter(Boolean)
}

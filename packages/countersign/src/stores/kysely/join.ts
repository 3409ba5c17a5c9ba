import type { Client, TokenCredential } from '../../server/models.ts'
import { isStorable } from '../shared/column-text.ts'
import type { AnyDatabase, TableNames } from './database.ts'
import { queryClientIn } from './lookups.ts'
import { clientOf, type Row, tokenCredentialOf } from './rows.ts'

/** A column that is added while the process runs appears after this many seconds. */
const columnSeconds = 60

interface Columns {
  /** Seconds, by a monotonic clock. */
  readonly readAt: number
  readonly client: readonly string[]
  readonly token: readonly string[]
  hasJoined: boolean
}

/** The `queryClientAndToken` hook: both rows, with all their columns, in one query. */
export function createQueryClientAndToken(
  db: AnyDatabase,
  tables: Required<Pick<TableNames, 'client' | 'tokenCredential'>>,
): (
  clientId: string,
  oauthToken: string,
) => Promise<{ client: Client | undefined; token: TokenCredential | undefined }> {
  // The two tables may share column names (id, user_id), so a join must name each of the application's columns. They
  // are read from a pair of rows, which takes two queries: for the first pair found, and once a minute from then on.
  let columns: Columns | undefined
  let joinsFrom = Number.NEGATIVE_INFINITY
  const queryClient = queryClientIn(db, tables.client)

  return async (clientId, oauthToken) => {
    if (!isStorable(clientId)) return { client: undefined, token: undefined }
    if (!isStorable(oauthToken)) return { client: await queryClient(clientId), token: undefined }
    const isFresh = columns !== undefined && seconds() - columns.readAt < columnSeconds
    const rows = columns && isFresh ? await joined(columns) : await apart()
    const client = rows.client && clientOf(rows.client)
    const token = rows.token && tokenCredentialOf(rows.token)
    return {
      client: client?.clientId === clientId ? client : undefined,
      token: token?.oauthToken === oauthToken && token.clientId === clientId ? token : undefined,
    }

    async function apart() {
      const [client, token]: (Row | undefined)[] = await Promise.all([
        db.selectFrom(tables.client).selectAll().where('client_id', '=', clientId).executeTakeFirst(),
        db
          .selectFrom(tables.tokenCredential)
          .selectAll()
          .where('oauth_token', '=', oauthToken)
          .executeTakeFirst(),
      ])
      if (client && token && seconds() >= joinsFrom)
        columns = {
          readAt: seconds(),
          client: Object.keys(client),
          token: Object.keys(token),
          hasJoined: false,
        }
      return { client, token }
    }

    async function joined(known: Columns) {
      try {
        const row = await db
          .selectFrom(`${tables.client} as c`)
          // Both conditions use the request's values, because columns of different collations cannot be compared.
          .leftJoin(`${tables.tokenCredential} as t`, (join) =>
            join.on('t.oauth_token', '=', oauthToken).on('t.client_id', '=', clientId),
          )
          .select([...aliased('c', known.client), ...aliased('t', known.token)])
          .where('c.client_id', '=', clientId)
          .executeTakeFirst()
        known.hasJoined = true
        return {
          client: row && split('c', known.client, row),
          token: row && split('t', known.token, row),
        }
      } catch {
        // A migration may have dropped a column. Where these names have never worked, no query may be able to name them:
        // a plugin may have renamed them, or they may contain a dot. The rows alone show whether the store is down.
        forget(known)
        return apart()
      }
    }
  }

  function forget(failed: Columns): void {
    if (columns === failed) columns = undefined
    if (!failed.hasJoined) joinsFrom = seconds() + columnSeconds
  }
}

function seconds(): number {
  return performance.now() / 1000
}

function aliased(table: string, columns: readonly string[]): string[] {
  return columns.map((column, index) => `${table}.${column} as ${table}${index}`)
}

function split(table: string, columns: readonly string[], row: Row): Row {
  return Object.fromEntries(columns.map((column, index) => [column, row[`${table}${index}`]]))
}

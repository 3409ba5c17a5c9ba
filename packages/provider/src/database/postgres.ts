import type { ConnectionOptions } from 'node:tls'
import {
  type Dialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import pg from 'pg'
import { shownDatabase } from '../settings/database-address.ts'
import { type ServerAddress, type ServerTls, serverAddressOf } from './server-address.ts'
import { ServerDriver } from './server-driver.ts'
import type { DatabaseServer, ServerFault, ServerLimits, ServerSession } from './server-session.ts'

/** Kysely's dialect for PostgreSQL, over connections with bounds on number and time. */
export function postgresDialect(database: string, limits: ServerLimits): Dialect {
  const server = postgresServer(database, limits)
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new ServerDriver(server, limits),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

function postgresServer(database: string, { patienceSeconds }: ServerLimits): DatabaseServer {
  const config = configOf(serverAddressOf(database, 5432), patienceSeconds * 1000)
  return {
    name: shownDatabase(database),
    async connect() {
      const client = new pg.Client(config)
      const session = new PostgresSession(client)
      try {
        await client.connect()
        return session
      } catch (error) {
        session.close()
        throw error
      }
    },
    faultOf,
  }
}

function configOf(address: ServerAddress, patienceMilliseconds: number): pg.ClientConfig {
  const { host, port, socket, user, password, database, tls } = address
  return {
    host: socket ?? host,
    port,
    user,
    password,
    database,
    ssl: tls ? tlsOptions(tls) : false,
    keepAlive: true,
    application_name: 'countersign',
    types: { getTypeParser },
    // The server gives up first, so that its connection can be used again.
    ...(patienceMilliseconds > 0 && {
      connectionTimeoutMillis: patienceMilliseconds,
      statement_timeout: Math.ceil(patienceMilliseconds * 0.9),
      idle_in_transaction_session_timeout: patienceMilliseconds * 4,
    }),
  }
}

function tlsOptions({ checks, ...files }: ServerTls): ConnectionOptions {
  return {
    ...files,
    rejectUnauthorized: checks !== 'nothing',
    ...(checks === 'authority' && { checkServerIdentity: () => undefined }),
  }
}

/** 64-bit integers and sums are read as numbers: they are times and counts, which stay below 2^53. */
const numeric: ReadonlySet<number> = new Set([pg.types.builtins.INT8, pg.types.builtins.NUMERIC])
const getTypeParser = ((oid: number, format?: 'text') =>
  numeric.has(oid) ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser

class PostgresSession implements ServerSession {
  isLost = false
  readonly #client: pg.Client

  constructor(client: pg.Client) {
    this.#client = client
    const lose = () => {
      this.isLost = true
    }
    client.on('error', lose)
    client.on('end', lose)
  }

  async run(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>> {
    const { command, rowCount, rows } = await this.#client.query(sql, parameters.map(storable))
    // A failure inside a transaction has rolled it back, even if the program caught the error.
    if (sql === 'commit' && command === 'ROLLBACK') throw new Error('The transaction was rolled back.')
    const isChange = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE'
    return { rows: rows ?? [], ...(isChange && { numAffectedRows: BigInt(rowCount ?? 0) }) }
  }

  close(): void {
    this.isLost = true
    this.#client.end().catch(() => {})
  }
}

/** PostgreSQL's text cannot contain NUL. A search for text with one finds nothing, as in the other databases. */
function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\u0000', '\ufffd') : value
}

/**
 * By SQLSTATE: connections, resources, operator intervention and other sessions' locks. Without a code, the connection
 * broke.
 */
function faultOf(error: unknown): ServerFault {
  const { code } = error as { code?: unknown }
  if (error instanceof TypeError || error instanceof RangeError) return 'statement'
  if (error instanceof pg.DatabaseError) {
    if (code === '40P01' || code === '40001') return 'deadlock'
    return /^(?:08|53|57|58|28|3D|25006|25P03|55000|55P03)/.test(String(code)) ? 'unavailable' : 'statement'
  }
  return 'unavailable'
}

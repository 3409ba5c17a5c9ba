import { type Dialect, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, type QueryResult } from 'kysely'
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type ResultSetHeader,
  type SslOptions,
} from 'mysql2'
import { shownDatabase } from '../settings/database-address.ts'
import { type ServerAddress, type ServerTls, serverAddressOf } from './server-address.ts'
import { ServerDriver } from './server-driver.ts'
import type { DatabaseServer, ServerFault, ServerLimits, ServerSession } from './server-session.ts'

/** Kysely's dialect for MySQL and MariaDB, over connections with bounds on number and time. */
export function mysqlDialect(database: string, limits: ServerLimits): Dialect {
  const server = mysqlServer(database, limits)
  return {
    createAdapter: () => new MysqlAdapter(),
    createDriver: () => new ServerDriver(server, limits),
    createIntrospector: (db) => new MysqlIntrospector(db),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  }
}

function mysqlServer(database: string, { patienceSeconds }: ServerLimits): DatabaseServer {
  const config = configOf(serverAddressOf(database, 3306), patienceSeconds * 1000)
  const settings = settingsOf(patienceSeconds)
  return {
    name: shownDatabase(database),
    async connect() {
      const session = new MysqlSession(createConnection(config))
      try {
        await session.connected()
        for (const setting of settings) await session.run(setting, [])
        return session
      } catch (error) {
        session.close()
        throw error
      }
    },
    faultOf,
  }
}

function configOf(address: ServerAddress, patienceMilliseconds: number): ConnectionOptions {
  const { host, port, socket, user, password, database, tls } = address
  return {
    ...(socket === undefined ? { host, port } : { socketPath: socket }),
    user,
    database,
    ...(password !== undefined && { password }),
    ...(tls !== undefined && { ssl: tlsOptions(tls) }),
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    enableKeepAlive: true,
    // Sums are read as numbers: they add counts, which stay below 2^53.
    decimalNumbers: true,
    ...(patienceMilliseconds > 0 && { connectTimeout: patienceMilliseconds }),
  }
}

function tlsOptions({ checks, ...files }: ServerTls): SslOptions {
  return {
    ...files,
    rejectUnauthorized: checks !== 'nothing',
    verifyIdentity: checks === 'authority and host',
  }
}

/**
 * Settings that the server's operator may have changed. Text that is too long is refused, not truncated; a backslash in
 * text is an escape, as the driver assumes when it writes values into a statement; committed changes of other
 * transactions are visible, as in PostgreSQL; and the server gives up before the client does. Only MariaDB has a limit
 * for all statements.
 */
function settingsOf(patienceSeconds: number): string[] {
  const limit = patienceSeconds * 0.9
  const limits = `innodb_lock_wait_timeout = ${Math.max(1, Math.floor(limit))} /*M! , max_statement_time = ${limit} */`
  return [
    "set session sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    'set session transaction isolation level read committed',
    ...(patienceSeconds === 0 ? [] : [`set session ${limits}`]),
  ]
}

class MysqlSession implements ServerSession {
  isLost = false
  #isRunning = false
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
    const lose = () => {
      this.isLost = true
    }
    connection.on('error', lose)
    connection.on('end', lose)
  }

  connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.connect((error) => (error ? reject(error) : resolve()))
    })
  }

  run(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>> {
    this.#isRunning = true
    return new Promise((resolve, reject) => {
      this.#connection.query(sql, [...parameters], (error, result) => {
        this.#isRunning = false
        if (error) {
          if (error.fatal) this.isLost = true
          reject(error)
        } else resolve(resultOf(result as unknown))
      })
    })
  }

  close(): void {
    const isQuiet = !this.#isRunning && !this.isLost
    this.isLost = true
    if (isQuiet) this.#connection.end(() => {})
    else this.#connection.destroy()
  }
}

function resultOf(result: unknown): QueryResult<unknown> {
  if (Array.isArray(result)) return { rows: result }
  const { insertId, affectedRows } = result as ResultSetHeader
  return {
    rows: [],
    ...(insertId !== 0 && { insertId: BigInt(insertId) }),
    numAffectedRows: BigInt(affectedRows),
  }
}

/**
 * By the server's number: shutdown, connections, time limits, and other sessions' locks. Without a number, the
 * connection broke.
 */
function faultOf(error: unknown): ServerFault {
  const { errno, sqlState } = error as { errno?: unknown; sqlState?: unknown }
  if (error instanceof TypeError || error instanceof RangeError) return 'statement'
  if (typeof sqlState !== 'string' || typeof errno !== 'number') return 'unavailable'
  if (errno === 1213) return 'deadlock'
  return unavailable.has(errno) ? 'unavailable' : 'statement'
}

const unavailable: ReadonlySet<number> = new Set([
  1040, 1041, 1043, 1044, 1045, 1049, 1053, 1077, 1129, 1130, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1205,
  1226, 1290, 1317, 1792, 1836, 1927, 1969, 3024, 4031,
])

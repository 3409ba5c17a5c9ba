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

/** Kysely's dialect for MySQL and MariaDB, over connections that are bounded in number and time. */
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
    // Sums are numbers here: of counts, which are below 2^53.
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
 * What the server's operator may have set otherwise. Text that is too long is refused and not cut; a backslash in a text
 * is one, as the driver takes for granted when it writes values into a statement; what another transaction has committed
 * is seen, as in PostgreSQL; and the server gives up before the client does. MariaDB alone has a limit for all statements.
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

/** By the server's number: shutdown, connections, limits of time, and other people's locks. Without one the connection broke. */
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

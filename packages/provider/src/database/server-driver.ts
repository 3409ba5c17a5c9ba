import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError } from 'countersign'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import { ConnectionPool } from './connection-pool.ts'
import { redactedError } from './redacted-error.ts'
import type { DatabaseServer, ServerLimits, ServerSession } from './server-session.ts'

/** How often a statement that lost a deadlock is tried. */
const mostTries = 4

/**
 * Kysely's driver for a database server. Every statement has a time limit: if a server hangs, its connections are
 * dropped, and the next statement opens a new one. The server's own failures become a `StoreError`.
 */
export class ServerDriver implements Driver {
  readonly #server: DatabaseServer
  readonly #pool: ConnectionPool
  readonly #patienceMilliseconds: number

  constructor(server: DatabaseServer, { connections, patienceSeconds }: ServerLimits) {
    this.#server = server
    this.#pool = new ConnectionPool(() => server.connect(), connections)
    this.#patienceMilliseconds = patienceSeconds === 0 ? Number.POSITIVE_INFINITY : patienceSeconds * 1000
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const deadline = this.#deadline()
    try {
      const session = await this.#pool.acquire(deadline)
      return new ServerConnection(this, session, deadline)
    } catch (error) {
      throw this.#told(error)
    }
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    if (settings.isolationLevel !== undefined)
      throw new Error('All transactions are "read committed": the servers set the level in different ways.')
    ;(connection as ServerConnection).isInTransaction = true
    await connection.executeQuery(
      CompiledQuery.raw(`start transaction ${settings.accessMode ?? 'read write'}`),
    )
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
    ;(connection as ServerConnection).isInTransaction = false
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const inside = connection as ServerConnection
    // A lost connection has already rolled back its transaction.
    if (!inside.isBroken) await connection.executeQuery(CompiledQuery.raw('rollback'))
    inside.isInTransaction = false
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const { session, isBroken, isInTransaction } = connection as ServerConnection
    if (isBroken || isInTransaction) this.#pool.discard(session)
    else this.#pool.release(session)
  }

  async destroy(): Promise<void> {
    this.#pool.close()
  }

  /** Runs a statement, and again if it lost a deadlock outside of a transaction. */
  async run(connection: ServerConnection, { sql, parameters }: CompiledQuery): Promise<QueryResult<unknown>> {
    for (let tries = 1; ; tries++) {
      const deadline = connection.firstDeadline ?? this.#deadline()
      connection.firstDeadline = undefined
      try {
        return await this.#inTime(connection, connection.session.run(sql, parameters), deadline)
      } catch (error) {
        const isOver = connection.isBroken || connection.isInTransaction || tries === mostTries
        if (isOver || this.#server.faultOf(error) !== 'deadlock') throw this.#told(error)
        await sleep(Math.random() * 20 * tries)
      }
    }
  }

  async #inTime<R>(connection: ServerConnection, result: Promise<R>, deadline: number): Promise<R> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      const wait = deadline - performance.now()
      if (Number.isFinite(wait))
        timer = setTimeout(() => reject(new StoreError('The database did not respond in time.')), wait)
    })
    try {
      return await Promise.race([result, late])
    } catch (error) {
      if (error instanceof StoreError || connection.session.isLost) {
        connection.isBroken = true
        this.#pool.suspectAll()
      }
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  #deadline(): number {
    return performance.now() + this.#patienceMilliseconds
  }

  /** The error for the rest of the program, without the statement's values, which drivers put into their errors. */
  #told(error: unknown): Error {
    if (error instanceof StoreError) return error
    const cause = redactedError(error)
    if (this.#server.faultOf(error) === 'statement') return cause
    return new StoreError(`The database ${this.#server.name} is not available: ${cause.message}`, { cause })
  }
}

class ServerConnection implements DatabaseConnection {
  readonly session: ServerSession
  isInTransaction = false
  /** The connection is lost, or a statement may still be running on it. */
  isBroken = false
  /** Applies to the first statement, because the wait for the connection counts. */
  firstDeadline: number | undefined
  readonly #driver: ServerDriver

  constructor(driver: ServerDriver, session: ServerSession, deadline: number) {
    this.#driver = driver
    this.session = session
    this.firstDeadline = deadline
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#driver.run(this, query) as Promise<QueryResult<R>>
  }

  // biome-ignore lint/correctness/useYield: nothing here reads rows as a stream
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Rows are read in pages, not as a stream.')
  }
}

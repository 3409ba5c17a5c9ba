import { setTimeout } from 'node:timers/promises'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely'
import { checkOptions, type Kinds, numberFrom } from '../../server/option-kinds.ts'

/** How long a statement keeps trying while another process holds the write lock. */
export interface BusyRetryOptions {
  /** Default 5, the time limit of a hook. */
  readonly seconds?: number
}

const retryOptions: Kinds<BusyRetryOptions> = { seconds: numberFrom(0, 2_147_483) }

/**
 * Makes a SQLite dialect of Kysely wait for another process's write lock without blocking this one. SQLite's drivers are
 * synchronous: their own `busy_timeout` stops the event loop, and with it every other request, for as long as it waits.
 * Here a locked statement fails at once and is tried again later; readers go on meanwhile.
 *
 * Transactions begin with `begin immediate`, so that they wait for the lock before the first statement rather than
 * after it.
 *
 * @throws ConfigurationError when an option is unknown or not of its kind.
 * @example
 * ```ts
 * const sqlite = new SqliteDialect({ database: nodeSqlite(new DatabaseSync('app.db')) })
 * const db = new Kysely<Database>({ dialect: retryWhenBusy(sqlite) })
 * ```
 */
export function retryWhenBusy(dialect: Dialect, options: BusyRetryOptions = {}): Dialect {
  checkOptions('retryWhenBusy', options, retryOptions)
  const { seconds = 5 } = options
  return {
    // Kysely would hold its only connection while a statement waits: every read would wait for it.
    createAdapter: () =>
      Object.create(dialect.createAdapter(), { supportsMultipleConnections: { value: true } }),
    createDriver: () => new BusyRetryDriver(dialect.createDriver(), seconds * 1000),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
}

/** Hands out connections that share one handle: statements take turns anyway, because each is synchronous. */
class BusyRetryDriver implements Driver {
  readonly #driver: Driver
  readonly #milliseconds: number
  #handle!: DatabaseConnection
  /** Set while a transaction is open: statements outside it must not slip in. */
  #transaction: { readonly ended: Promise<void>; readonly end: () => void } | undefined
  /** Statements that found the lock taken retry one after another, not all at once. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(driver: Driver, milliseconds: number) {
    this.#driver = driver
    this.#milliseconds = milliseconds
  }

  async init(): Promise<void> {
    await this.#driver.init()
    this.#handle = await this.#driver.acquireConnection()
    await this.#handle.executeQuery(raw('pragma busy_timeout = 0'))
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new SharedConnection(
      (query) => this.#patiently(() => this.#alone(query)),
      (query, chunkSize) => this.#streamAlone(query, chunkSize),
      (query, chunkSize) => this.#handle.streamQuery(query, chunkSize),
    )
  }

  async beginTransaction(connection: DatabaseConnection, settings: { accessMode?: string }): Promise<void> {
    const begin = raw(settings.accessMode === 'read only' ? 'begin' : 'begin immediate')
    await this.#patiently(() => this.#begin(begin))
    const inside = connection as SharedConnection
    inside.transaction = (query) => this.#untilFree(() => this.#handle.executeQuery(query), this.#deadline())
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(raw('commit'))
    this.#end(connection as SharedConnection)
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(raw('rollback'))
    } finally {
      this.#end(connection as SharedConnection)
    }
  }

  async savepoint(
    ...[connection, name, compile]: Parameters<NonNullable<Driver['savepoint']>>
  ): Promise<void> {
    await this.#driver.savepoint?.(connection, name, compile)
  }

  async rollbackToSavepoint(
    ...[connection, name, compile]: Parameters<NonNullable<Driver['rollbackToSavepoint']>>
  ): Promise<void> {
    await this.#driver.rollbackToSavepoint?.(connection, name, compile)
  }

  async releaseSavepoint(
    ...[connection, name, compile]: Parameters<NonNullable<Driver['releaseSavepoint']>>
  ): Promise<void> {
    await this.#driver.releaseSavepoint?.(connection, name, compile)
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    await this.#driver.destroy()
  }

  /** A statement outside of any transaction. It starts in the same tick in which no transaction was found open. */
  async #alone(query: CompiledQuery): Promise<QueryResult<unknown>> {
    while (this.#transaction !== undefined) await this.#transaction.ended
    return this.#handle.executeQuery(query)
  }

  async *#streamAlone(query: CompiledQuery, chunkSize: number): Rows {
    while (this.#transaction !== undefined) await this.#transaction.ended
    yield* this.#handle.streamQuery(query, chunkSize)
  }

  async #begin(begin: CompiledQuery): Promise<void> {
    while (this.#transaction !== undefined) await this.#transaction.ended
    const { promise: ended, resolve: end } = withResolvers()
    // Set first, because the statement has run before its promise resolves.
    this.#transaction = { ended, end }
    try {
      await this.#handle.executeQuery(begin)
    } catch (error) {
      this.#close()
      throw error
    }
  }

  #end(connection: SharedConnection): void {
    connection.transaction = undefined
    this.#close()
  }

  #close(): void {
    const ended = this.#transaction
    this.#transaction = undefined
    ended?.end()
  }

  async #patiently<R>(run: () => Promise<R>): Promise<R> {
    const deadline = this.#deadline()
    try {
      return await run()
    } catch (error) {
      if (!isBusy(error)) throw error
    }
    const turn = this.#queue.then(() => this.#untilFree(run, deadline))
    this.#queue = turn.catch(() => {})
    return turn
  }

  async #untilFree<R>(run: () => Promise<R>, deadline: number): Promise<R> {
    for (let pause = 1; ; pause = Math.min(pause * 2, longestPause)) {
      try {
        return await run()
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) throw error
      }
      await setTimeout(pause)
    }
  }

  #deadline(): number {
    return performance.now() + this.#milliseconds
  }
}

/** Milliseconds between two tries. */
const longestPause = 25

type Rows = AsyncIterableIterator<QueryResult<unknown>>

class SharedConnection implements DatabaseConnection {
  /** How statements run while this connection has a transaction. */
  transaction: ((query: CompiledQuery) => Promise<QueryResult<unknown>>) | undefined
  readonly #alone: (query: CompiledQuery) => Promise<QueryResult<unknown>>
  readonly #streamAlone: (query: CompiledQuery, chunkSize: number) => Rows
  readonly #streamInside: (query: CompiledQuery, chunkSize: number) => Rows

  constructor(
    alone: (query: CompiledQuery) => Promise<QueryResult<unknown>>,
    streamAlone: (query: CompiledQuery, chunkSize: number) => Rows,
    streamInside: (query: CompiledQuery, chunkSize: number) => Rows,
  ) {
    this.#alone = alone
    this.#streamAlone = streamAlone
    this.#streamInside = streamInside
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return (this.transaction ?? this.#alone)(query) as Promise<QueryResult<R>>
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    // Inside a transaction it must not wait for the end of one, which would be its own.
    const stream = this.transaction === undefined ? this.#streamAlone : this.#streamInside
    return stream(query, chunkSize) as AsyncIterableIterator<QueryResult<R>>
  }
}

/**
 * SQLITE_BUSY, as `node:sqlite` and better-sqlite3 report it. SQLITE_BUSY_SNAPSHOT does not count: a transaction that
 * read before another process wrote can never write, however long it waits.
 */
function isBusy(error: unknown): boolean {
  const { errcode, code } = (error ?? {}) as { errcode?: unknown; code?: unknown }
  if (typeof errcode === 'number') return (errcode & 0xff) === busy && errcode !== busySnapshot
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY') && code !== 'SQLITE_BUSY_SNAPSHOT'
}

const busy = 5
const busySnapshot = 517

/** Like `CompiledQuery.raw`, written out so that this file does not need Kysely at run time. */
function raw(sql: string): CompiledQuery {
  return { sql, parameters: [], query: { kind: 'RawNode', sqlFragments: [sql], parameters: [] } } as never
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

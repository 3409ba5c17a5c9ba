/** The subset of better-sqlite3 that the tests use; the package has no types. */
declare module 'better-sqlite3' {
  class Database {
    constructor(file: string, options?: { timeout?: number })
    exec(sql: string): this
    pragma(text: string): unknown
    close(): this
  }
  export = Database
}

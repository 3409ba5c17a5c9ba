import type { QueryResult } from 'kysely'

/** One connection to a database server. */
export interface ServerSession {
  /** Whether the connection is gone. */
  readonly isLost: boolean
  run(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>>
  /** Ends the session properly, or closes at once while a statement is running. */
  close(): void
}

/** The kind of a server error: a temporary failure, a deadlock that a retry may win, or a fault of the statement. */
export type ServerFault = 'unavailable' | 'deadlock' | 'statement'

/** The differences between servers. */
export interface DatabaseServer {
  /** With the host and without the password. */
  readonly name: string
  /** A new connection, with its settings applied. */
  connect(): Promise<ServerSession>
  faultOf(error: unknown): ServerFault
}

/** How to reach a server. */
export interface ServerLimits {
  /** The most open connections. */
  readonly connections: number
  /** How long a statement may take, including the wait for a connection; 0 is forever, for schema changes. */
  readonly patienceSeconds: number
}

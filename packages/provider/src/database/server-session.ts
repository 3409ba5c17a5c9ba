import type { QueryResult } from 'kysely'

/** One connection to a database server, as its driver has it. */
export interface ServerSession {
  /** Whether the connection is gone. */
  readonly isLost: boolean
  run(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>>
  /** Takes leave of the server, or closes at once while a statement is under way. */
  close(): void
}

/** What went wrong on the server's side: for now, by a deadlock that another try may win, or by the statement itself. */
export type ServerFault = 'unavailable' | 'deadlock' | 'statement'

/** The differences between servers. */
export interface DatabaseServer {
  /** With the host and without the password. */
  readonly name: string
  /** A new connection, with its settings made. */
  connect(): Promise<ServerSession>
  faultOf(error: unknown): ServerFault
}

/** How a server is reached. */
export interface ServerLimits {
  /** Connections that are open at once, at most. */
  readonly connections: number
  /** How long a statement may take, the wait for a connection included; 0 is forever, for changes of the schema. */
  readonly patienceSeconds: number
}

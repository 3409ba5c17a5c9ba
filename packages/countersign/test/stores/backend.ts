import type { Client, Hooks, TokenCredential } from 'countersign'

/** One store, opened for a test: the hooks under test, and what the test needs to prepare and to end. */
export interface OpenStore {
  /** Caches bring only the hooks of nonces and temporary credentials. */
  readonly hooks: Partial<Hooks>
  /** Absent for caches. */
  readonly addClient?: (client: Client) => Promise<void>
  /** Absent for caches. */
  readonly addToken?: (token: TokenCredential) => Promise<void>
  /** Removes expired nonces, temporary credentials and, where asked, tokens, so many at the most. Absent where they go by themselves. */
  readonly sweep?: (limit: number, tokens?: boolean) => Promise<number>
  readonly close: () => Promise<void>
}

/**
 * What a file in `backends/` exports. The suite opens it in its own process and, for the races, in four others, so
 * `config` is a string that says all (a file name, a URL) and `reset` makes the empty schema once.
 */
export interface Backend {
  readonly reset: (config: string) => Promise<void>
  readonly open: (config: string) => Promise<OpenStore>
  /** Takes away what `reset` made, after every process has closed its store. */
  readonly remove?: (config: string) => Promise<void>
}

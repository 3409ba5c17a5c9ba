import type { Database } from './schema.ts'
import type { SchemaSteps } from './schema-steps.ts'

/** An open database, whatever its schema. */
export interface OpenStore {
  readonly db: Database
  /** @throws ConfigurationError when another program, or a newer version, made its tables. */
  steps(): Promise<SchemaSteps>
  /** Runs missing migrations; any number of processes may do so at once. */
  migrate(): Promise<void>
}

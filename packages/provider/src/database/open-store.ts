import type { Database } from './schema.ts'
import type { SchemaSteps } from './schema-steps.ts'

/** A database that is open, whatever its schema. */
export interface OpenStore {
  readonly db: Database
  /** @throws ConfigurationError when another program, or a newer version, made its tables. */
  steps(): Promise<SchemaSteps>
  /** Takes the steps that are missing; any number of processes may do so at once. */
  migrate(): Promise<void>
}

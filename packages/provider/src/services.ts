import { AuthorizationServer, ResourceProtector } from 'countersign'
import { kyselyHooks } from 'countersign/kysely'
import type { Logger } from 'pino'
import { openDatabase } from './database/database.ts'
import type { Database, ProviderHooks, ProviderProtector, ProviderServer } from './database/schema.ts'
import { completeSettings, type ProviderSettings, type SettingsInput } from './settings/settings.ts'
import { createLog } from './telemetry/log.ts'
import { boundedHooks } from './tokens/bounded-hooks.ts'
import { startUpkeep } from './upkeep.ts'

/** Everything that a process of the provider is made of: built once, and passed on. */
export interface Services {
  readonly settings: ProviderSettings
  readonly log: Logger
  readonly db: Database
  /** The only way to write temporary and token credentials: a cache or a seal over the store holds for every caller. */
  readonly hooks: ProviderHooks
  readonly server: ProviderServer
  readonly protector: ProviderProtector
  /** Ends the upkeep and closes the database. */
  close(): Promise<void>
}

/**
 * Opens the database, brings it up to date, and builds the rest over it.
 *
 * @throws ConfigurationError when the database cannot be opened, or a setting is wrong.
 */
export async function openServices(given: SettingsInput, log?: Logger): Promise<Services> {
  const settings = completeSettings(given)
  const logged = log ?? createLog(settings.logLevel)
  const db = await openDatabase(settings.database, { synchronous: settings.synchronous, log: logged })
  try {
    return servicesOver(db, settings, logged)
  } catch (error) {
    await db.destroy()
    throw error
  }
}

/** What is built over a database whose schema is up to date. */
export function servicesOver(db: Database, settings: ProviderSettings, log: Logger): Services {
  const hooks = boundedHooks(db, kyselyHooks(db))
  const server = new AuthorizationServer({ ...settings.options, hooks })
  const protector = new ResourceProtector({ ...settings.options, hooks })
  const stopUpkeep = startUpkeep(db, log)
  return {
    settings,
    log,
    db,
    hooks,
    server,
    protector,
    async close() {
      await stopUpkeep()
      await db.destroy()
    },
  }
}

import { AuthorizationServer, type OAuth1Event, ResourceProtector } from 'countersign'
import { diagnoser } from 'countersign/diagnose'
import { kyselyHooks } from 'countersign/kysely'
import type { Logger } from 'pino'
import { passwordGrant } from './accounts/password-grant.ts'
import { SignIns } from './accounts/sign-ins.ts'
import { openDatabase } from './database/database.ts'
import type {
  Database,
  ProviderClient,
  ProviderHooks,
  ProviderProtector,
  ProviderServer,
  ProviderToken,
} from './database/schema.ts'
import { RequestRecorder } from './requests/request-recorder.ts'
import { completeSettings, type ProviderSettings, type SettingsInput } from './settings/settings.ts'
import { createLog } from './telemetry/log.ts'
import { refusalLog } from './telemetry/refusal-log.ts'
import { boundedHooks } from './tokens/bounded-hooks.ts'
import { knownScopes } from './tokens/known-scopes.ts'
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
  /** The recent requests of every client. */
  readonly recorder: RequestRecorder
  /** The only way to check a password: one set of limits holds for all. */
  readonly signIns: SignIns
  /** Ends the upkeep, writes what waits to be written, and closes the database. */
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
  const hooks = knownScopes(settings.scopes, boundedHooks(db, kyselyHooks(db)))
  const signIns = new SignIns(db)
  const recorder = new RequestRecorder(db, log)
  const logRefusal = refusalLog(log)
  const on = (event: OAuth1Event) => {
    logRefusal(event)
    recorder.record(event)
    return settings.options.on?.(event)
  }
  const options = {
    diagnose: diagnoser({ baseStrings: true }),
    ...settings.options,
    ...(settings.xAuth && { checkPassword: passwordGrant(signIns) }),
    hooks,
    on,
  }
  const server = new AuthorizationServer<ProviderClient, ProviderToken>(options)
  const protector = new ResourceProtector<ProviderClient, ProviderToken>(options)
  const stopUpkeep = startUpkeep(db, log)
  return {
    settings,
    log,
    db,
    hooks,
    server,
    protector,
    recorder,
    signIns,
    async close() {
      await stopUpkeep()
      await recorder.close()
      await db.destroy()
    },
  }
}

import type { Logger } from 'pino'
import { openRedis, type SharedRedis } from './cache/redis.ts'
import { type OpenOptions, openDatabase } from './database/database.ts'
import { checkKeys, checkMigrations, ping } from './database/ping.ts'
import type { Database } from './database/schema.ts'
import type { ProviderSettings } from './settings/settings.ts'
import { Readiness } from './telemetry/readiness.ts'

/** Opens the database of the settings. @throws ConfigurationError when it cannot be opened. */
export function databaseOf(settings: ProviderSettings, log: Logger): Promise<Database> {
  return openDatabase(settings.database, { ...openingOf(settings), log })
}

/**
 * Connects to the Redis of the settings; undefined if none is set. @throws ConfigurationError when it cannot be
 * reached.
 */
export async function redisOf(
  { redisUrl, redisPrefix, options }: ProviderSettings,
  log: Logger,
): Promise<SharedRedis | undefined> {
  if (redisUrl === undefined) return undefined
  return openRedis(redisUrl, { prefix: redisPrefix, log, now: options.now })
}

/** The database options from the settings. */
function openingOf({
  synchronous,
  databasePool,
  migrateAtStart,
  sealingKeys,
  options,
}: ProviderSettings): OpenOptions {
  return {
    synchronous,
    connections: databasePool,
    migrate: migrateAtStart,
    sealingKeys,
    ...(options.storeTimeoutSeconds !== undefined && { patienceSeconds: options.storeTimeoutSeconds }),
  }
}

/** The stores of a process; unused ones are undefined. */
export interface Stores {
  readonly db: Database | undefined
  readonly redis: SharedRedis | undefined
}

/** Checks whether the stores are usable now. */
export function readinessOf({ db, redis }: Stores, log: Logger): Readiness {
  return new Readiness({ ...(db && databaseParts(db)), ...(redis && { redis: () => redis.ping() }) }, log)
}

function databaseParts(db: Database) {
  let reached: Promise<void> | undefined
  // A single check for all, so that a hanging database takes no more than one connection from requests.
  const reach = () => {
    reached ??= ping(db).finally(() => {
      reached = undefined
    })
    return reached
  }
  return {
    database: reach,
    migrations: () => reach().then(() => checkMigrations(db)),
    sealing: () => reach().then(() => checkKeys(db)),
  }
}

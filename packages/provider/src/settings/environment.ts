import { ConfigurationError, optionsFromEnv, type Profiles } from 'countersign'
import * as allProfiles from 'countersign/profiles'
import { z } from 'zod'
import { checks, databasePath } from './checks.ts'
import { readScopes } from './scopes.ts'
import {
  completeSettings,
  defaultDatabase,
  type ProviderSettings,
  settingsError,
  unknownMethods,
} from './settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

const switchedOn = z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1')
const words = z.string().transform((given) =>
  given
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean),
)
const variables = z.object({
  PORT: z.coerce.number('must be a port number').pipe(checks.port).optional(),
  HOST: checks.host.optional(),
  ORIGIN: checks.origin.optional(),
  ALLOWED_HOSTS: words.pipe(checks.allowedHosts).optional(),
  CLIENT_ADDRESS_HEADER: checks.clientAddressHeader.optional(),
  COUNTERSIGN_DATABASE: checks.database.optional(),
  COUNTERSIGN_SYNCHRONOUS: checks.synchronous.optional(),
  REQUEST_TIMEOUT_SECONDS: z.coerce
    .number('must be a number of seconds')
    .pipe(checks.requestTimeoutSeconds)
    .optional(),
  MAX_CONNECTIONS: z.coerce.number('must be a number of connections').pipe(checks.maxConnections).optional(),
  COUNTERSIGN_DISTINCT_ERRORS: switchedOn.optional(),
  PROFILES: words.transform(profilesOf).optional(),
  SCOPES: z.string().transform(readScopes).pipe(checks.scopes).optional(),
  COUNTERSIGN_X_AUTH: switchedOn.optional(),
  LOG_LEVEL: checks.logLevel.optional(),
})

/**
 * Reads the environment: the names above and the library's OAUTH1_ names. An empty value counts as absent.
 *
 * @throws ConfigurationError that names the variable.
 */
export function settingsFromEnv(env: Environment): ProviderSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { success, data, error } = variables.safeParse({ ORIGIN: given['OAUTH1_ORIGIN'], ...given })
  if (!success) throw settingsError(error)
  const options = optionsFromEnv(given)
  const methods = unknownMethods(options)
  if (methods !== undefined) throw new ConfigurationError(`OAUTH1_SUPPORTED_SIGNATURE_METHODS: ${methods}`)
  return completeSettings({
    port: data.PORT,
    host: data.HOST,
    origin: data.ORIGIN,
    allowedHosts: data.ALLOWED_HOSTS,
    clientAddressHeader: data.CLIENT_ADDRESS_HEADER,
    database: data.COUNTERSIGN_DATABASE,
    synchronous: data.COUNTERSIGN_SYNCHRONOUS,
    requestTimeoutSeconds: data.REQUEST_TIMEOUT_SECONDS,
    maxConnections: data.MAX_CONNECTIONS,
    logLevel: data.LOG_LEVEL,
    scopes: data.SCOPES,
    xAuth: data.COUNTERSIGN_X_AUTH,
    options: {
      ...options,
      ...(data.PROFILES && { profiles: data.PROFILES }),
      distinctErrors: data.COUNTERSIGN_DISTINCT_ERRORS ?? false,
    },
  })
}

/** The named ones alone: what a profile accepts, every request may be tried by. */
function profilesOf(names: readonly string[], context: z.RefinementCtx): Profiles {
  const known: Profiles = allProfiles
  const unknown = names.find((name) => !Object.hasOwn(known, name))
  if (unknown === undefined) return Object.fromEntries(names.map((name) => [name, known[name] ?? {}]))
  const message = `there is no profile ${unknown.slice(0, 100)}, only ${Object.keys(known).join(', ')}`
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}

/** The database that commands use where no other is named. */
export function databaseFromEnv(env: Environment): string {
  return databasePath(env['COUNTERSIGN_DATABASE'] || defaultDatabase)
}

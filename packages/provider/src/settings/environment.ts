import { ConfigurationError, environmentDefaults, optionsFromEnv, type Profiles } from 'countersign'
import * as allProfiles from 'countersign/profiles'
import { z } from 'zod'
import { checks } from './checks.ts'
import { type Configuration, type Environment, readConfiguration } from './configuration.ts'
import { atGateway, gatewayOf, gatewayVariables } from './gateway-settings.ts'
import { oauth2Of, oauth2Variables } from './oauth2-settings.ts'
import { readScopes } from './scopes.ts'
import {
  completeSettings,
  type ProviderSettings,
  type SettingsInput,
  settingsError,
  unknownMethods,
} from './settings.ts'

const switchedOn = z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1')
const words = z.string().transform((given) =>
  given
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean),
)
const times = z.coerce.number('must be a number of times, or 0 for no limit')
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
  SHUTDOWN_SECONDS: z.coerce.number('must be a number of seconds').pipe(checks.shutdownSeconds).optional(),
  MAX_CONNECTIONS: z.coerce.number('must be a number of connections').pipe(checks.maxConnections).optional(),
  COUNTERSIGN_DISTINCT_ERRORS: switchedOn.optional(),
  PROFILES: words.transform(profilesOf).optional(),
  SCOPES: z.string().transform(readScopes).pipe(checks.scopes).optional(),
  COUNTERSIGN_X_AUTH: switchedOn.optional(),
  LOG_LEVEL: checks.logLevel.optional(),
  PUBLIC_URL: checks.origin.optional(),
  DATABASE_URL: checks.database.optional(),
  DATABASE_POOL: z.coerce.number('must be a number of connections').pipe(checks.databasePool).optional(),
  MIGRATE_AT_START: switchedOn.optional(),
  REDIS_URL: checks.redisUrl.optional(),
  REDIS_PREFIX: checks.redisPrefix.optional(),
  RATE_LIMIT_OAUTH_PER_ADDRESS: times.pipe(checks.rateLimits.shape.oauthPerAddress.unwrap()).optional(),
  RATE_LIMIT_OAUTH_PER_CLIENT: times.pipe(checks.rateLimits.shape.oauthPerClient.unwrap()).optional(),
  RATE_LIMIT_SIGN_IN: times.pipe(checks.rateLimits.shape.signIn.unwrap()).optional(),
  RATE_LIMIT_SIGN_UP: times.pipe(checks.rateLimits.shape.signUp.unwrap()).optional(),
  CREDENTIAL_CACHE_SECONDS: z.coerce
    .number('must be a number of seconds')
    .pipe(checks.credentialCacheSeconds)
    .optional(),
  TRUSTED_PROXIES: words.pipe(checks.trustedProxies).optional(),
  TLS_CERTIFICATE_FILE: checks.tlsFile.optional(),
  TLS_KEY_FILE: checks.tlsFile.optional(),
  SEALING_KEYS: z
    .string()
    .transform((given) => given.split(/[\s,]+/).filter(Boolean))
    .pipe(checks.sealingKeys)
    .optional(),
  SESSION_LIFETIME_SECONDS: z.coerce
    .number('must be a number of seconds')
    .pipe(checks.sessionLifetimeSeconds)
    .optional(),
  REGISTRATION: checks.registration.optional(),
  CLIENT_REGISTRATION: checks.clientRegistration.optional(),
  OWN_ACCOUNTS: switchedOn.optional(),
  OIDC_ISSUER: checks.oidc.shape.issuer.optional(),
  OIDC_CLIENT_ID: checks.oidc.shape.clientId.optional(),
  OIDC_CLIENT_SECRET: checks.oidc.shape.clientSecret.optional(),
  OIDC_NAME: checks.oidc.shape.name,
  ...oauth2Variables,
  BRAND_NAME: checks.brand.shape.name.unwrap().optional(),
  BRAND_LOGO_FILE: checks.brand.shape.logoFile,
  BRAND_COLOR: checks.brand.shape.color,
  SUPPORT_URL: checks.brand.shape.supportUrl,
  TERMS_URL: checks.brand.shape.termsUrl,
  PRIVACY_URL: checks.brand.shape.privacyUrl,
  METRICS_PORT: z.coerce.number('must be a port number').pipe(checks.port).optional(),
  METRICS_HOST: checks.host.optional(),
  AUDIT_DAYS: z.coerce.number('must be a number of days').pipe(checks.auditDays).optional(),
  RETIREMENT_FILE: z.string().min(1).optional(),
  ...gatewayVariables,
})

/** Every name of a setting. */
export const settingNames: readonly string[] = [
  ...Object.keys(variables.shape),
  ...Object.keys(environmentDefaults),
]

/** The settings as given, and the result. */
export interface ReadSettings extends Configuration {
  /** Without the defaults; undefined if there are faults. */
  readonly input: SettingsInput | undefined
  /** Undefined if there are faults. */
  readonly settings: ProviderSettings | undefined
}

/**
 * Reads the environment: the names above and the library's OAUTH1_ names, and the file that `COUNTERSIGN_CONFIG` names. An
 * empty value counts as absent.
 *
 * @throws ConfigurationError that names each faulty setting, on its own line.
 */
export function settingsFromEnv(env: Environment): ProviderSettings {
  const { settings, faults } = readSettings(env)
  if (settings === undefined) throw new ConfigurationError(faults.join('\n'))
  return settings
}

/**
 * Like `settingsFromEnv`, for a gateway: it shares the settings of the provider, but has its own addresses.
 *
 * @throws ConfigurationError that names each faulty setting, on its own line.
 */
export function gatewaySettingsFromEnv(env: Environment): ProviderSettings {
  const { settings, faults } = readSettings(env, atGateway)
  if (settings === undefined) throw new ConfigurationError(faults.join('\n'))
  return settings
}

/** Like `settingsFromEnv`, for a full report: with every fault, and the source of each setting. */
export function readSettings(
  env: Environment,
  adapted: (given: SettingsInput) => SettingsInput = (given) => given,
): ReadSettings {
  const given = readConfiguration(env, settingNames)
  const { values } = given
  const faults = [...given.faults]
  const { success, data, error } = variables.safeParse({ ORIGIN: values['OAUTH1_ORIGIN'], ...values })
  if (!success) faults.push(settingsError(error).message)
  faults.push(...optionFaults(values))
  const input = data && faults.length === 0 ? attempt(() => inputOf(data, values), faults) : undefined
  const settings = input && attempt(() => completeSettings(adapted(input)), faults)
  return { ...given, input, settings, faults: faults.flatMap((fault) => fault.split('\n')) }
}

/** Each option separately, so that one fault does not hide the others; then the names, which may be misspelt. */
function optionFaults(values: Readonly<Record<string, string>>): string[] {
  const faults: string[] = []
  const names = Object.keys(environmentDefaults).filter((name) => values[name] !== undefined)
  for (const name of names) {
    attempt(() => {
      const methods = unknownMethods(optionsFromEnv({ [name]: values[name] }))
      if (methods !== undefined) throw new ConfigurationError(`${name}: ${methods}`)
    }, faults)
  }
  if (faults.length === 0) attempt(() => optionsFromEnv(values), faults)
  return faults
}

function attempt<R>(run: () => R, faults: string[]): R | undefined {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    faults.push(error.message)
    return undefined
  }
}

/** The environment's settings, before defaults. */
function inputOf(
  data: z.output<typeof variables>,
  values: Readonly<Record<string, string>>,
): SettingsInput & Required<Pick<SettingsInput, 'options'>> {
  return {
    port: data.PORT,
    host: data.HOST,
    origin: data.PUBLIC_URL ?? data.ORIGIN,
    allowedHosts: data.ALLOWED_HOSTS,
    clientAddressHeader: data.CLIENT_ADDRESS_HEADER,
    database: data.DATABASE_URL ?? data.COUNTERSIGN_DATABASE,
    databasePool: data.DATABASE_POOL,
    migrateAtStart: data.MIGRATE_AT_START,
    synchronous: data.COUNTERSIGN_SYNCHRONOUS,
    requestTimeoutSeconds: data.REQUEST_TIMEOUT_SECONDS,
    shutdownSeconds: data.SHUTDOWN_SECONDS,
    maxConnections: data.MAX_CONNECTIONS,
    logLevel: data.LOG_LEVEL,
    scopes: data.SCOPES,
    xAuth: data.COUNTERSIGN_X_AUTH,
    redisUrl: data.REDIS_URL,
    redisPrefix: data.REDIS_PREFIX,
    rateLimits: {
      oauthPerAddress: data.RATE_LIMIT_OAUTH_PER_ADDRESS,
      oauthPerClient: data.RATE_LIMIT_OAUTH_PER_CLIENT,
      signIn: data.RATE_LIMIT_SIGN_IN,
      signUp: data.RATE_LIMIT_SIGN_UP,
    },
    credentialCacheSeconds: data.CREDENTIAL_CACHE_SECONDS,
    trustedProxies: data.TRUSTED_PROXIES,
    tlsCertificateFile: data.TLS_CERTIFICATE_FILE,
    tlsKeyFile: data.TLS_KEY_FILE,
    sealingKeys: data.SEALING_KEYS,
    sessionLifetimeSeconds: data.SESSION_LIFETIME_SECONDS,
    registration: data.REGISTRATION,
    clientRegistration: data.CLIENT_REGISTRATION,
    ownAccounts: data.OWN_ACCOUNTS,
    oidc: oidcOf(data),
    oauth2: oauth2Of(data),
    brand: {
      name: data.BRAND_NAME ?? 'Countersign',
      logoFile: data.BRAND_LOGO_FILE,
      color: data.BRAND_COLOR,
      supportUrl: data.SUPPORT_URL,
      termsUrl: data.TERMS_URL,
      privacyUrl: data.PRIVACY_URL,
    },
    metricsPort: data.METRICS_PORT,
    metricsHost: data.METRICS_HOST,
    auditDays: data.AUDIT_DAYS,
    retirementFile: data.RETIREMENT_FILE,
    gateway: gatewayOf(data),
    options: {
      ...optionsFromEnv(values),
      ...(data.PROFILES && { profiles: data.PROFILES }),
      distinctErrors: data.COUNTERSIGN_DISTINCT_ERRORS ?? false,
    },
  }
}

/** All of the identity provider's variables, or none. */
function oidcOf(data: z.output<typeof variables>): ProviderSettings['oidc'] {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME } = data
  if (OIDC_ISSUER === undefined && OIDC_CLIENT_ID === undefined && OIDC_CLIENT_SECRET === undefined)
    return undefined
  const needed = { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET }
  const missing = Object.entries(needed).find(([, value]) => value === undefined)
  if (missing !== undefined)
    throw new ConfigurationError(`${missing[0]}: must be set too; an identity provider needs all three.`)
  return checks.oidc.parse({
    issuer: OIDC_ISSUER,
    clientId: OIDC_CLIENT_ID,
    clientSecret: OIDC_CLIENT_SECRET,
    name: OIDC_NAME,
  })
}

/** Only the named ones: every request may be tried against every profile. */
function profilesOf(names: readonly string[], context: z.RefinementCtx): Profiles {
  const known: Profiles = allProfiles
  const unknown = names.find((name) => !Object.hasOwn(known, name))
  if (unknown === undefined) return Object.fromEntries(names.map((name) => [name, known[name] ?? {}]))
  const message = `there is no profile ${unknown.slice(0, 100)}, only ${Object.keys(known).join(', ')}`
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}

/**
 * /** Only the settings for where and how data is stored: for commands that need no others.
 *
 * @throws ConfigurationError that names the variable.
 */
export function storeFromEnv(env: Environment): StoreSettings {
  const { values, faults } = readConfiguration(env, settingNames)
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'))
  const { success, data, error } = variables.pick(storeNames).safeParse(values)
  if (!success) throw settingsError(error)
  const { database, synchronous, migrateAtStart, sealingKeys, auditDays } = completeSettings({
    database: data.DATABASE_URL ?? data.COUNTERSIGN_DATABASE,
    synchronous: data.COUNTERSIGN_SYNCHRONOUS,
    migrateAtStart: data.MIGRATE_AT_START,
    sealingKeys: data.SEALING_KEYS,
    auditDays: data.AUDIT_DAYS,
  })
  return { database, synchronous, migrateAtStart, sealingKeys, auditDays }
}

type StoreSettings = Pick<
  ProviderSettings,
  'database' | 'synchronous' | 'migrateAtStart' | 'sealingKeys' | 'auditDays'
>

const storeNames = {
  DATABASE_URL: true,
  COUNTERSIGN_DATABASE: true,
  COUNTERSIGN_SYNCHRONOUS: true,
  MIGRATE_AT_START: true,
  SEALING_KEYS: true,
  AUDIT_DAYS: true,
} as const

import { environmentDefaults } from 'countersign'
import { gatewayValues } from './gateway-settings.ts'
import { oauth2Values } from './oauth2-settings.ts'
import { completeSettings, type ProviderSettings } from './settings.ts'

const hidden = '(hidden)'
/** Secrets that are not part of a URL. */
const secrets = ['SEALING_KEYS', 'OIDC_CLIENT_SECRET', 'OAUTH2_INTROSPECTION_CLIENT_SECRET']
/** Settings whose entries have spaces in them. */
const lists = ['SCOPES', 'OAUTH2_SCOPES']

/** The effective value of every setting, by name. The OAUTH1_ settings are the library's. */
const effective: Readonly<Record<string, (settings: ProviderSettings) => unknown>> = {
  PUBLIC_URL: ({ origin }) => origin,
  PORT: ({ port }) => port,
  HOST: ({ host }) => host,
  ALLOWED_HOSTS: ({ allowedHosts }) => allowedHosts,
  TRUSTED_PROXIES: ({ trustedProxies }) => trustedProxies,
  CLIENT_ADDRESS_HEADER: ({ clientAddressHeader }) => clientAddressHeader,
  TLS_CERTIFICATE_FILE: ({ tlsCertificateFile }) => tlsCertificateFile,
  TLS_KEY_FILE: ({ tlsKeyFile }) => tlsKeyFile,
  DATABASE_URL: ({ database }) => database,
  COUNTERSIGN_SYNCHRONOUS: ({ synchronous }) => synchronous,
  DATABASE_POOL: ({ databasePool }) => databasePool,
  MIGRATE_AT_START: ({ migrateAtStart }) => migrateAtStart,
  REDIS_URL: ({ redisUrl }) => redisUrl,
  REDIS_PREFIX: ({ redisPrefix }) => redisPrefix,
  CREDENTIAL_CACHE_SECONDS: ({ credentialCacheSeconds }) => credentialCacheSeconds,
  RATE_LIMIT_OAUTH_PER_ADDRESS: ({ rateLimits }) => rateLimits.oauthPerAddress,
  RATE_LIMIT_OAUTH_PER_CLIENT: ({ rateLimits }) => rateLimits.oauthPerClient,
  RATE_LIMIT_SIGN_IN: ({ rateLimits }) => rateLimits.signIn,
  RATE_LIMIT_SIGN_UP: ({ rateLimits }) => rateLimits.signUp,
  SEALING_KEYS: ({ sealingKeys }) => sealingKeys,
  REQUEST_TIMEOUT_SECONDS: ({ requestTimeoutSeconds }) => requestTimeoutSeconds,
  SHUTDOWN_SECONDS: ({ shutdownSeconds }) => shutdownSeconds,
  MAX_CONNECTIONS: ({ maxConnections }) => maxConnections,
  SESSION_LIFETIME_SECONDS: ({ sessionLifetimeSeconds }) => sessionLifetimeSeconds,
  REGISTRATION: ({ registration }) => registration,
  CLIENT_REGISTRATION: ({ clientRegistration }) => clientRegistration,
  OWN_ACCOUNTS: ({ ownAccounts }) => ownAccounts,
  OIDC_ISSUER: ({ oidc }) => oidc?.issuer,
  OIDC_CLIENT_ID: ({ oidc }) => oidc?.clientId,
  OIDC_CLIENT_SECRET: ({ oidc }) => oidc?.clientSecret,
  OIDC_NAME: ({ oidc }) => oidc?.name,
  ...oauth2Values,
  BRAND_NAME: ({ brand }) => brand.name,
  BRAND_LOGO_FILE: ({ brand }) => brand.logoFile,
  BRAND_COLOR: ({ brand }) => brand.color,
  SUPPORT_URL: ({ brand }) => brand.supportUrl,
  TERMS_URL: ({ brand }) => brand.termsUrl,
  PRIVACY_URL: ({ brand }) => brand.privacyUrl,
  SCOPES: ({ scopes }) => Object.entries(scopes).map((entry) => entry.join(' ')),
  PROFILES: ({ options }) => Object.keys(options.profiles ?? {}),
  LOG_LEVEL: ({ logLevel }) => logLevel,
  METRICS_PORT: ({ metricsPort }) => metricsPort,
  METRICS_HOST: ({ metricsHost }) => metricsHost,
  AUDIT_DAYS: ({ auditDays }) => auditDays,
  RETIREMENT_FILE: ({ retirementFile }) => retirementFile,
  COUNTERSIGN_DISTINCT_ERRORS: ({ options }) => options.distinctErrors,
  COUNTERSIGN_X_AUTH: ({ xAuth }) => xAuth,
  OAUTH1_SUPPORTED_SIGNATURE_METHODS: ({ options }) => options.supportedSignatureMethods,
  OAUTH1_INSECURE_TRANSPORT: ({ options }) => options.insecureTransport,
  OAUTH1_SCOPES: ({ options }) => options.scopes,
  OAUTH1_ERROR_PAGE: ({ options }) => options.errorPage,
  ...gatewayValues,
}

/**
 * A setting's value for display: never a secret.
 *
 * @param given - Its raw value, if it was set.
 * @param settings - Undefined if there are faults; then the raw value or the default is shown.
 */
export function settingValue(
  name: string,
  given: string | undefined,
  settings: ProviderSettings | undefined,
): string {
  const value =
    settings === undefined && given !== undefined
      ? given
      : effectiveValue(name, given, settings ?? completeSettings({}))
  if (value === undefined || value === '') return ''
  if (secrets.includes(name)) return hidden
  return withoutPassword(value)
}

function effectiveValue(name: string, given: string | undefined, settings: ProviderSettings) {
  const own = effective[name]
  if (own !== undefined) return textOf(own(settings), lists.includes(name) ? '; ' : ' ')
  return given ?? textOf(environmentDefaults[name], ' ')
}

function textOf(value: unknown, separator: string): string | undefined {
  if (value === undefined || value === null) return undefined
  return Array.isArray(value) ? value.join(separator) : String(value)
}

/** The URL of a server without its password, wherever the URL contains it. */
function withoutPassword(address: string): string {
  if (!/^[a-z][a-z\d+.-]*:\/\/.*[@?]/is.test(address)) return address
  if (!URL.canParse(address)) return hidden
  const url = new URL(address)
  if (url.password !== '') url.password = '***'
  for (const name of url.searchParams.keys()) {
    if (/pass|secret|key|token/i.test(name)) url.searchParams.set(name, '***')
  }
  return url.href
}

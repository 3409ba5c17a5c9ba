import { type AuthorizationServerOptions, builtInSignatureMethods, ConfigurationError } from 'countersign'
import { z } from 'zod'
import type { ProviderClient, ProviderToken } from '../database/schema.ts'
import { checks, isLoopback } from './checks.ts'
import { type GatewaySettings, gatewayChecks } from './gateway-settings.ts'
import { checkOAuth2, type OAuth2Settings, oauth2Checks } from './oauth2-settings.ts'
import { defaultScopes, type Scopes, unknownScope } from './scopes.ts'

/** Where the codes of refusals are explained, unless `options.errorPage` says otherwise. */
export const documentedErrors = 'https://github.com/countersign/countersign/blob/main/docs/errors.md'

/** The options of the library's servers, without those that the provider itself sets. */
export type LibraryOptions = Omit<
  AuthorizationServerOptions<ProviderClient, ProviderToken>,
  'hooks' | 'checkPassword' | 'verifierPage'
>

/** All settings of a provider, checked and complete. */
export interface ProviderSettings {
  /** 0 for a free one. */
  readonly port: number
  readonly host: string
  /**
   * The public scheme and host behind a proxy, with the path prefix of the site unless it is the root; undefined if
   * browsers and clients call this process directly.
   */
  readonly origin: string | undefined
  /** Additional host names that requests may use if no public origin is set. */
  readonly allowedHosts: readonly string[]
  /** The header in which the proxy writes the client's address; undefined if no header is believed. */
  readonly clientAddressHeader: string | undefined
  /** The SQLite file, absolute; `:memory:`; or the URL of a PostgreSQL, MySQL or MariaDB server, with the password. */
  readonly database: string
  /** The most open connections to a server. */
  readonly databasePool: number
  /**
   * Whether the schema is brought up to date when a database is opened; otherwise a database with missing migrations is
   * refused.
   */
  readonly migrateAtStart: boolean
  /** SQLite's `synchronous`: how much a power cut may lose. */
  readonly synchronous: 'full' | 'normal'
  /** How long a whole request may take to arrive. */
  readonly requestTimeoutSeconds: number
  /** How long requests under way may take to finish when the process stops. */
  readonly shutdownSeconds: number
  /** The most open connections; further ones are closed. */
  readonly maxConnections: number
  readonly logLevel: z.output<typeof checks.logLevel>
  /** The scopes that clients may request. */
  readonly scopes: Scopes
  /**
   * Exchange the names and passwords of users for tokens, for clients whose policy has `xAuth`. Default false.
   *
   * @deprecated Dangerous: such a client sees its users' passwords. For old clients that cannot open a browser. Not
   *   actually deprecated; the tag makes editors highlight it.
   */
  readonly xAuth: boolean
  /** Where processes share nonces and counts; undefined for a single process. */
  readonly redisUrl: string | undefined
  /** The prefix of the keys in Redis: a different one for each provider that shares a Redis. */
  readonly redisPrefix: string
  /** How often one address or one client may do something; 0 for no limit. */
  readonly rateLimits: z.output<typeof checks.rateLimits>
  /**
   * How long this process caches clients and tokens, and so may miss a revocation by another process; 0 for no cache.
   */
  readonly credentialCacheSeconds: number
  /** The addresses or networks of the proxies whose `clientAddressHeader` is believed; empty for any. */
  readonly trustedProxies: readonly string[]
  /** The PEM files to speak https with; undefined for plain HTTP. */
  readonly tlsCertificateFile: string | undefined
  readonly tlsKeyFile: string | undefined
  /** Secrets and tokens are sealed with the first, and opened with any; undefined if they are stored in plain text. */
  readonly sealingKeys: readonly string[] | undefined
  readonly sessionLifetimeSeconds: number
  /** Who may create an account: anyone, anyone with an invitation, or no one. */
  readonly registration: 'open' | 'invited' | 'closed'
  /** Who may register a client: any user, any user with an administrator's approval, or only administrators. */
  readonly clientRegistration: 'open' | 'approved' | 'closed'
  /** Accounts with passwords. Off if everyone signs in through the identity provider. */
  readonly ownAccounts: boolean
  /** The company's identity provider (OpenID Connect). */
  readonly oidc: z.output<typeof checks.oidc> | undefined
  /** The OAuth 2 server whose Bearer tokens the API accepts beside signatures; undefined for none. */
  readonly oauth2: OAuth2Settings | undefined
  /** The name and look of the site on its pages. */
  readonly brand: z.output<typeof checks.brand>
  /** Where `/metrics` is served; undefined for nowhere. */
  readonly metricsPort: number | undefined
  readonly metricsHost: string
  /** How long to keep the audit log. */
  readonly auditDays: number
  /** The JSON file with the retirement plan of OAuth 1.0; undefined for none. */
  readonly retirementFile: string | undefined
  /** The settings of a gateway in front of an API. */
  readonly gateway: GatewaySettings
  /** The options for the library's servers. */
  readonly options: LibraryOptions & {
    readonly supportedSignatureMethods: readonly string[]
    readonly insecureTransport: boolean
    readonly distinctErrors: boolean
    readonly errorPage: string | false
  }
}

/** The settings as given; all are optional. */
export type SettingsInput = {
  readonly [Name in Exclude<keyof ProviderSettings, 'options' | 'rateLimits' | 'gateway'>]?:
    | ProviderSettings[Name]
    | undefined
} & {
  readonly options?: LibraryOptions | undefined
  /** All are optional. */
  readonly rateLimits?: z.input<typeof checks.rateLimits> | undefined
  /** All are optional. */
  readonly gateway?: z.input<typeof gatewayChecks> | undefined
}

/** Accepted by default: all but PLAINTEXT, which sends the secret itself. */
const defaultMethods = Object.keys(builtInSignatureMethods).filter((name) => name !== 'PLAINTEXT')

const defaultDatabase = './data/countersign.sqlite'

const schema = z.strictObject({
  port: checks.port.default(5849),
  host: checks.host.default('127.0.0.1'),
  origin: checks.origin.optional(),
  allowedHosts: checks.allowedHosts.default([]),
  clientAddressHeader: checks.clientAddressHeader.optional(),
  database: checks.database.prefault(defaultDatabase),
  databasePool: checks.databasePool.default(10),
  migrateAtStart: checks.migrateAtStart.default(true),
  synchronous: checks.synchronous.default('full'),
  requestTimeoutSeconds: checks.requestTimeoutSeconds.default(20),
  shutdownSeconds: checks.shutdownSeconds.default(10),
  maxConnections: checks.maxConnections.default(1024),
  logLevel: checks.logLevel.default('info'),
  scopes: checks.scopes.default(defaultScopes),
  xAuth: checks.xAuth.default(false),
  redisUrl: checks.redisUrl.optional(),
  redisPrefix: checks.redisPrefix.default('countersign:'),
  rateLimits: checks.rateLimits.prefault({}),
  credentialCacheSeconds: checks.credentialCacheSeconds.default(0),
  trustedProxies: checks.trustedProxies.default([]),
  tlsCertificateFile: checks.tlsFile.optional(),
  tlsKeyFile: checks.tlsFile.optional(),
  sealingKeys: checks.sealingKeys.optional(),
  sessionLifetimeSeconds: checks.sessionLifetimeSeconds.default(30 * 24 * 3600),
  registration: checks.registration.default('open'),
  clientRegistration: checks.clientRegistration.default('open'),
  ownAccounts: checks.ownAccounts.default(true),
  oidc: checks.oidc.optional(),
  oauth2: oauth2Checks.optional(),
  brand: checks.brand.prefault({}),
  metricsPort: checks.port.optional(),
  metricsHost: checks.host.default('127.0.0.1'),
  auditDays: checks.auditDays.default(365),
  retirementFile: z.string().min(1).optional(),
  gateway: gatewayChecks.prefault({}),
  // The library checks them itself.
  options: z.custom<LibraryOptions>((given) => typeof given === 'object' && given !== null).default({}),
})

/** @throws ConfigurationError that names the setting at fault. */
export function completeSettings(given: SettingsInput): ProviderSettings {
  const { success, data, error } = schema.safeParse(given)
  if (!success) throw settingsError(error)
  const { origin, clientAddressHeader, options, redisUrl, sealingKeys, oidc, metricsPort } = data
  const { tlsCertificateFile, tlsKeyFile } = data
  if ((tlsCertificateFile === undefined) !== (tlsKeyFile === undefined)) {
    const missing = tlsKeyFile === undefined ? 'TLS_KEY_FILE' : 'TLS_CERTIFICATE_FILE'
    throw new ConfigurationError(`${missing}: must be set too; https needs a certificate and its key.`)
  }
  if (tlsCertificateFile !== undefined && !origin?.startsWith('https:'))
    throw new ConfigurationError(
      'PUBLIC_URL: must be the https address of this provider if it has TLS files.',
    )
  const methods = unknownMethods(options)
  if (methods !== undefined) throw new ConfigurationError(`supportedSignatureMethods: ${methods}`)
  if (!data.ownAccounts && oidc === undefined) {
    throw new ConfigurationError(
      'OWN_ACCOUNTS is off and there is no identity provider: no one could sign in. Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or OWN_ACCOUNTS=true.',
    )
  }
  if (data.oauth2 !== undefined) checkOAuth2(data.oauth2)
  return {
    ...data,
    origin,
    clientAddressHeader,
    redisUrl,
    sealingKeys,
    oidc,
    oauth2: data.oauth2,
    metricsPort,
    retirementFile: data.retirementFile,
    tlsCertificateFile,
    tlsKeyFile,
    options: {
      ...options,
      supportedSignatureMethods: options.supportedSignatureMethods ?? defaultMethods,
      origin,
      scopes: askable(options.scopes, data.scopes),
      insecureTransport: options.insecureTransport ?? (origin === undefined && isLoopback(data.host)),
      distinctErrors: options.distinctErrors ?? false,
      errorPage: options.errorPage ?? documentedErrors,
    },
  }
}

/**
 * The scopes that clients without their own policy may request. @throws ConfigurationError for a scope that does not
 * exist.
 */
function askable(given: LibraryOptions['scopes'] = 'any', scopes: Scopes): readonly string[] {
  const known = Object.keys(scopes)
  if (given === 'any') return known
  const unknown = unknownScope(given, scopes)
  if (unknown === undefined) return given
  throw new ConfigurationError(
    `OAUTH1_SCOPES: there is no scope ${unknown}, only ${known.join(', ') || 'none'}; SCOPES says which there are.`,
  )
}

/** Names the unknown signature method, and the known ones; undefined if all are known. */
export function unknownMethods({
  supportedSignatureMethods = [],
  signatureMethods = {},
}: LibraryOptions): string | undefined {
  const known = Object.keys({ ...builtInSignatureMethods, ...signatureMethods })
  const unknown = supportedSignatureMethods.find((name) => !known.includes(name))
  return unknown === undefined ? undefined : `there is no ${unknown}, only ${known.join(', ')}.`
}

/** One line for each fault, with the name of the setting. */
export function settingsError({ issues }: z.ZodError): ConfigurationError {
  const lines = issues.map((issue) => {
    // The message itself says which entry of a list it is.
    const name = issue.path.filter((part) => typeof part !== 'number').join('.')
    return name === '' ? wordsOf(issue) : `${name}: ${wordsOf(issue)}`
  })
  return new ConfigurationError(lines.join('\n'))
}

/** What to write, with the allowed values or the bound. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    return values.includes('true') ? 'must be true or false' : `must be one of ${values.join(', ')}`
  }
  if (issue.code === 'too_small' && issue.origin === 'number')
    return `${issue.message}, at least ${issue.minimum}`
  if (issue.code === 'too_big' && issue.origin === 'number')
    return `${issue.message}, at most ${issue.maximum}`
  return issue.message
}

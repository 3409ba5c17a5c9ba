import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { builtInSignatureMethods, ConfigurationError, optionsFromEnv } from 'countersign'
import { z } from 'zod'
import { publicOrigin } from './public-origin.ts'

type LibraryOptions = ReturnType<typeof optionsFromEnv>

/** Everything the provider reads from its environment, checked and completed. */
export interface ProviderSettings {
  readonly port: number
  readonly host: string
  /** The public scheme and host behind a proxy; undefined where browsers and clients call this process directly. */
  readonly origin: string | undefined
  /** Host names besides the address's own that requests may name where no public origin is set. */
  readonly allowedHosts: readonly string[]
  /** The header in which the proxy writes the client's address; undefined where no header is believed. */
  readonly clientAddressHeader: string | undefined
  /** The SQLite file, absolute. */
  readonly database: string
  /** SQLite's `synchronous`: what a power cut may take. */
  readonly synchronous: 'full' | 'normal'
  /** How long a whole request may take to arrive. */
  readonly requestTimeoutSeconds: number
  /** Connections that are open at once; further ones are closed. */
  readonly maxConnections: number
  readonly logLevel: string
  /** What the library's servers are made with. */
  readonly options: LibraryOptions & {
    readonly supportedSignatureMethods: readonly string[]
    readonly insecureTransport: boolean
    readonly distinctErrors: boolean
  }
}

/** Accepted unless OAUTH1_SUPPORTED_SIGNATURE_METHODS says otherwise: all but PLAINTEXT, which sends the secret itself. */
const defaultMethods = ['HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'RSA-SHA1', 'RSA-SHA256', 'RSA-SHA512']
const defaultDatabase = './data/countersign.sqlite'

const switchedOn = z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1')
const environment = z.object({
  PORT: z.coerce.number('must be a port number').int().min(0).max(65_535).default(5849),
  HOST: z.string().default('127.0.0.1'),
  ORIGIN: z
    .string()
    .transform((given, context) => {
      const { origin, fault } = publicOrigin(given)
      if (origin !== undefined) return origin
      const message = `must be a scheme and a host, such as https://oauth.example.com; in ${JSON.stringify(given.slice(0, 200))} ${fault}`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .optional(),
  ALLOWED_HOSTS: z
    .string()
    .transform((given) =>
      given
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
    )
    .pipe(
      z.array(
        z
          .string()
          .regex(
            /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/,
            'must be host names, such as provider.internal',
          ),
      ),
    )
    .default([]),
  // Not Forwarded (RFC 7239), whose elements are more than an address.
  CLIENT_ADDRESS_HEADER: z
    .string()
    .regex(
      /^(?!forwarded$)[a-z0-9_-]+$/i,
      'must be the name of a header that holds bare addresses, such as x-forwarded-for',
    )
    .optional(),
  COUNTERSIGN_DATABASE: z.string().default(defaultDatabase),
  COUNTERSIGN_SYNCHRONOUS: z.enum(['full', 'normal']).default('full'),
  REQUEST_TIMEOUT_SECONDS: z.coerce.number('must be a number of seconds').min(1).max(3600).default(20),
  MAX_CONNECTIONS: z.coerce
    .number('must be a number of connections')
    .int()
    .min(1)
    .max(1_000_000)
    .default(1024),
  COUNTERSIGN_DISTINCT_ERRORS: switchedOn.default(false),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})

/**
 * Reads the environment: the names above and the library's OAUTH1_ names. An empty value counts as absent.
 *
 * @throws ConfigurationError that names the variable.
 */
export function settingsFromEnv(env: Readonly<Record<string, string | undefined>>): ProviderSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { success, data, error } = environment.safeParse({ ORIGIN: given['OAUTH1_ORIGIN'], ...given })
  if (!success) {
    const faults = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new ConfigurationError(faults.join('\n'))
  }
  const fromEnv = optionsFromEnv(given)
  const unknown = fromEnv.supportedSignatureMethods?.find(
    (name) => !Object.hasOwn(builtInSignatureMethods, name),
  )
  if (unknown !== undefined) {
    const known = Object.keys(builtInSignatureMethods).join(', ')
    throw new ConfigurationError(`OAUTH1_SUPPORTED_SIGNATURE_METHODS: there is no ${unknown}, only ${known}.`)
  }
  const origin = data.ORIGIN
  const insecureTransport = fromEnv.insecureTransport ?? (origin === undefined && isLoopback(data.HOST))
  return {
    port: data.PORT,
    host: data.HOST,
    origin,
    allowedHosts: data.ALLOWED_HOSTS,
    clientAddressHeader: data.CLIENT_ADDRESS_HEADER,
    database: resolve(data.COUNTERSIGN_DATABASE),
    synchronous: data.COUNTERSIGN_SYNCHRONOUS,
    requestTimeoutSeconds: data.REQUEST_TIMEOUT_SECONDS,
    maxConnections: data.MAX_CONNECTIONS,
    logLevel: data.LOG_LEVEL,
    options: {
      supportedSignatureMethods: defaultMethods,
      ...fromEnv,
      origin,
      insecureTransport,
      distinctErrors: data.COUNTERSIGN_DISTINCT_ERRORS,
    },
  }
}

/** The database that commands use when `--database` does not name one. */
export function databaseFromEnv(env: Readonly<Record<string, string | undefined>>): string {
  return resolve(env['COUNTERSIGN_DATABASE'] || defaultDatabase)
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

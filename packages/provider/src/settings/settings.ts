import { type AuthorizationServerOptions, builtInSignatureMethods, ConfigurationError } from 'countersign'
import { z } from 'zod'
import type { ProviderClient, ProviderToken } from '../database/schema.ts'
import { checks, isLoopback } from './checks.ts'
import { defaultScopes, type Scopes, unknownScope } from './scopes.ts'

/** The options of the library's servers; what the provider itself is made of is not among them. */
export type LibraryOptions = Omit<
  AuthorizationServerOptions<ProviderClient, ProviderToken>,
  'hooks' | 'checkPassword' | 'verifierPage'
>

/** Everything that a provider is set with, checked and complete. */
export interface ProviderSettings {
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
  /**
   * The public scheme and host behind a proxy, and the path below which the whole site is, if it is not the root;
   * undefined where browsers and clients call this process directly.
   */
  readonly origin: string | undefined
  /** Host names besides the address's own that requests may name where no public origin is set. */
  readonly allowedHosts: readonly string[]
  /** The header in which the proxy writes the client's address; undefined where no header is believed. */
  readonly clientAddressHeader: string | undefined
  /** The SQLite file, absolute; or `:memory:`. */
  readonly database: string
  /** SQLite's `synchronous`: what a power cut may take. */
  readonly synchronous: 'full' | 'normal'
  /** How long a whole request may take to arrive. */
  readonly requestTimeoutSeconds: number
  /** Connections that are open at once; further ones are closed. */
  readonly maxConnections: number
  readonly logLevel: z.output<typeof checks.logLevel>
  /** The scopes that clients may ask for. */
  readonly scopes: Scopes
  /**
   * Exchange the names and passwords of users for tokens, for clients whose policy has `xAuth`. Default false.
   *
   * @deprecated Dangerous: such a client sees its users' passwords. For old clients that cannot open a browser. Not really
   * deprecated; your editor marks it so that it stands out.
   */
  readonly xAuth: boolean
  /** What the library's servers are made with. */
  readonly options: LibraryOptions & {
    readonly supportedSignatureMethods: readonly string[]
    readonly insecureTransport: boolean
    readonly distinctErrors: boolean
  }
}

/** The settings as they are given: each may be left out. */
export type SettingsInput = {
  readonly [Name in Exclude<keyof ProviderSettings, 'options'>]?: ProviderSettings[Name] | undefined
} & { readonly options?: LibraryOptions | undefined }

/** Accepted unless the options say otherwise: all but PLAINTEXT, which sends the secret itself. */
const defaultMethods = Object.keys(builtInSignatureMethods).filter((name) => name !== 'PLAINTEXT')

export const defaultDatabase = './data/countersign.sqlite'

const schema = z.strictObject({
  port: checks.port.default(5849),
  host: checks.host.default('127.0.0.1'),
  origin: checks.origin.optional(),
  allowedHosts: checks.allowedHosts.default([]),
  clientAddressHeader: checks.clientAddressHeader.optional(),
  database: checks.database.prefault(defaultDatabase),
  synchronous: checks.synchronous.default('full'),
  requestTimeoutSeconds: checks.requestTimeoutSeconds.default(20),
  maxConnections: checks.maxConnections.default(1024),
  logLevel: checks.logLevel.default('info'),
  scopes: checks.scopes.default(defaultScopes),
  xAuth: checks.xAuth.default(false),
  // The library checks them itself.
  options: z.custom<LibraryOptions>((given) => typeof given === 'object' && given !== null).default({}),
})

/** @throws ConfigurationError that names the setting at fault. */
export function completeSettings(given: SettingsInput): ProviderSettings {
  const { success, data, error } = schema.safeParse(given)
  if (!success) throw settingsError(error)
  const { origin, clientAddressHeader, options } = data
  const methods = unknownMethods(options)
  if (methods !== undefined) throw new ConfigurationError(`supportedSignatureMethods: ${methods}`)
  return {
    ...data,
    origin,
    clientAddressHeader,
    options: {
      ...options,
      supportedSignatureMethods: options.supportedSignatureMethods ?? defaultMethods,
      origin,
      scopes: askable(options.scopes, data.scopes),
      insecureTransport: options.insecureTransport ?? (origin === undefined && isLoopback(data.host)),
      distinctErrors: options.distinctErrors ?? false,
    },
  }
}

/** What clients without a policy of their own may ask for. @throws ConfigurationError for a scope that does not exist. */
function askable(given: LibraryOptions['scopes'] = 'any', scopes: Scopes): readonly string[] {
  const known = Object.keys(scopes)
  if (given === 'any') return known
  const unknown = unknownScope(given, scopes)
  if (unknown === undefined) return given
  throw new ConfigurationError(
    `OAUTH1_SCOPES: there is no scope ${unknown}, only ${known.join(', ') || 'none'}; SCOPES says which there are.`,
  )
}

/** Which of the signature methods there is not, and which there are; undefined where all are known. */
export function unknownMethods({
  supportedSignatureMethods = [],
  signatureMethods = {},
}: LibraryOptions): string | undefined {
  const known = Object.keys({ ...builtInSignatureMethods, ...signatureMethods })
  const unknown = supportedSignatureMethods.find((name) => !known.includes(name))
  return unknown === undefined ? undefined : `there is no ${unknown}, only ${known.join(', ')}.`
}

/** One line for each fault, with the name of what was set. */
export function settingsError({ issues }: z.ZodError): ConfigurationError {
  return new ConfigurationError(
    issues
      .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
      .join('\n'),
  )
}

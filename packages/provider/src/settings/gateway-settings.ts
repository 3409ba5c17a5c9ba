import { z } from 'zod'
import { checks } from './checks.ts'
import type { ProviderSettings, SettingsInput } from './settings.ts'

const seconds = z.number('must be a number of seconds').min(0.1).max(3600)
const headerName = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/i, 'must be the name of a header, such as x-oauth-user')
  .transform((name) => name.toLowerCase())

const upstream = z
  .string()
  .trim()
  .refine(
    isOrigin,
    'must be a scheme and a host, such as http://127.0.0.1:9000, without a path: requests keep theirs',
  )
  .transform((given) => new URL(given).origin)

const credentialsFile = z
  .string()
  .regex(
    /\.(?:csv|tsv|json|jsonl|ndjson)$/i,
    'must be files that end in .csv, .json or .jsonl, separated by commas',
  )

const publicOrigin = checks.origin.refine(
  (given) => new URL(given).pathname === '/',
  'must be a scheme and a host, such as https://api.example.com, without a path: requests keep theirs',
)

/** The gateway's own settings; it shares the others with the provider. */
export const gatewayChecks = z
  .strictObject({
    /** The API behind it; undefined for a gateway that only responds to proxies and forwards nothing. */
    upstream: upstream.optional(),
    /** The JSON file with the requirements of each route; undefined if all requests must be signed. */
    routesFile: z.string().min(1).optional(),
    /** The files of accepted clients and tokens; undefined if they come from a provider's database. */
    credentialsFiles: z.array(credentialsFile).min(1, 'must name a file').optional(),
    /** 0 for a free one. */
    port: checks.port.default(5850),
    host: checks.host.default('127.0.0.1'),
    /** The public scheme and host behind a proxy. */
    origin: publicOrigin.optional(),
    /** Where metrics, health and keys are served: never on the public address. */
    adminPort: checks.port.default(5851),
    adminHost: checks.host.default('127.0.0.1'),
    userHeader: headerName.default('x-oauth-user'),
    clientHeader: headerName.default('x-oauth-client'),
    scopeHeader: headerName.default('x-oauth-scope'),
    assertionHeader: headerName.default('x-oauth-assertion'),
    assertionAlgorithm: z.enum(['ES256', 'RS256']).default('ES256'),
    /** A private key as PEM or JWK; undefined if the gateway generates and rotates its own. */
    assertionKeyFile: z.string().min(1).optional(),
    /** The audience of assertions; undefined for the upstream's address. */
    assertionAudience: z.string().min(1).max(1000).optional(),
    /** Whether proxies send the request's body for the check. */
    verifyBodies: z.boolean().default(false),
    /** Whether the upstream also gets the OAuth `Authorization` header. */
    keepAuthorization: z.boolean().default(false),
    /** Whether the upstream gets the client's `Host` instead of its own. */
    keepHost: z.boolean().default(false),
    connectTimeoutSeconds: seconds.default(5),
    /** How long the upstream may take to begin its response. */
    responseTimeoutSeconds: seconds.default(60),
    /** How long a body, an event stream or a WebSocket may be silent. */
    idleTimeoutSeconds: seconds.default(300),
    /** The most open connections to the upstream. */
    upstreamConnections: z.number('must be a number of connections').int().min(1).max(100_000).default(256),
  })
  .superRefine((given, context) => {
    const own = [hostAndPort(given.host, given.port), hostAndPort(given.adminHost, given.adminPort)]
    if (given.port !== 0 && own[0] === own[1]) context.addIssue('port and adminPort must differ')
    if (given.upstream !== undefined && own.includes(new URL(given.upstream).host))
      context.addIssue('upstream must be the address of the API, not of the gateway itself')
    const names = [given.userHeader, given.clientHeader, given.scopeHeader, given.assertionHeader]
    if (new Set(names).size === names.length) return
    context.addIssue('the headers for user, client, scope and assertion must have different names')
  })

/** The gateway's settings, checked and complete. */
export type GatewaySettings = z.output<typeof gatewayChecks>

const { shape } = gatewayChecks
const switchedOn = z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1')
const paths = z.string().transform((given) =>
  given
    .split(',')
    .map((path) => path.trim())
    .filter(Boolean),
)
const number = (what: string) => z.coerce.number(`must be a ${what}`)

/** The environment variables: the setting of each, how to parse it, and its effective value. */
const names = {
  GATEWAY_UPSTREAM: ['upstream', shape.upstream],
  GATEWAY_ROUTES_FILE: ['routesFile', shape.routesFile],
  GATEWAY_CREDENTIALS: ['credentialsFiles', paths.pipe(shape.credentialsFiles.unwrap()).optional()],
  GATEWAY_PORT: ['port', number('port number').pipe(checks.port).optional()],
  GATEWAY_HOST: ['host', checks.host.optional()],
  GATEWAY_PUBLIC_URL: ['origin', publicOrigin.optional()],
  GATEWAY_ADMIN_PORT: ['adminPort', number('port number').pipe(checks.port).optional()],
  GATEWAY_ADMIN_HOST: ['adminHost', checks.host.optional()],
  GATEWAY_USER_HEADER: ['userHeader', headerName.optional()],
  GATEWAY_CLIENT_HEADER: ['clientHeader', headerName.optional()],
  GATEWAY_SCOPE_HEADER: ['scopeHeader', headerName.optional()],
  GATEWAY_ASSERTION_HEADER: ['assertionHeader', headerName.optional()],
  GATEWAY_ASSERTION_ALGORITHM: ['assertionAlgorithm', shape.assertionAlgorithm.unwrap().optional()],
  GATEWAY_ASSERTION_KEY_FILE: ['assertionKeyFile', shape.assertionKeyFile],
  GATEWAY_ASSERTION_AUDIENCE: ['assertionAudience', shape.assertionAudience],
  GATEWAY_VERIFY_BODIES: ['verifyBodies', switchedOn.optional()],
  GATEWAY_KEEP_AUTHORIZATION: ['keepAuthorization', switchedOn.optional()],
  GATEWAY_KEEP_HOST: ['keepHost', switchedOn.optional()],
  GATEWAY_CONNECT_TIMEOUT_SECONDS: [
    'connectTimeoutSeconds',
    number('number of seconds').pipe(seconds).optional(),
  ],
  GATEWAY_RESPONSE_TIMEOUT_SECONDS: [
    'responseTimeoutSeconds',
    number('number of seconds').pipe(seconds).optional(),
  ],
  GATEWAY_IDLE_TIMEOUT_SECONDS: ['idleTimeoutSeconds', number('number of seconds').pipe(seconds).optional()],
  GATEWAY_UPSTREAM_CONNECTIONS: [
    'upstreamConnections',
    number('number of connections').pipe(shape.upstreamConnections.unwrap()).optional(),
  ],
} as const satisfies Readonly<Record<string, readonly [name: keyof GatewaySettings, check: z.ZodType]>>

type Name = keyof typeof names

/** How to parse the environment variables. */
export const gatewayVariables = Object.fromEntries(
  Object.entries(names).map(([name, [, check]]) => [name, check]),
) as { readonly [N in Name]: (typeof names)[N][1] }

/** The settings from the environment's values. */
export function gatewayOf(data: Readonly<Partial<Record<Name, unknown>>>): z.input<typeof gatewayChecks> {
  const given = Object.entries(names).flatMap(([name, [setting]]) => {
    const value = data[name as Name]
    return value === undefined ? [] : [[setting, value]]
  })
  return Object.fromEntries(given)
}

/** The effective value of each name. */
export const gatewayValues: Readonly<Record<string, (settings: ProviderSettings) => unknown>> =
  Object.fromEntries(
    Object.entries(names).map(([name, [setting]]) => [name, ({ gateway }) => gateway[setting]]),
  )

/**
 * The settings of a process that is a gateway: it can share a settings file with the provider, so it has its own
 * addresses. It speaks plain HTTP, behind a proxy that speaks TLS.
 */
export function atGateway(given: SettingsInput): SettingsInput {
  const { success, data } = gatewayChecks.safeParse(given.gateway ?? {})
  // The check of all settings reports any fault.
  if (!success) return given
  const { port, host, origin, adminPort, adminHost } = data
  const own = { port, host, origin, metricsPort: adminPort, metricsHost: adminHost }
  return { ...given, ...own, tlsCertificateFile: undefined, tlsKeyFile: undefined }
}

function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function isOrigin(given: string): boolean {
  if (!URL.canParse(given)) return false
  const { protocol, pathname, search, hash, username, password } = new URL(given)
  return /^https?:$/.test(protocol) && pathname === '/' && `${search}${hash}${username}${password}` === ''
}

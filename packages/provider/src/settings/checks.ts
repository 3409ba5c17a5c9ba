import { isIP } from 'node:net'
import { z } from 'zod'
import { databaseAddress } from './database-address.ts'
import { readLogoFile } from './logo-file.ts'
import { publicOrigin } from './public-origin.ts'
import { scopeName } from './scopes.ts'
import { proxyFault } from './trusted-proxies.ts'

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** Whole numbers; 0 disables the limit. */
const rateLimit = z.number('must be a number of times, or 0 for no limit').int().min(0).max(1_000_000_000)
/** Plain http is allowed only on this machine. */
export function isProtected(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')))
}

/** No name and password before the host: others see the address, and `fetch` refuses it. */
export function hasNoUser(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { username, password } = new URL(address)
  return username === '' && password === ''
}

export const userFault = 'must hold no user information before "@"'

/** A link target on a page: never `javascript:` or the like. */
function webAddress(example: string, protocol = /^https?$/) {
  return z
    .url({ protocol, error: `must be an address such as ${example}`, abort: true })
    .refine(hasNoUser, userFault)
}

const hostName = z
  .string()
  .regex(/^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/, 'must be host names, such as provider.internal')

/** The rules for each setting, wherever it comes from. */
export const checks = {
  port: z.number('must be a port number').int().min(0).max(65_535),
  host: z.string().min(1),
  origin: z.string().transform((given, context) => {
    const { origin, fault } = publicOrigin(given)
    if (origin !== undefined) return origin
    const message = `must be a scheme and a host, such as https://oauth.example.com, and perhaps a path such as /oauth-server; in ${JSON.stringify(given.slice(0, 200))} ${fault}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }),
  allowedHosts: z.array(hostName),
  // Not Forwarded (RFC 7239), whose elements are more than an address.
  clientAddressHeader: z
    .string()
    .regex(
      /^(?!forwarded$)[a-z0-9_-]+$/i,
      'must be the name of a header that holds bare addresses, such as x-forwarded-for',
    ),
  database: z
    .string()
    .min(1)
    .transform((given, context) => {
      const { database, fault } = databaseAddress(given)
      if (database !== undefined) return database
      context.addIssue({ code: 'custom', message: String(fault) })
      return z.NEVER
    }),
  databasePool: z.number('must be a number of connections').int().min(1).max(1_000),
  migrateAtStart: z.boolean(),
  synchronous: z.enum(['full', 'normal']),
  requestTimeoutSeconds: z.number('must be a number of seconds').min(1).max(3600),
  shutdownSeconds: z.number('must be a number of seconds').min(0).max(3600),
  maxConnections: z.number('must be a number of connections').int().min(1).max(1_000_000),
  scopes: z
    .record(
      z.string().regex(scopeName, 'must be names without spaces, such as photos:read'),
      z.string().min(1, 'has no sentence: write what it allows an application to do').max(200),
    )
    .refine((given) => Object.keys(given).length <= 100, 'must be at most 100'),
  xAuth: z.boolean(),
  redisUrl: z
    .string()
    .refine(
      (address) => /^rediss?:\/\/\S+$/.test(address) && URL.canParse(address),
      'must be the address of a Redis server, such as redis://127.0.0.1:6379',
    ),
  redisPrefix: z
    .string()
    .regex(/^[\x21-\x7e]{0,100}$/, 'must be at most 100 ASCII characters without spaces, such as album:'),
  rateLimits: z.strictObject({
    oauthPerAddress: rateLimit.default(6_000),
    oauthPerClient: rateLimit.default(6_000),
    signIn: rateLimit.default(100),
    signUp: rateLimit.default(200),
  }),
  credentialCacheSeconds: z.number('must be a number of seconds').min(0).max(3600),
  trustedProxies: z.array(
    z.string().superRefine((entry, context) => {
      const message = proxyFault(entry)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    }),
  ),
  tlsFile: z.string().min(1),
  sealingKeys: z
    .array(
      z
        .string()
        .regex(
          /^[A-Za-z0-9+/_-]{43}=?$/,
          'must be 32 random octets in base64, as openssl rand -base64 32 prints them',
        ),
    )
    .min(1, 'contains no key; make one with openssl rand -base64 32')
    .refine((keys) => new Set(keys).size === keys.length, 'has a key twice'),
  sessionLifetimeSeconds: z
    .number('must be a number of seconds')
    .int()
    .min(60)
    .max(365 * 24 * 3600),
  registration: z.enum(['open', 'invited', 'closed']),
  clientRegistration: z.enum(['open', 'approved', 'closed']),
  ownAccounts: z.boolean(),
  oidc: z.strictObject({
    issuer: z
      .url({
        error: 'must be the address of an identity provider, such as https://login.example.com',
        abort: true,
      })
      .refine(hasNoUser, userFault)
      .refine(isProtected, 'must begin with https://: over plain http, anyone on the network could sign in'),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
    name: z.string().min(1).max(60).optional(),
  }),
  brand: z.strictObject({
    name: z.string().min(1).max(60).default('Countersign'),
    logoFile: z
      .string()
      .min(1)
      .superRefine((path, context) => {
        const logo = readLogoFile(path)
        if ('fault' in logo) context.addIssue(`${path} ${logo.fault}`)
      })
      .optional(),
    color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #3355aa')
      .optional(),
    supportUrl: webAddress(
      'https://example.com/help or mailto:help@example.com',
      /^(?:https?|mailto)$/,
    ).optional(),
    termsUrl: webAddress('https://example.com/terms').optional(),
    privacyUrl: webAddress('https://example.com/privacy').optional(),
  }),
  auditDays: z.number('must be a number of days').int().min(1).max(3650),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
} as const

import { isLoopback } from './checks.ts'
import { inMemory, isServer } from './database-address.ts'
import { unknownScope } from './scopes.ts'
import type { ProviderSettings } from './settings.ts'
import { isWideNetwork } from './trusted-proxies.ts'

type Warning = readonly [applies: (settings: ProviderSettings) => boolean, text: string]

const isPublicAddress = (host: string) => !isLoopback(host)

/** Settings that are valid on their own but rarely intended together. */
const warnings: readonly Warning[] = [
  [
    ({ origin }) => origin?.startsWith('http:') === true && !isLoopback(new URL(origin).hostname),
    'PUBLIC_URL is not https: passwords, cookies and tokens travel in the clear. Put a proxy with TLS in front, or set TLS_CERTIFICATE_FILE and TLS_KEY_FILE.',
  ],
  [
    ({ origin, host }) => origin === undefined && isPublicAddress(host),
    'PUBLIC_URL is not set, but HOST can be reached from other machines: signatures are checked against the host that each request names. Set PUBLIC_URL to the public https address.',
  ],
  [
    (settings) => isBehindProxy(settings) && settings.clientAddressHeader === undefined,
    'PUBLIC_URL is set without CLIENT_ADDRESS_HEADER: visitors cannot be told apart: no limit per address applies, and sign-ups are limited for all of them together. Set it to the header in which your proxy writes their address, such as x-forwarded-for.',
  ],
  [
    ({ clientAddressHeader, trustedProxies, host }) =>
      clientAddressHeader !== undefined && trustedProxies.length === 0 && isPublicAddress(host),
    'CLIENT_ADDRESS_HEADER is trusted from anyone who connects, because TRUSTED_PROXIES is not set. Set TRUSTED_PROXIES to the addresses of your proxies.',
  ],
  [
    ({ clientAddressHeader, trustedProxies }) =>
      clientAddressHeader === undefined && trustedProxies.length > 0,
    'TRUSTED_PROXIES is set without CLIENT_ADDRESS_HEADER: requests through a proxy have no address. Set it to the header in which your proxies write it, such as x-forwarded-for.',
  ],
  [
    ({ trustedProxies }) => trustedProxies.some(isWideNetwork),
    'TRUSTED_PROXIES covers a large part of the internet: anyone in it can write any address into CLIENT_ADDRESS_HEADER. Name only the addresses of your proxies.',
  ],
  [
    ({ database }) => isServerInTheClear(database),
    'DATABASE_URL names a remote server without TLS: passwords and tokens travel in the clear. Add ?sslmode=verify-full, with &sslrootcert=FILE if the certificate authority is your own.',
  ],
  [
    ({ redisUrl }) => redisUrl?.startsWith('redis:') === true && !isLoopback(hostOf(redisUrl)),
    'REDIS_URL names a remote server without TLS: its password travels in the clear. Write rediss:// if the server speaks TLS.',
  ],
  [
    ({ registration, oidc }) => registration === 'closed' && oidc === undefined,
    'REGISTRATION is closed and no identity provider is set: only users added by an operator can sign in. Add them with "countersign user add", or set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.',
  ],
  [
    ({ metricsPort, metricsHost }) => metricsPort !== undefined && isPublicAddress(metricsHost),
    'METRICS_HOST can be reached from other machines: metrics name your clients and show their activity. Let only Prometheus reach that port.',
  ],
  [
    ({ sealingKeys, database }) => sealingKeys === undefined && database !== inMemory,
    'SEALING_KEYS is not set: secrets and tokens are stored in plain text in the database and its backups. Make a key with "openssl rand -base64 32".',
  ],
  [
    ({ database, redisUrl }) => isServer(database) && redisUrl === undefined,
    'REDIS_URL is not set: each process counts limits separately. Set it if more than one process runs.',
  ],
  [
    ({ database }) => database === inMemory,
    'DATABASE_URL is :memory: all data is lost when this process ends.',
  ],
  [
    ({ options, origin, host }) =>
      options.insecureTransport &&
      (origin?.startsWith('http:') !== true || isPublicAddress(host)) &&
      !(origin === undefined && isLoopback(host)),
    'OAUTH1_INSECURE_TRANSPORT is on: plain HTTP is accepted even for requests that carry secrets.',
  ],
  [
    ({ options }) => options.distinctErrors,
    'COUNTERSIGN_DISTINCT_ERRORS is on: strangers can find out which clients and tokens exist. It is for development.',
  ],
  [
    ({ oauth2, scopes, gateway }) =>
      gateway.credentialsFiles === undefined &&
      unknownScope(Object.values(oauth2?.scopes ?? {}).flat(), scopes) !== undefined,
    'OAUTH2_SCOPES names a scope on the right that SCOPES does not have: no request needs it.',
  ],
  [
    ({ xAuth }) => xAuth,
    'COUNTERSIGN_X_AUTH is on: clients whose policy has xAuth see the passwords of their users.',
  ],
]

function isBehindProxy({ origin, tlsCertificateFile }: ProviderSettings): boolean {
  return origin !== undefined && tlsCertificateFile === undefined
}

/** A server that is reached over a network, without TLS settings. */
function isServerInTheClear(database: string): boolean {
  if (!isServer(database)) return false
  const { searchParams } = new URL(database)
  const mode = searchParams.get('sslmode') ?? (searchParams.has('sslrootcert') ? 'verify-full' : 'disable')
  return mode === 'disable' && !searchParams.has('socket') && !isLoopback(hostOf(database))
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '') || 'localhost'
}

/** One or two sentences for each: the consequence, and what to write. */
export function settingWarnings(settings: ProviderSettings): string[] {
  return warnings.filter(([applies]) => applies(settings)).map(([, text]) => text)
}

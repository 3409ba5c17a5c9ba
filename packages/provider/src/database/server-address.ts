import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { ConfigurationError } from 'countersign'

/** A database server's address and credentials, from the URL in the settings. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
  /** A local socket, instead of host and port. */
  readonly socket: string | undefined
  readonly user: string
  readonly password: string | undefined
  readonly database: string
  readonly tls: ServerTls | undefined
}

/** PEM texts, and how the server's certificate is checked. */
export interface ServerTls {
  readonly checks: 'nothing' | 'authority' | 'authority and host'
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** @throws ConfigurationError when a file of the TLS settings cannot be read. */
export function serverAddressOf(database: string, usualPort: number): ServerAddress {
  const { hostname, port, username, password, pathname, searchParams } = new URL(database)
  const host = hostname.replace(/^\[|\]$/g, '') || 'localhost'
  return {
    host,
    port: port === '' ? usualPort : Number(port),
    socket: searchParams.get('socket') ?? undefined,
    user: decoded(username) || userInfo().username,
    password: decoded(password) || undefined,
    database: decoded(pathname.slice(1)),
    tls: tlsOf(searchParams),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ConfigurationError('DATABASE_URL: write a % in a user name, password or name as %25.')
  }
}

function tlsOf(given: URLSearchParams): ServerTls | undefined {
  const authority = fileOf(given, 'sslrootcert')
  // As in libpq: a certificate authority that is named is meant to be checked.
  const mode = given.get('sslmode') ?? (authority === undefined ? 'disable' : 'verify-full')
  if (mode === 'disable') return undefined
  const certificate = fileOf(given, 'sslcert')
  const key = fileOf(given, 'sslkey')
  return {
    checks: checksOf(mode, authority !== undefined),
    ...(authority !== undefined && { ca: authority }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
  }
}

function checksOf(mode: string, hasAuthority: boolean): ServerTls['checks'] {
  if (mode === 'verify-full') return 'authority and host'
  // As in libpq, `require` with a certificate authority is `verify-ca`.
  return mode === 'verify-ca' || hasAuthority ? 'authority' : 'nothing'
}

function fileOf(given: URLSearchParams, name: string): string | undefined {
  const file = given.get(name)
  if (file === null) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ConfigurationError(`DATABASE_URL: ${name} names ${file}, which cannot be read.`, { cause })
  }
}

import { resolve } from 'node:path'

/** A database that exists only as long as its process. */
export const inMemory = ':memory:'

export type DatabaseKind = 'sqlite' | 'postgres' | 'mysql'

const schemes: Readonly<Record<string, DatabaseKind>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
}

/** The kind of a database, by the scheme of its URL; anything else is a SQLite file. */
export function databaseKind(database: string): DatabaseKind {
  const scheme = /^([a-z]+:)\/\//i.exec(database)?.[1]?.toLowerCase() ?? ''
  return schemes[scheme] ?? 'sqlite'
}

/** Whether a database is on a server, and not in a file. */
export function isServer(database: string): boolean {
  return databaseKind(database) !== 'sqlite'
}

const forms =
  'a file such as ./data/countersign.sqlite, sqlite:FILE, postgres://USER:PASSWORD@HOST/DATABASE or mysql://USER:PASSWORD@HOST/DATABASE'

/**
 * The usual form of a database's address: an absolute file, `:memory:`, or the URL of a server; or its fault, which
 * never quotes it, because it may contain a password.
 */
export function databaseAddress(given: string): {
  readonly database?: string | undefined
  readonly fault?: string | undefined
} {
  const text = given.trim()
  if (text === inMemory || /^sqlite:(?:\/\/)?:memory:$/i.test(text)) return { database: inMemory }
  if (databaseKind(text) !== 'sqlite') return serverAddress(text)
  if (/^sqlite:/i.test(text)) return fileAddress(text.replace(/^sqlite:/i, ''))
  // A single letter is a Windows drive.
  const scheme = /^[a-z][a-z0-9+.-]+:/i.exec(text)?.[0]
  if (scheme === undefined) return { database: resolve(text) }
  return { fault: `must be ${forms}; there is no ${scheme.slice(0, 20)} among them` }
}

/** `sqlite:data/a.sqlite`, `sqlite:/var/lib/a.sqlite`, and `sqlite:///var/lib/a.sqlite`, as URLs are written. */
function fileAddress(rest: string) {
  const file = rest.replace(/^\/\/(?=\/)/, '')
  if (file === '') return { fault: `does not name a file; it must be ${forms}` }
  if (file.startsWith('//'))
    return { fault: 'must be sqlite:FILE: sqlite:// would be followed by a host, and a file has none' }
  return { database: resolve(file) }
}

function serverAddress(text: string) {
  if (!URL.canParse(text)) {
    return {
      fault:
        'cannot be read as a URL: write / ? # @ : and % in a user name or password as %2F %3F %23 %40 %3A and %25',
    }
  }
  const url = new URL(text)
  const isSocket = url.searchParams.has('socket')
  if (url.hostname === '' && !isSocket)
    return { fault: 'names no host, as in postgres://HOST/DATABASE, and no ?socket=PATH' }
  if (!/^\/[^/]+$/.test(url.pathname))
    return { fault: 'names no database: write its name after the host, as in postgres://HOST/DATABASE' }
  const unknown = [...url.searchParams.keys()].find((name) => !parameterNames.includes(name))
  if (unknown !== undefined)
    return { fault: `has the parameter ${unknown.slice(0, 40)}; there are only ${parameterNames.join(', ')}` }
  const mode = url.searchParams.get('sslmode')
  if (mode !== null && !tlsModes.includes(mode))
    return { fault: `has an sslmode that is not one of ${tlsModes.join(', ')}` }
  const isInTheClear = mode === 'disable' || (mode === null && !url.searchParams.has('sslrootcert'))
  const ignored = ['sslcert', 'sslkey'].find((name) => isInTheClear && url.searchParams.has(name))
  if (ignored !== undefined)
    return { fault: `has ${ignored}, which needs TLS. Add sslmode=verify-full, or sslrootcert=FILE` }
  return { database: text }
}

/** The parameters that a server's URL may have after `?`. */
const parameterNames = ['socket', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey']
/** With libpq's names: no TLS; any certificate; one from a known authority; and for exactly this host. */
const tlsModes = ['disable', 'require', 'verify-ca', 'verify-full']

/** The address as it may be printed: without a password. */
export function shownDatabase(database: string): string {
  if (databaseKind(database) === 'sqlite') return database
  const url = new URL(database)
  if (url.password !== '') url.password = '***'
  return url.href
}

import { resolve } from 'node:path'

/** A database that is gone when its process ends. */
export const inMemory = ':memory:'

export type DatabaseKind = 'sqlite' | 'postgres' | 'mysql'

const schemes: Readonly<Record<string, DatabaseKind>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
}

/** Which program keeps a database: the scheme of its URL says so, and everything else is SQLite's. */
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
 * The usual form of a database's address: an absolute file, `:memory:`, or the URL of a server; or its fault, in words
 * that never repeat it, because it may hold a password.
 */
export function databaseAddress(given: string): {
  readonly database?: string | undefined
  readonly fault?: string | undefined
} {
  const text = given.trim()
  if (text === inMemory || /^sqlite:(?:\/\/)?:memory:$/i.test(text)) return { database: inMemory }
  if (databaseKind(text) !== 'sqlite') return serverAddress(text)
  if (/^sqlite:/i.test(text)) return fileAddress(text.replace(/^sqlite:/i, ''))
  // One letter is a drive of Windows.
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
  return { database: text }
}

/** What the URL of a server may say after `?`. */
const parameterNames = ['socket', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey']
/** As libpq names them: no TLS; any certificate; one of a known authority; and for this very host. */
const tlsModes = ['disable', 'require', 'verify-ca', 'verify-full']

/** The address as it may be printed: without a password. */
export function shownDatabase(database: string): string {
  if (databaseKind(database) === 'sqlite') return database
  const url = new URL(database)
  if (url.password !== '') url.password = '***'
  return url.href
}

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The servers that tests run against where they are there: an address from the environment, or the usual one. */
export const services = {
  postgres: { url: process.env['PG_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test' },
  mariadb: { url: process.env['MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test' },
  redis: { url: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379' },
} as const

/** The programs that tests drive. Debian's own Python: another one on the path has not Debian's modules. */
export const programs = {
  python: process.env['PYTHON'] ?? '/usr/bin/python3',
  ruby: process.env['RUBY'] ?? 'ruby',
  perl: process.env['PERL'] ?? 'perl',
  php: process.env['PHP'] ?? 'php',
  tcl: process.env['TCLSH'] ?? 'tclsh',
  pike: process.env['PIKE'] ?? 'pike8.0',
  chromium: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
} as const

/** Something that tests use where it is there. */
interface Service {
  readonly what: string
  /** How to get it. */
  readonly get: string
  /** Why it cannot be used; undefined where it can. */
  readonly fault: () => string | undefined | Promise<string | undefined>
}

const { python, ruby, perl, php, tcl, pike, chromium } = programs
const { postgres, mariadb, redis } = services
const serviceClients = join(import.meta.dirname, '../../../test/clients/services/node_modules/nsrestlet')
const table = {
  postgres: {
    what: `PostgreSQL at ${withoutPassword(postgres.url)}`,
    get: "install Debian's postgresql and start it, or set PG_URL to one where the user may create databases",
    fault: () => reach('postgres', postgres.url),
  },
  mariadb: {
    what: `MariaDB at ${withoutPassword(mariadb.url)}`,
    get: "install Debian's mariadb-server and start it, or set MYSQL_URL to one where the user may create databases",
    fault: () => reach('mariadb', mariadb.url),
  },
  'postgres-client': {
    what: 'pg_dump and psql',
    get: "install Debian's postgresql-client",
    fault: () => runs('pg_dump', '--version') ?? runs('psql', '--version'),
  },
  'mariadb-client': {
    what: 'mariadb-dump and mariadb',
    get: "install Debian's mariadb-client",
    fault: () => runs('mariadb-dump', '--version') ?? runs('mariadb', '--version'),
  },
  redis: {
    what: `Redis at ${withoutPassword(redis.url)}`,
    get: "install Debian's redis-server and start it, or set REDIS_URL",
    fault: () => reach('redis', redis.url),
  },
  'redis-server': {
    what: 'redis-server and redis-cli',
    get: "install Debian's redis-server",
    fault: () => runs('redis-server', '--version') ?? runs('redis-cli', '--version'),
  },
  memcached: {
    what: 'memcached',
    get: "install Debian's memcached",
    fault: () => runs('memcached', '--version'),
  },
  curl: {
    what: 'curl and bash',
    get: "install Debian's curl and bash",
    fault: () => runs('curl', '--version') ?? runs('bash', '--version'),
  },
  chromium: {
    what: `Chromium as ${chromium}`,
    get: "install Debian's chromium, or set CHROMIUM",
    fault: () => runs(chromium, '--version'),
  },
  authlib: {
    what: `Authlib in ${python}`,
    get: "install Debian's python3-authlib, python3-flask and python3-sqlalchemy, or set PYTHON",
    fault: () => runs(python, '-c', 'import authlib, flask, sqlalchemy'),
  },
  python: {
    what: `Python as ${python}`,
    get: "install Debian's python3, or set PYTHON",
    fault: () => runs(python, '--version'),
  },
  oauthlib: {
    what: `oauthlib in ${python}`,
    get: "install Debian's python3-oauthlib, python3-jwt and python3-cryptography, or set PYTHON",
    fault: () => runs(python, '-c', 'import oauthlib.oauth1, jwt, cryptography'),
  },
  'oauthlib-flask': {
    what: `oauthlib and Flask in ${python}`,
    get: "install Debian's python3-oauthlib, python3-jwt, python3-cryptography and python3-flask, or set PYTHON",
    fault: () => runs(python, '-c', 'import oauthlib.oauth1, jwt, cryptography, flask'),
  },
  nginx: {
    what: 'nginx',
    get: "install Debian's nginx-light",
    fault: () => runs('nginx', '-v'),
  },
  shell: {
    what: 'a POSIX shell',
    get: 'run the tests on another system than Windows',
    fault: () => (process.platform === 'win32' ? 'Windows has none' : runs('sh', '-c', 'exit 0')),
  },
  sqlite3: {
    what: 'sqlite3',
    get: "install Debian's sqlite3",
    fault: () => runs('sqlite3', '--version'),
  },
  caddy: {
    what: 'caddy',
    get: "install Debian's caddy",
    fault: () => runs('caddy', 'version'),
  },
  systemd: {
    what: 'systemd-analyze',
    get: "install Debian's systemd",
    fault: () => runs('systemd-analyze', '--version'),
  },
  openssl: {
    what: 'openssl',
    get: "install Debian's openssl",
    fault: () => runs('openssl', 'version'),
  },
  'service-clients': {
    what: "npm's clients of services",
    get: 'run npm ci --ignore-scripts --prefix test/clients/services',
    fault: () => (existsSync(serviceClients) ? undefined : 'they are not installed'),
  },
  'python-service-clients': {
    what: `the Python clients of services in ${python}`,
    get: "install Debian's python3-mwoauth, python3-discogs-client, python3-jira, python3-tweepy and python3-requests-oauthlib, or set PYTHON",
    fault: () => runs(python, '-c', 'import mwoauth, discogs_client, jira, tweepy, requests_oauthlib'),
  },
  'requests-oauthlib': {
    what: `requests-oauthlib in ${python}`,
    get: "install Debian's python3-requests-oauthlib, or set PYTHON",
    fault: () => runs(python, '-c', 'import requests_oauthlib'),
  },
  'ruby-oauth': {
    what: `the gem oauth in ${ruby}`,
    get: "install Debian's ruby-oauth, or set RUBY",
    fault: () => runs(ruby, '-roauth', '-e', '1'),
  },
  signet: {
    what: `the gem signet in ${ruby}`,
    get: "install Debian's ruby-signet, or set RUBY",
    fault: () => runs(ruby, '-rsignet/oauth_1/client', '-e', '1'),
  },
  'authlib-httpx': {
    what: `Authlib and httpx in ${python}`,
    get: "install Debian's python3-authlib and python3-httpx, or set PYTHON",
    fault: () => runs(python, '-c', 'import authlib.integrations.httpx_client'),
  },
  'perl-oauth': {
    what: `LWP::Authen::OAuth, Net::OAuth and WWW::OAuth in ${perl}`,
    get: "install Debian's liblwp-authen-oauth-perl, libnet-oauth-perl and libwww-oauth-perl, or set PERL",
    fault: () => runs(perl, '-MLWP::Authen::OAuth', '-MNet::OAuth', '-MWWW::OAuth', '-e', '1'),
  },
  'php-oauth': {
    what: `the extension oauth in ${php}`,
    get: "install Debian's php-cli and php-oauth, or set PHP",
    fault: () => runs(php, '-r', "exit(class_exists('OAuth') ? 0 : 1);"),
  },
  'tcl-oauth': {
    what: `tcllib's oauth in ${tcl}`,
    get: "install Debian's tcllib and tcl-tls, or set TCLSH",
    fault: () => obeys(tcl, 'if {[catch {package require oauth}]} {exit 1}'),
  },
  'pike-oauth': {
    what: `Web.Auth.OAuth in ${pike}`,
    get: "install Debian's pike8.0-core, or set PIKE",
    fault: () => runs(pike, '-e', 'Web.Auth.OAuth.Params(); return 0;'),
  },
} as const satisfies Record<string, Service>

export type ServiceName = keyof typeof table
const known = new Map<ServiceName, Promise<boolean>>()

/**
 * Whether a test file has what it needs. Where it has not, one skipped test stands for the omitted ones, and the end of
 * the run says how to get it.
 *
 * @throws Error when it is absent and `COUNTERSIGN_REQUIRE_SERVICES=1` forbids leaving anything out.
 * @example
 * ```ts
 * if (await available('redis')) describeStore({ … })
 * ```
 */
export function available(name: ServiceName): Promise<boolean> {
  const response = known.get(name) ?? askFor(name)
  known.set(name, response)
  return response
}

/** As `available`, for code that is no test file. */
export async function present(name: ServiceName): Promise<boolean> {
  return (await absence(name)) === undefined
}

async function askFor(name: ServiceName): Promise<boolean> {
  const line = await absence(name)
  if (line === undefined) return true
  const { it } = await import('vitest')
  // Counted as skipped, so that a run without the service says so; `.ci/run` forbids any.
  it.skip(`left out: it needs ${table[name].what}`, () => {})
  const folder = absentFolder()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), line)
  return false
}

/** The missing service, why, and how to get it; undefined where it is there. */
async function absence(name: ServiceName): Promise<string | undefined> {
  const { what, get, fault } = table[name]
  const reason = await fault()
  if (reason === undefined) return undefined
  const line = `${what} (${reason}): ${get}`
  if (process.env['COUNTERSIGN_REQUIRE_SERVICES'] === '1') throw new Error(`Tests need ${line}.`)
  return line
}

/** What the whole run left out, for its end; empty where everything was there. */
export function leftOut(): string {
  const folder = absentFolder()
  if (!existsSync(folder)) return ''
  const lines = readdirSync(folder).map((name) => `  ${readFileSync(join(folder, name), 'utf8')}\n`)
  return `\nLeft out, because this machine does not have it:\n${lines.sort().join('')}`
}

/** A name that no other test file or run uses: for databases, tables and key prefixes. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${run()}_${process.pid.toString(36)}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`
}

/** Leftovers of tests carry the name of the run: see leftovers.ts. */
function run(): string {
  return process.env['COUNTERSIGN_TEST_RUN'] ?? process.pid.toString(36)
}

function absentFolder(): string {
  return join(tmpdir(), `countersign_${run()}_absent`)
}

function runs(program: string, ...args: string[]): string | undefined {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0 ? undefined : 'it does not run'
}

/** As `runs`, for a program that takes its commands from standard input alone. */
function obeys(program: string, input: string): string | undefined {
  return spawnSync(program, { input }).status === 0 ? undefined : 'it does not run'
}

/** Only where it is asked for: drivers take their time to load. */
async function reach(server: 'postgres' | 'mariadb' | 'redis', url: string): Promise<string | undefined> {
  const { probes } = await import('./service-probes.ts')
  return probes[server](url).then(
    () => undefined,
    ({ message, code }) => String(message || code).split('\n')[0],
  )
}

function withoutPassword(url: string): string {
  const shown = new URL(url)
  shown.password = ''
  return shown.href
}

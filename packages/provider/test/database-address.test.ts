import { describe, expect, it } from 'vitest'
import { databaseAddress, databaseKind, shownDatabase } from '../src/settings/database-address.ts'
import { settingsFromEnv, storeFromEnv } from '../src/settings/environment.ts'

describe('the address of a database', () => {
  it.each([
    ['./data/a.sqlite', 'sqlite', `${process.cwd()}/data/a.sqlite`],
    [' sqlite:a.sqlite ', 'sqlite', `${process.cwd()}/a.sqlite`],
    ['sqlite:/var/a.sqlite', 'sqlite', '/var/a.sqlite'],
    ['sqlite:///var/a.sqlite', 'sqlite', '/var/a.sqlite'],
    [':memory:', 'sqlite', ':memory:'],
    ['sqlite::memory:', 'sqlite', ':memory:'],
    ['postgres://u:p@h/d', 'postgres', 'postgres://u:p@h/d'],
    [
      'PostgreSQL://u@h:5433/d?sslmode=verify-full',
      'postgres',
      'PostgreSQL://u@h:5433/d?sslmode=verify-full',
    ],
    ['postgres:///d?socket=/run', 'postgres', 'postgres:///d?socket=/run'],
    ['mysql://u@[::1]/d', 'mysql', 'mysql://u@[::1]/d'],
    ['mariadb://u@h/d', 'mysql', 'mariadb://u@h/d'],
  ])('%s is one of %s', (given, kind, database) => {
    expect(databaseAddress(given)).toEqual({ database })
    expect(databaseKind(database)).toBe(kind)
  })

  it.each([
    ['redis://u:hidden@h/d', 'there is no redis: among them'],
    ['postgres://u:hidden', 'cannot be read as a URL'],
    ['postgres://u:hidden@h/', 'names no database'],
    ['postgres://u:hid/den@h/d', 'cannot be read as a URL'],
    ['mysql:///d', 'names no host'],
    ['sqlite://hidden/a', 'a file has none'],
    ['sqlite:', 'does not name a file'],
    ['postgres://u:hidden@h/d?pool=3', 'has the parameter pool; there are only socket, sslmode'],
    ['mysql://u:hidden@h/d?sslmode=prefer', 'not one of disable, require'],
    ['postgres://u:hidden@h/d?sslcert=c.pem&sslkey=k.pem', 'has sslcert, which needs TLS'],
    ['mysql://u:hidden@h/d?sslmode=disable&sslkey=k.pem', 'has sslkey, which needs TLS'],
  ])('%s is refused in words that say what to write, and do not repeat it', (given, words) => {
    const { fault } = databaseAddress(given)
    expect(fault).toContain(words)
    expect(fault).not.toMatch(/hidden|hid\/den/)
    expect(() => settingsFromEnv({ DATABASE_URL: given })).toThrow(`DATABASE_URL: ${fault}`)
  })

  it('is printed without the password', () => {
    expect(shownDatabase('postgres://anna:secret@h/d?sslmode=require')).toBe(
      'postgres://anna:***@h/d?sslmode=require',
    )
    expect(shownDatabase('mysql://anna@h/d')).toBe('mysql://anna@h/d')
    expect(shownDatabase('/var/a.sqlite')).toBe('/var/a.sqlite')
  })

  it('comes from DATABASE_URL, or from its older name', () => {
    const env = { DATABASE_URL: 'mysql://h/d', MIGRATE_AT_START: 'false' }
    expect(storeFromEnv(env)).toMatchObject({ database: 'mysql://h/d', migrateAtStart: false })
    expect(storeFromEnv({ COUNTERSIGN_DATABASE: '/a', DATABASE_URL: '' }).database).toBe('/a')
  })
})

describe('the keys that seal', () => {
  const key = Buffer.alloc(32, 7).toString('base64')
  it('are one or several', () => {
    const other = Buffer.alloc(32, 8).toString('base64')
    expect(storeFromEnv({ SEALING_KEYS: key }).sealingKeys).toEqual([key])
    expect(storeFromEnv({ SEALING_KEYS: `${other}, ${key}` }).sealingKeys).toEqual([other, key])
  })
  it.each([
    ['short', 'must be 32 random octets in base64, as openssl rand -base64 32 prints them'],
    [`${key},${key}`, 'has a key twice'],
    [',', 'contains no key'],
  ])('%s are refused', (given, words) => {
    expect(() => settingsFromEnv({ SEALING_KEYS: given })).toThrow(words)
  })
})

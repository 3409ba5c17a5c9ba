import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { configurationReport } from '../../src/configuration-report.ts'
import { settingsFromEnv } from '../../src/settings/environment.ts'
import { completeSettings } from '../../src/settings/settings.ts'
import { temporaryDirectory } from '../running-provider.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

const issuer = { OAUTH2_ISSUER: 'https://auth.example.com' }
const jwt = { ...issuer, OAUTH2_AUDIENCE: 'https://api.example.com' }
const client = {
  OAUTH2_INTROSPECTION_CLIENT_ID: 'api',
  OAUTH2_INTROSPECTION_CLIENT_SECRET: 'correct-horse',
}

describe('the settings of an OAuth 2 server', () => {
  it('are none by default', () => {
    expect(settingsFromEnv({}).oauth2).toBeUndefined()
  })

  it('are read from the environment', () => {
    const scopes = 'photos.read photos:read; photos.write photos:read photos:write'
    const { oauth2 } = settingsFromEnv({
      ...jwt,
      OAUTH2_JWKS_URL: 'https://keys.example.com/jwks',
      OAUTH2_SCOPES: scopes,
    })
    expect(oauth2).toEqual({
      issuer: 'https://auth.example.com',
      audience: 'https://api.example.com',
      jwksUrl: 'https://keys.example.com/jwks',
      introspection: undefined,
      scopes: { 'photos.read': ['photos:read'], 'photos.write': ['photos:read', 'photos:write'] },
    })
  })

  it('take the secret from a file, and never show it', () => {
    const file = join(directory.path, 'secret')
    writeFileSync(file, 'correct-horse\n')
    const { OAUTH2_INTROSPECTION_CLIENT_ID } = client
    const env = {
      ...issuer,
      OAUTH2_INTROSPECTION_CLIENT_ID,
      OAUTH2_INTROSPECTION_CLIENT_SECRET_FILE: file,
      OAUTH2_SCOPES: 'read photos:read; write photos:read photos:write',
    }
    const { introspection } = settingsFromEnv(env).oauth2 ?? {}
    expect(introspection).toEqual({ clientId: 'api', clientSecret: 'correct-horse' })
    const { settings, faults, warnings } = configurationReport(env)
    const shown = Object.fromEntries(settings.map(({ name, value }) => [name, value]))
    expect(faults).toEqual([])
    expect(shown).toMatchObject({
      OAUTH2_INTROSPECTION_CLIENT_ID: 'api',
      OAUTH2_INTROSPECTION_CLIENT_SECRET: '(hidden)',
      OAUTH2_SCOPES: 'read photos:read; write photos:read photos:write',
    })
    expect(JSON.stringify(settings)).not.toContain('correct-horse')
    expect(warnings).toContainEqual(expect.stringMatching(/^OAUTH2_SCOPES names a scope on the right/))
  })

  it.each<[name: string, env: Record<string, string>, fault: RegExp]>([
    ['an issuer that is no address', { ...jwt, OAUTH2_ISSUER: 'auth' }, /^OAUTH2_ISSUER: must be an address/],
    [
      'an issuer over plain http',
      { ...jwt, OAUTH2_ISSUER: 'http://auth.example.com' },
      /^OAUTH2_ISSUER: must begin with https/,
    ],
    [
      'keys over plain http',
      { ...jwt, OAUTH2_JWKS_URL: 'http://auth.example.com' },
      /^OAUTH2_JWKS_URL: must begin with https/,
    ],
    ['no issuer', { OAUTH2_AUDIENCE: 'a' }, /^OAUTH2_ISSUER: must be set too.*OAUTH2_AUDIENCE belongs to/],
    ['an issuer alone', issuer, /^OAUTH2_AUDIENCE: must be set too/],
    [
      'a client without a secret',
      { ...issuer, OAUTH2_INTROSPECTION_CLIENT_ID: 'api' },
      /^OAUTH2_INTROSPECTION_CLIENT_SECRET: must be set too/,
    ],
    [
      'a secret without a client',
      { ...issuer, OAUTH2_INTROSPECTION_CLIENT_SECRET: 's' },
      /^OAUTH2_INTROSPECTION_CLIENT_ID: must be set too/,
    ],
    [
      'keys beside introspection',
      { ...issuer, ...client, OAUTH2_JWKS_URL: 'https://k.example.com' },
      /^OAUTH2_JWKS_URL: is for JWTs/,
    ],
    [
      'a scope that stands for nothing',
      { ...jwt, OAUTH2_SCOPES: 'read' },
      /^OAUTH2_SCOPES\.read: has no scopes/,
    ],
    ['a scope that is no scope', { ...jwt, OAUTH2_SCOPES: 're"ad photos:read' }, /^OAUTH2_SCOPES/],
  ])('tell of %s', (_, env, fault) => {
    const { faults } = configurationReport(env)
    expect(faults).toEqual([expect.stringMatching(fault)])
  })

  it('are checked alike where a program gives them', () => {
    const audience = 'https://api.example.com'
    expect(() => completeSettings({ oauth2: { issuer: 'https://auth.example.com' } })).toThrow(
      /^OAUTH2_AUDIENCE/,
    )
    expect(() => completeSettings({ oauth2: { issuer: 'ftp://auth.example.com', audience } })).toThrow(
      /^oauth2.issuer/,
    )
    expect(completeSettings({ oauth2: { issuer: 'http://127.0.0.1:3000', audience } }).oauth2).toBeDefined()
  })
})

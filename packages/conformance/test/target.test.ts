import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readTarget, TargetError } from '../src/index.ts'

const least = {
  base: 'https://provider.example/',
  client: { key: 'k', secret: 's' },
  user: { name: 'u', password: 'p' },
}

describe('readTarget', () => {
  afterEach(() => vi.unstubAllEnvs())

  it("has the paths and forms of countersign's own provider where nothing else is said", () => {
    expect(readTarget(least)).toMatchObject({
      initiate: 'https://provider.example/oauth/initiate',
      authorize: 'https://provider.example/oauth/authorize',
      token: 'https://provider.example/oauth/token',
      resource: 'https://provider.example/api/echo',
      approve: {
        forms: [{ fields: { name: 'u', password: 'p' } }, { submit: { name: 'decision', value: 'allow' } }],
      },
      deny: { forms: [{}, { submit: { name: 'decision', value: 'deny' } }] },
    })
  })

  it('takes paths as they are, below the path of the base, and whole URLs', () => {
    const target = readTarget({
      ...least,
      base: 'http://localhost:1/app/',
      initiate: '/a%2Fb/?title=x',
      resource: 'https://api.example/r/../s',
    })
    expect(target.initiate).toBe('http://localhost:1/app/a%2Fb/?title=x')
    expect(target.resource).toBe('https://api.example/r/../s')
  })

  it('reads secrets from the environment and from files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-target-'))
    const file = join(folder, 'secret')
    writeFileSync(file, 'from file\n')
    vi.stubEnv('TARGET_SECRET', 'from environment')
    const target = readTarget({
      ...least,
      client: { key: 'k', secret: { env: 'TARGET_SECRET' } },
      approve: { forms: [{ fields: { pass: { file } } }] },
    })
    rmSync(folder, { recursive: true })
    expect(target.client.secret).toBe('from environment')
    expect(target.approve).toMatchObject({ forms: [{ fields: { pass: 'from file' } }] })
  })

  it.each([
    ['no base', { base: undefined }, /^base: must be the address of the provider, such as https:/],
    ['a base that is no URL', { base: 'provider.example' }, /^base: /],
    ['no client', { client: undefined }, /^client: is missing$/],
    ['no one who approves', { user: undefined }, /user or approve is missing/],
    ['a field that does not exist', { tokenUrl: '/t' }, /tokenUrl/],
    ['a relative path', { token: 'token' }, /^token: must be a path that begins with \//],
    [
      'a variable that is not set',
      { client: { key: 'k', secret: { env: 'NOT_SET_HERE' } } },
      /NOT_SET_HERE is not set/,
    ],
    [
      'a file that is not there',
      { client: { key: 'k', secret: { file: '/none' } } },
      /file \/none cannot be read/,
    ],
    ['a pattern that is none', { approve: { forms: [{}], code: '(' } }, /approve/],
    ['no forms', { approve: { forms: [] } }, /approve/],
  ])('refuses %s', (_, changes, message) => {
    expect(() => readTarget({ ...least, ...changes })).toThrow(TargetError)
    expect(() => readTarget({ ...least, ...changes })).toThrow(message)
  })
})

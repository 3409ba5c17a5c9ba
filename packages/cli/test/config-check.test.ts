import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configurationReport } from '@countersign/provider'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli, runProvider, temporaryDirectory } from '../../provider/test/running-provider.ts'

const directory = temporaryDirectory()
const cwd = directory.path
afterAll(() => directory.remove())

let files = 0
function file(content: string): string {
  const path = join(cwd, `file${++files}`)
  writeFileSync(path, content)
  return path
}

interface Report {
  readonly settings: readonly { readonly name: string; readonly value: string; readonly source: string }[]
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
}

async function check(env: Record<string, string>, args: readonly string[] = []) {
  const { code, stdout, stderr } = await runCli(cwd, ['config', 'check', '--json', ...args], { env })
  expect(stderr).toBe('')
  const report: Report = JSON.parse(stdout)
  const setting = (name: string) => report.settings.find((each) => each.name === name)
  return { code, ...report, setting, printed: stdout }
}

const unsetByDefault =
  /^(?:PUBLIC_URL|ALLOWED_HOSTS|CLIENT_ADDRESS_HEADER|TRUSTED_PROXIES|TLS_.*|REDIS_URL|SEALING_KEYS|OIDC_.*|OAUTH2_.*|BRAND_(?:LOGO_FILE|COLOR)|SUPPORT_URL|TERMS_URL|PRIVACY_URL|METRICS_PORT|PROFILES|RETIREMENT_FILE|GATEWAY_(?:UPSTREAM|ROUTES_FILE|CREDENTIALS|PUBLIC_URL|ASSERTION_(?:KEY_FILE|AUDIENCE))|OAUTH1_(?:TOKEN|TOKEN_SECRET)_GENERATOR|OAUTH1_TOLERANCES)$/

describe('countersign config check', () => {
  it('shows every setting, its value and where it comes from, and no secret', async () => {
    const config = file(`
# As systemd's EnvironmentFile has it.
PUBLIC_URL=https://oauth.example.com
PORT=5850
SCOPES="photos:read see your photos
photos:write add photos"
CLIENT_ADDRESS_HEADER=x-forwarded-for
TRUSTED_PROXIES=loopback
REDIS_URL=redis://default:hunter2@127.0.0.1:6379/1
`)
    const secret = file('correct-horse-battery\n')
    const oidc = { OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'countersign' }
    const env = { ...oidc, OIDC_CLIENT_SECRET_FILE: secret, PORT: '5851', COUNTERSIGN_CONFIG: config }
    const { code, faults, setting, printed } = await check(env)
    expect([code, faults]).toEqual([0, []])
    const expected = [
      ['PUBLIC_URL', 'https://oauth.example.com', config],
      ['PORT', '5851', 'environment'],
      ['HOST', '127.0.0.1', 'default'],
      ['SCOPES', 'photos:read see your photos; photos:write add photos', config],
      ['TRUSTED_PROXIES', 'loopback', config],
      ['REDIS_URL', 'redis://default:***@127.0.0.1:6379/1', config],
      ['OIDC_CLIENT_SECRET', '(hidden)', secret],
      ['DATABASE_URL', join(cwd, 'data/countersign.sqlite'), 'default'],
      ['SHUTDOWN_SECONDS', '10', 'default'],
      ['METRICS_PORT', '', 'default'],
      ['OAUTH1_REALM', 'OAuth', 'default'],
      ['OAUTH1_TOKEN_LENGTH', '42', 'default'],
      ['OAUTH1_INSECURE_TRANSPORT', 'false', 'default'],
    ]
    for (const [name, value, source] of expected)
      expect(setting(name as string)).toEqual({ name, value, source })
    expect(printed).not.toMatch(/hunter2|correct-horse/)
    // Where a default is nothing, nothing is set; every other setting is shown as it counts.
    const empty = configurationReport({})
      .settings.filter(({ value }) => value === '')
      .map(({ name }) => name)
    expect(empty.filter((name) => !unsetByDefault.test(name))).toEqual([])
  })

  it('tells all faults at once, each with what to write, and exits with 1', async () => {
    const config = file('PROT=1\nstray line\nHOST=127.0.0.1\n')
    const { code, faults } = await check(
      {
        PORT: 'many',
        MAX_CONNECTIONS: '0',
        ORIGIN: 'https://a.example',
        PUBLIC_URL: 'https://b.example',
        OAUTH1_TOKEN_LENGTH: '-1',
        OAUTH1_BODY_HASH: 'sometimes',
        TRUSTED_PROXIES: '10.0.0.0/33',
        REDIS_URL: 'redis://h',
        REDIS_URL_FILE: '/somewhere',
        SEALING_KEYS_FILE: join(cwd, 'missing'),
      },
      ['--config', config],
    )
    expect(code).toBe(1)
    for (const fault of [
      `${config}, line 2: must be NAME=value, or a comment after #.`,
      `${config}: there is no setting PROT. Did you mean PORT?`,
      'ORIGIN: is the older name of PUBLIC_URL, and both are set to different values; keep PUBLIC_URL.',
      'REDIS_URL_FILE: REDIS_URL is set as well; keep one of the two.',
      `SEALING_KEYS_FILE: the file ${join(cwd, 'missing')} does not exist.`,
      'PORT: must be a port number',
      expect.stringMatching(/^MAX_CONNECTIONS: /),
      expect.stringMatching(/^OAUTH1_TOKEN_LENGTH must be a whole number/),
      expect.stringMatching(/^OAUTH1_BODY_HASH must be /),
      expect.stringMatching(/^TRUSTED_PROXIES: must be addresses or networks .*"10\.0\.0\.0\/33" is none/),
    ]) {
      expect(faults).toContainEqual(fault)
    }
    expect(faults).toHaveLength(10)
  })

  it.each([
    [
      'a public address without https',
      { PUBLIC_URL: 'http://oauth.example.com' },
      /^PUBLIC_URL is not https/,
    ],
    ['an open host without a public address', { HOST: '0.0.0.0' }, /^PUBLIC_URL is not set, but HOST/],
    ['visitors that look alike', { PUBLIC_URL: 'https://o.example' }, /without CLIENT_ADDRESS_HEADER/],
    [
      'a header that anyone may write',
      { HOST: '0.0.0.0', CLIENT_ADDRESS_HEADER: 'x-real-ip' },
      /trusted from anyone who connects/,
    ],
    ['proxies without a header', { TRUSTED_PROXIES: 'private' }, /^TRUSTED_PROXIES is set without/],
    ['closed doors', { REGISTRATION: 'closed' }, /^REGISTRATION is closed/],
    [
      'metrics for everyone',
      { METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' },
      /^METRICS_HOST can be reached/,
    ],
    ['secrets as they are', {}, /^SEALING_KEYS is not set/],
    [
      'plain HTTP',
      { HOST: '0.0.0.0', OAUTH1_INSECURE_TRANSPORT: 'true' },
      /^OAUTH1_INSECURE_TRANSPORT is on/,
    ],
    ['errors for development', { COUNTERSIGN_DISTINCT_ERRORS: 'true' }, /^COUNTERSIGN_DISTINCT_ERRORS is on/],
    ['a database that is forgotten', { DATABASE_URL: ':memory:' }, /^DATABASE_URL is :memory:/],
  ])('warns of %s', (_, env, warning) => {
    const { faults, warnings } = configurationReport(env as Record<string, string>)
    expect(faults).toEqual([])
    expect(warnings).toContainEqual(expect.stringMatching(warning))
  })

  it('warns of nothing in a set-up that is meant', () => {
    const { warnings } = configurationReport({
      PUBLIC_URL: 'https://oauth.example.com',
      CLIENT_ADDRESS_HEADER: 'x-forwarded-for',
      TRUSTED_PROXIES: 'loopback',
      SEALING_KEYS: Buffer.alloc(32, 7).toString('base64'),
      METRICS_PORT: '9464',
    })
    expect(warnings).toEqual([])
  })

  it('prints a table for people', async () => {
    const { code, stdout } = await runCli(cwd, ['config', 'check'], { env: { PORT: 'x' } })
    expect(code).toBe(1)
    expect(stdout).toMatch(/^SETTING +VALUE +FROM\nPORT +x +environment\nHOST +127\.0\.0\.1 +default\n/)
    expect(stdout).toMatch(
      /\nThe provider does not start with these settings:\n {2}PORT: must be a port number\n$/,
    )
  })
})

it('start takes the file, commands find its database, and faults of the file keep it from starting', async () => {
  const config = file(`COUNTERSIGN_DATABASE=${join(cwd, 'own.sqlite')}\nPORT=1\nLOG_LEVEL=error\n`)
  const provider = await runProvider(cwd, { COUNTERSIGN_CONFIG: config })
  expect(provider.output.stdout).toContain(join(cwd, 'own.sqlite'))
  const env = { COUNTERSIGN_CONFIG: config }
  const listed = await runCli(cwd, ['user', 'list'], { env })
  expect(listed.stdout).toMatch(/demo/)
  await provider.stop()
  const bad = await runCli(cwd, ['start', '--config', file('PROT=1\nPORT=x')])
  expect([bad.code, bad.stderr.trim().split('\n').length]).toEqual([1, 2])
})

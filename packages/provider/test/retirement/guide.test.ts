import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { available } from '../../../countersign/test/services.ts'
import { noticeHeaders, refusalIn } from '../../src/retirement/notice.ts'
import { readRetirement } from '../../src/retirement/retirement-file.ts'
import { standingOf } from '../../src/retirement/standing.ts'
import { documentedErrors } from '../../src/settings/settings.ts'
import { freePort } from '../certificates.ts'
import { client, openSetting, upstreamOfFile } from '../gateway/setting.ts'
import { nginxConfigurationOf, runNginx } from '../nginx.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { Clock, planFiles } from './plan-file.ts'
import { brownoutUntil, ofSha1, plan, retired, told } from './rules.ts'

const page = (name: string) => readFileSync(new URL(`../../../../docs/${name}.md`, import.meta.url), 'utf8')
const guide = page('retiring')
const blockIn = (text: string, name: string) =>
  new RegExp(`^\`\`\`nginx \\[${name}\\]\\n(.*?)^\`\`\``, 'ms').exec(text)?.[1] ?? ''
const write = planFiles()

describe('the guide', () => {
  const json = [...guide.matchAll(/^```json\n(.*?)^```/gms)].map(([, block = '']) => block)
  const rules = readRetirement(write(json[0]))

  it('shows one file of rules, which can be read', () => {
    expect(json).toHaveLength(1)
    expect(rules.rules.map(({ retired: { kind } }) => kind)).toEqual(['method', 'client', 'all'])
  })

  it('shows the headers and the refusal as they are sent', () => {
    const now = Date.parse('2027-03-01T10:00Z') / 1000
    const standing = standingOf({ ...rules, rules: rules.rules.slice(0, 1) }, { methods: ['HMAC-SHA1'] }, now)
    if (standing === undefined) throw new Error('The rule of the guide concerns nothing.')
    const shown = guide.replace(/^ {2}/gm, '')
    for (const [name, value] of Object.entries(noticeHeaders(standing, rules.guide)))
      expect(shown.toLowerCase()).toContain(`\n${name}: ${value}\n`.toLowerCase())
    const { code, description } = refusalIn(standing, rules.guide) ?? {}
    const refusal = { error: code, error_description: description, error_uri: `${documentedErrors}#${code}` }
    expect(guide).toContain(`\n${JSON.stringify(refusal)}\n`)
    expect(guide).toContain(`\nRetry-After: ${(standing.until ?? 0) - now}\n`)
  })
})

describe.runIf(await available('nginx'))("the guide's nginx, which asks at /verify", () => {
  const directory = temporaryDirectory()
  afterAll(() => directory.remove())
  const upstream = upstreamOfFile()

  it.each([
    ['2027-02-15T00:00Z', 200, ofSha1, null, undefined],
    ['2027-03-08T10:14:59Z', 503, ofSha1, '1', brownoutUntil('2027-03-08 10:15')],
    ['2027-06-01T00:00Z', 410, ofSha1, null, retired],
  ] as const)('at %s responds %i', async (time, status, notice, wait, body) => {
    const clock = new Clock()
    clock.set(time)
    const site = `http://127.0.0.1:${await freePort()}`
    const setting = await openSetting(upstream.address, {
      gateway: { origin: site },
      trustedProxies: ['loopback'],
      clientAddressHeader: 'x-forwarded-for',
      retirementFile: write(plan),
      options: { now: clock.now, timestampWindowSeconds: 31_536_000 },
    })
    const headers = blockIn(guide, 'retiring.conf')
    const variables = headers.split('\n').filter((line) => line.startsWith('auth_request_set'))
    const own = blockIn(page('gateway'), 'verify.conf')
      .replace(/^location @oauth_403 \{.*?^\}\n/ms, blockIn(guide, 'retired.conf'))
      .replace('location / {', `location / {\n${variables.join('\n')}`)
      .replaceAll('http://127.0.0.1:9000', upstream.address)
      .replaceAll('http://127.0.0.1:5851', setting.gateway.adminAddress)
    const servers = `server { listen ${new URL(site).host}; ${headers} ${own} }`
    const folder = join(directory.path, String(status))
    const nginx = await runNginx(folder, nginxConfigurationOf(servers), () => fetch(site))
    const response = await new ThirdParty(client).send('GET', `${site}/photos`, { token: setting.token })
    expect([response.status, told(response), response.headers.get('retry-after')]).toEqual([
      status,
      notice,
      wait,
    ])
    const got = await response.json()
    if (body !== undefined) expect(got).toEqual(body)
    const wrong = await new ThirdParty({ ...client, secret: 'wrong' }).send('GET', `${site}/photos`, {
      token: setting.token,
    })
    expect(wrong.status).toBe(401)
    await nginx.stop()
    await setting.close()
  })
})

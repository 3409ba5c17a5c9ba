import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ProviderProcess,
  runCli,
  runCliJson,
  runProvider,
  temporaryDirectory,
} from '../../provider/test/running-provider.ts'

describe('countersign conformance', () => {
  const directory = temporaryDirectory()
  const cwd = directory.path
  const password = 'correct horse battery'
  let provider: ProviderProcess
  let client: { readonly clientId: string; readonly clientSecret: string }
  beforeAll(async () => {
    provider = await runProvider(cwd)
    await runCli(cwd, ['user', 'add', '--name', 'rosa'], { env: { COUNTERSIGN_PASSWORD: password } })
    client = await runCliJson(cwd, ['client', 'add', '--name', 'Tested'])
  })
  afterAll(async () => {
    await provider.stop()
    directory.remove()
  })

  const env = () => ({ COUNTERSIGN_CLIENT_SECRET: client.clientSecret, COUNTERSIGN_PASSWORD: password })
  const own = () => ['--base', provider.url, '--client', client.clientId, '--user', 'rosa']
  const run = (args: readonly string[], more: Record<string, string> = env()) =>
    runCli(cwd, ['conformance', ...args], { env: more })

  it('passes against the provider of this repository, and prints a line for each case', async () => {
    const { code, stdout, stderr } = await run(own())
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^\nThe three steps\n {2}✓ flow-complete {2}A client gets /)
    expect(stdout).toMatch(/\n\d+ passed, 0 failed, 0 advised, \d+ skipped\n$/)
    expect(stdout).not.toContain(client.clientSecret)
  })

  it('exits with 1 when a case fails, and writes the same report as text, JSON and JUnit XML', async () => {
    // A resource that is open to everyone.
    const args = [
      ...own(),
      '--resource',
      '/healthz',
      '--only',
      'errors-unsigned',
      '--only',
      'errors-no-oracle',
    ]
    const text = await run([...args, '--junit', 'report.xml'])
    expect(text.code).toBe(1)
    expect(text.stdout).toContain('✗ errors-unsigned')
    expect(text.stdout).toMatch(
      /Received {2}200 OK\n.*Remedy {4}Respond with 401 .*\n.*Request\n.*GET \/healthz HTTP\/1\.1\n/,
    )
    expect(readFileSync(join(cwd, 'report.xml'), 'utf8')).toMatch(
      /<failure type="must" message="expected 4xx /,
    )
    const json = await run([...args, '--json'])
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      provider: provider.url,
      counts: { failed: 2, passed: 0 },
    })
  })

  it('takes a description of the provider from a file, and options before it', async () => {
    const description = {
      base: 'http://127.0.0.1:1',
      client: { key: client.clientId, secret: { env: 'TESTED_SECRET' } },
      user: { name: 'rosa', password: { env: 'TESTED_PASSWORD' } },
    }
    writeFileSync(join(cwd, 'target.json'), JSON.stringify(description))
    const args = ['--target', 'target.json', '--base', provider.url, '--only', 'flow-complete']
    const secrets = { TESTED_SECRET: client.clientSecret, TESTED_PASSWORD: password }
    expect(await run(args, secrets)).toMatchObject({ code: 0, stderr: '' })
  })

  it('says what to check first where the secret or the password is wrong, and blames no later case', async () => {
    const only = ['--only', 'flow-complete', '--only', 'flow-callback-confirmed']
    const secret = await run([...own(), ...only], { ...env(), COUNTERSIGN_CLIENT_SECRET: 'wrong' })
    expect(secret.stdout).toMatch(
      /Received {2}401 .*\n.*Remedy {4}Check the endpoints, the client’s key and secret/,
    )
    expect(secret.stdout).toContain('0 passed, 1 failed, 0 advised, 1 skipped')
    const user = await run([...own(), ...only], { ...env(), COUNTERSIGN_PASSWORD: 'wrong' })
    expect(user.stdout).toContain('Received  none; the last response was 422 Unprocessable Entity\n')
  })

  it('prints the report even where the file of --junit cannot be written', async () => {
    const { code, stdout, stderr } = await run([
      ...own(),
      '--only',
      'errors-challenge',
      '--junit',
      '/none/report.xml',
    ])
    expect([code, stdout]).toEqual([1, expect.stringContaining('1 passed, 0 failed')])
    expect(stderr).toContain('--junit names cannot be written')
  })

  it('lists the cases without a provider', async () => {
    const { code, stdout } = await run(['--list', '--only', 'replay'], {})
    expect(code).toBe(0)
    expect(stdout).toMatch(/^replay-protected-request +must +§3\.3 +A protected request /)
    const listed = JSON.parse((await run(['--list', '--json'], {})).stdout)
    expect(listed.length).toBeGreaterThan(150)
    expect(listed[0]).toEqual({
      id: 'flow-complete',
      group: 'flow',
      title: expect.any(String),
      section: '§2',
      level: 'must',
    })
  })

  it.each([
    ['no description', () => [], /^base: must be the address .*\nclient: is missing\n/],
    ['a secret that is not set', () => [...own(), '--secret-env', 'NOT_SET_HERE'], /NOT_SET_HERE is not set/],
    ['a case that does not exist', () => ['--only', 'no-such-case'], /No case is named no-such-case/],
    [
      'a second client without its secret',
      () => [...own(), '--second-client', 'x'],
      /needs --second-secret-env/,
    ],
    ['a file that is not there', () => ['--target', 'none.json'], /cannot be read: ENOENT/],
    ['a file that is no JSON', () => ['--target', '/dev/null'], /not a JSON object/],
    ['a timeout that is no number', () => [...own(), '--timeout', 'long'], /--timeout must be/],
    [
      'no provider at the address',
      () => [...own(), '--base', 'http://127.0.0.1:1'],
      /No provider can be reached at .*\nStart the provider, or correct its address \(--base\)\.\n$/,
    ],
  ] as const)('exits with 2 for %s', async (_, args, message) => {
    const { code, stdout, stderr } = await run(args())
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
  })
})

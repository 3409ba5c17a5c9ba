import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available, programs } from '../../packages/countersign/test/services.ts'
import { readGuide } from '../../test/docs/guide.ts'
import { type Keys, ThirdParty } from '../../test/support/third-party.ts'
import { patience, type Running, start } from '../start.ts'

const registered = { key: 'old-client', secret: 'old client secret & 100 %' }
const client = new ThirdParty(registered)
const callback = 'https://client.test/authorized'
const flags = ['--conditions=countersign-source']
const hasAuthlib = await available('authlib')
const hasRequests = await available('requests-oauthlib')
const { text: page } = await readGuide('from-authlib')

describe.skipIf(!hasAuthlib)('the provider over a database that Authlib wrote', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-authlib-'))
  let issued: Keys
  let app: Running

  beforeAll(async () => {
    const file = join(folder, 'app.db')
    const script = join(import.meta.dirname, '../../packages/countersign/test/stores/authlib_database.py')
    const { token } = JSON.parse(execFileSync(programs.python, [script, file], { encoding: 'utf8' }))
    issued = { key: token.oauth_token, secret: token.oauth_token_secret }
    const env = { ...process.env, DATABASE_FILE: file }
    execFileSync(process.execPath, [...flags, 'migrate.ts'], { cwd: import.meta.dirname, env })
    app = await start(import.meta.dirname, { flags, env: { DATABASE_FILE: file } })
  }, patience)
  afterAll(async () => {
    await app?.stop()
    rmSync(folder, { recursive: true })
  })

  async function send(method: string, path: string, data: Record<string, string>, token?: Keys) {
    const url = `${app.origin}${path}`
    const authorization = client.authorization(method, url, { data, token })
    const response = await fetch(url, { method, headers: { authorization } })
    return { status: response.status, text: await response.text() }
  }

  async function keys(path: string, data: Record<string, string>, token?: Keys): Promise<Keys> {
    const { status, text } = await send('POST', path, data, token)
    expect([status, text]).toEqual([200, expect.stringContaining('oauth_token_secret=')])
    const form = new URLSearchParams(text)
    return { key: form.get('oauth_token') ?? '', secret: form.get('oauth_token_secret') ?? '' }
  }

  it('accepts the old client with its old token', async () => {
    const { status, text } = await send('GET', '/user', {}, issued)
    expect([status, JSON.parse(text)]).toEqual([200, { id: 7, name: 'ada' }])
    expect((await send('GET', '/user', {}, { ...issued, secret: 'another' })).status).toBe(401)
  })

  it.skipIf(!hasRequests)('accepts requests-oauthlib with the old token, as the page shows', async () => {
    const shown = /^```python\n(.*?)^```/ms.exec(page)?.[1] ?? ''
    const values: [string, string][] = [
      ["'CLIENT_ID'", registered.key],
      ["'CLIENT_SECRET'", registered.secret],
      ["'OAUTH_TOKEN'", issued.key],
      ["'OAUTH_TOKEN_SECRET'", issued.secret],
    ]
    let script = shown.replace('http://localhost:3000', app.origin)
    for (const [name, value] of values) script = script.replace(name, JSON.stringify(value))
    const { stdout } = await promisify(execFile)(programs.python, ['-c', script])
    expect(stdout).toBe('{"id":7,"name":"ada"}\n')
  })

  it('issues the old client a new token', async () => {
    const temporary = await keys('/initiate', { oauth_callback: callback })
    const approval = await fetch(`${app.origin}/authorize?oauth_token=${temporary.key}`, {
      method: 'POST',
      body: new URLSearchParams({ oauth_token: temporary.key, user: '7', decision: 'allow' }),
      redirect: 'manual',
    })
    const returned = new URL(approval.headers.get('location') ?? '')
    const oauth_verifier = returned.searchParams.get('oauth_verifier') ?? ''
    const fresh = await keys('/token', { oauth_verifier }, temporary)
    expect((await send('GET', '/user', {}, fresh)).text).toBe('{"id":7,"name":"ada"}')
  })
})

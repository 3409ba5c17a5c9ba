import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { available, programs } from '../../../countersign/test/services.ts'
import { client, openSetting, recordingUpstream } from './setting.ts'

const guide = readFileSync(new URL('../../../../docs/gateway.md', import.meta.url), 'utf8')
const code = /^```python \[caller\.py\]\n(.*?)^```/ms.exec(guide)?.[1] ?? ''

// oauthlib comes with PyJWT.
if (await available('oauthlib')) {
  it("an assertion is verified by the guide's Python", async () => {
    const upstream = await recordingUpstream()
    const setting = await openSetting(upstream.address)
    const url = `${setting.address}/photos`
    const authorization = new ThirdParty(client).authorization('GET', url, { token: setting.token })
    await fetch(url, { headers: { authorization } })
    const assertion = upstream.seen[0]?.headers['x-oauth-assertion'] ?? ''
    const own = code
      .replace('http://127.0.0.1:5851', setting.gateway.adminAddress)
      .replace('http://127.0.0.1:9000', upstream.address)
    const call = `${own}\nimport sys\nprint(*caller({"x-oauth-assertion": sys.argv[1]}))`
    const run = async (given: string) => {
      const python = spawn(programs.python, ['-c', call, given], { stdio: ['ignore', 'pipe', 'ignore'] })
      const ended = once(python, 'close')
      const printed = (await python.stdout.setEncoding('utf8').toArray()).join('')
      return [(await ended)[0], printed]
    }
    expect(await run(assertion)).toEqual([0, `${setting.userId} ${client.key} photos:read\n`])
    expect(await run(assertion.replace(/.{4}$/, 'AAAA'))).toEqual([1, ''])
    await setting.close()
    await upstream.close()
  })
}

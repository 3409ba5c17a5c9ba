import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { runCli } from './running-provider.ts'
import { openSite } from './site.ts'

const site = openSite()

async function tryAt(url: string, keys = { key: 'k', secret: 's' }, input = '') {
  return runCli(tmpdir(), ['try', '--url', url, '--key', keys.key, '--secret', keys.secret], { input })
}

it.each(['nonsense', 'ftp://x', 'https://'])(
  'says that %s is no address, without a stack trace',
  async (url) => {
    const stderr = `--url ${url} is no address of a provider, such as http://127.0.0.1:5849.\n`
    expect(await tryAt(url)).toEqual({ code: 1, stdout: '', stderr })
  },
)

it.each(['', '\n'])(
  'ends with 1 and a word when the input is %j where the code is asked for',
  async (input) => {
    const keys = await site.register(await site.member(), { name: 'Terminal' })
    const { code, stdout, stderr } = await tryAt(`${site.provider.url}/`, keys, input)
    expect(stdout).toContain(`${site.provider.url}/oauth/authorize?oauth_token=`)
    expect(stderr).toBe('No code was typed. To get another page, start again.\n')
    expect(code).toBe(1)
  },
)

it('says that another server is no provider', async () => {
  const other = createServer((_, res) => res.end('hello')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { code, stderr } = await tryAt(`http://127.0.0.1:${(other.address() as AddressInfo).port}`)
  other.close()
  expect(stderr).toBe('What answers there is no OAuth 1.0 provider: it gave no token.\n')
  expect(code).toBe(1)
})

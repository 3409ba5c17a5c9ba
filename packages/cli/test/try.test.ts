import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCli, temporaryDirectory } from '../../provider/test/running-provider.ts'
import { openSite } from '../../provider/test/site.ts'

const site = openSite()

async function tryAt(url: string, keys = { key: 'k', secret: 's' }, input = '') {
  const env = { COUNTERSIGN_CLIENT_SECRET: keys.secret }
  return runCli(tmpdir(), ['try', '--url', url, '--key', keys.key], { input, env })
}

it.each(['nonsense', 'ftp://x', 'https://'])(
  'says that %s is no address, without a stack trace',
  async (url) => {
    const stderr = `--url ${url} is not the address of a provider, such as http://127.0.0.1:5849.\n`
    expect(await tryAt(url)).toEqual({ code: 1, stdout: '', stderr })
  },
)

it.each(['', '\n'])(
  'ends with 1 and a word when the input is %j where the code is asked for',
  async (input) => {
    const keys = await site.register(await site.member(), { name: 'Terminal' })
    const { code, stdout, stderr } = await tryAt(`${site.provider.url}/`, keys, input)
    expect(stdout).toContain(`${site.provider.url}/oauth/authorize?oauth_token=`)
    expect(stderr).toBe('No code was typed. Run the command again to get another page.\n')
    expect(code).toBe(1)
  },
)

it('says that another server is no provider', async () => {
  const other = createServer((_, res) => res.end('hello')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  const { code, stderr } = await tryAt(url)
  other.close()
  expect(stderr).toBe(`${url} is not an OAuth 1.0 provider: its response holds no token.\n`)
  expect(code).toBe(1)
})

it.each([
  ['as a line of standard input', [], '\n', {}],
  ['with --secret-stdin', ['--secret-stdin'], '\n', {}],
  ['with --secret-file', ['--secret-file', 'SECRET'], '', {}],
])('takes the client secret %s', async (_, args, end) => {
  const keys = await site.register(await site.member(), { name: 'Terminal' })
  const directory = temporaryDirectory()
  writeFileSync(join(directory.path, 'SECRET'), `${keys.secret}\n`)
  const input = args[0] === '--secret-file' ? '' : `${keys.secret}${end}`
  const { stdout } = await runCli(
    directory.path,
    ['try', '--url', site.provider.url, '--key', keys.key, ...args],
    { input },
  )
  expect(stdout).toContain('/oauth/authorize?oauth_token=')
  expect(stdout).not.toContain(keys.secret)
  directory.remove()
})

it('takes no secret among the arguments, where every user of the machine could read it', async () => {
  const { code, stderr } = await runCli(tmpdir(), ['try', '--key', 'k', '--secret', 's3cret'])
  expect(stderr).toMatch(
    /^--secret is not accepted: .*--secret-file, --secret-stdin .*COUNTERSIGN_CLIENT_SECRET/,
  )
  expect(stderr).not.toContain('s3cret')
  expect(code).toBe(2)
})

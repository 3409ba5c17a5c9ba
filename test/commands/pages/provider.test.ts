import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../../examples/start.ts'
import { listen } from '../../../packages/countersign/test/adapters/listen.ts'
import { available, services, uniqueName } from '../../../packages/countersign/test/services.ts'
import { ThirdParty } from '../../support/third-party.ts'
import { root } from '../npm-start.ts'
import { commandsOf } from './command-blocks.ts'
import { PageShell } from './page-shell.ts'

const password = 'correct horse battery'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function openShell(env: Readonly<Record<string, string>> = {}): PageShell {
  const shell = new PageShell(env)
  ends.push(shell.close)
  return shell
}

const listening = /runs at (http:\/\/127\.0\.0\.1:\d+)/

describe.runIf(await available('shell'))('the commands of the pages', () => {
  it('the commands that run a provider, go through its flow, and test it', async () => {
    const shell = openShell({
      COUNTERSIGN_CLIENT_SECRET: 'secret-of-the-client',
      COUNTERSIGN_PASSWORD: password,
    })
    await shell.run(['countersign user add anna', 'countersign client add Test --key KEY --secret-stdin'], {
      input: 'secret-of-the-client',
    })
    const port = String(await freePort())
    const address = ['http://127.0.0.1:5849', `http://127.0.0.1:${port}`] as const
    const [serve = '', tryIt = ''] = commandsOf('packages/cli/README.md', 'npx @countersign/cli serve')
    await shell.start([serve], listening, { env: { PORT: port } })
    // Without a code nothing more happens.
    const { stdout } = await shell.run([tryIt], { names: [['KEY', `KEY --url ${address[1]}`]], code: 1 })
    expect(stdout).toContain(`http://127.0.0.1:${port}/oauth/authorize?oauth_token=`)

    const suite = commandsOf(
      'packages/cli/README.md',
      'export COUNTERSIGN_CLIENT_SECRET COUNTERSIGN_PASSWORD',
    )
    const target = {
      base: address[1],
      client: { key: 'KEY', secret: { env: 'COUNTERSIGN_CLIENT_SECRET' } },
      user: { name: 'anna', password: { env: 'COUNTERSIGN_PASSWORD' } },
    }
    shell.write('provider.json', JSON.stringify(target))
    // A group suffices here: the suite's own tests run all of it.
    const [group, anna] = [' --only flow', ['--user demo', '--user anna']] as const
    await shell.run(suite, {
      names: [address, ['--user anna', `--user anna${group}`], ['provider.json', `provider.json${group}`]],
    })
    expect(readFileSync(join(shell.path, 'report.xml'), 'utf8')).toContain('<testsuite')
    const exported = commandsOf('docs/conformance.md', 'export COUNTERSIGN_CLIENT_SECRET=')
    await shell.run(exported, {
      names: [
        ['CLIENT_SECRET=…', 'CLIENT_SECRET=secret-of-the-client'],
        ['PASSWORD=…', `PASSWORD='${password}'`],
        ...[address, anna, ['--user anna', `--user anna${group}`] as const],
      ],
    })
    const alone = commandsOf('packages/conformance/README.md', 'npx @countersign/cli conformance')
    await shell.run(alone, { names: [address, anna, ['--user anna', `--user anna${group}`]] })
  })

  it('the commands for the end of OAuth 1.0', async () => {
    const shell = openShell()
    await shell.run(['countersign client add Album --key album'])
    const [, rules = ''] =
      /^```json\n(.*?)^```/ms.exec(readFileSync(join(root, 'docs/retiring.md'), 'utf8')) ?? []
    shell.write('retirement.json', rules)
    await shell.run(commandsOf('docs/retiring.md', 'countersign usage --weak'))
    await shell.run(commandsOf('docs/retiring.md', 'countersign retire --dry-run'))
    const { stdout } = await shell.run(commandsOf('docs/retiring.md', 'countersign retire mail'))
    expect(stdout).toContain('https://docs.example.com/oauth2')
  })

  it('the command that runs a gateway', async () => {
    const seen: unknown[] = []
    const { base, close } = await listen(
      createServer((req, res) => {
        seen.push([req.url, req.headers['x-oauth-user']])
        res.end()
      }),
    )
    ends.push(close)
    const shell = openShell({ GATEWAY_PORT: '0', GATEWAY_ADMIN_PORT: '0' })
    const page = readFileSync(join(root, 'docs/gateway.md'), 'utf8')
    const [, credentials = ''] = /^```json\n(.*?)^```/ms.exec(page) ?? []
    shell.write('credentials.json', credentials)
    const [gateway = ''] = await shell.start(
      commandsOf('docs/gateway.md', 'countersign gateway'),
      listening,
      {
        names: [['http://127.0.0.1:9000', base]],
      },
    )
    const client = new ThirdParty({ key: 'album', secret: 'PpJ3kVv2' })
    const token = { key: 't8Yx41', secret: 'Qm2zr7' }
    expect((await client.send('GET', `${gateway}/photos`, { token })).status).toBe(200)
    expect(seen).toEqual([['/photos', 'ada']])
  })
})

if ((await available('shell')) && (await available('postgres')) && (await available('redis'))) {
  it('the commands that run two processes over PostgreSQL and Redis', async () => {
    const { Client } = await import('pg')
    const name = uniqueName('pages')
    const admin = new Client(services.postgres.url)
    await admin.connect()
    await admin.query(`create database ${name}`)
    ends.push(async () => {
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    })
    const database = new URL(services.postgres.url)
    database.pathname = `/${name}`
    const ports = [String(await freePort()), String(await freePort())]
    const shell = openShell({ REDIS_PREFIX: `${name}:`, TRUSTED_PROXIES: 'loopback' })
    await shell.start(commandsOf('docs/several-processes.md', 'export DATABASE_URL='), /(?:runs at.*){2}/s, {
      names: [
        ['postgres://countersign:PASSWORD@db.internal/countersign', database.href],
        ['redis://redis.internal:6379', services.redis.url],
        ['PORT=5849', `PORT=${ports[0]}`],
        ['PORT=5850', `PORT=${ports[1]}`],
      ],
    })
    for (const port of ports) expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
  })
}

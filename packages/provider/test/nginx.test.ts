import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, expect, it } from 'vitest'
import { keysFrom } from '../../../test/support/third-party.ts'
import { available, services, uniqueName } from '../../countersign/test/services.ts'
import { authority, freePort } from './certificates.ts'
import { nginxConfigurationOf, runNginx } from './nginx.ts'
import { type ProviderProcess, runCliJson, runProvider, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'
import { Visitor } from './visitor.ts'

const guide = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
const block = (name: string) =>
  new RegExp(`^\`\`\`\\w+ \\[${name.replaceAll('.', '\\.')}\\]\\n(.*?)^\`\`\``, 'ms').exec(guide)?.[1] ?? ''

const directory = temporaryDirectory()
const cwd = directory.path
afterAll(() => directory.remove())

const isComplete =
  (await available('nginx')) &&
  (await available('openssl')) &&
  (await available('postgres')) &&
  (await available('redis'))

/** The guide's own configuration, with the ports and folders of this test. */
function nginxConfiguration(
  port: number,
  upstreams: readonly number[],
  files: { cert: string; key: string },
) {
  const site = block('/etc/nginx/conf.d/countersign.conf')
    .replace('127.0.0.1:5849', `127.0.0.1:${upstreams[0]}`)
    .replace('127.0.0.1:5850', `127.0.0.1:${upstreams[1]}`)
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('oauth.example.com', 'localhost')
    .replace('/etc/countersign/tls/certificate.pem', files.cert)
    .replace('/etc/countersign/tls/key.pem', files.key)
  return nginxConfigurationOf(site)
}

/** The requests that a process has served, as its log tells them. */
function served({ output }: ProviderProcess): Record<string, unknown>[] {
  const lines = output.stderr.split('\n').filter((line) => line.includes('"msg":"request"'))
  return lines.map((line) => JSON.parse(line))
}

if (isComplete) {
  it("serves the guide's two processes through its nginx, and stops one under load without a failed request", async () => {
    const { Client } = await import('pg')
    const name = uniqueName('nginx')
    const admin = new Client(services.postgres.url)
    await admin.connect()
    await admin.query(`create database ${name}`)
    const database = new URL(services.postgres.url)
    database.pathname = `/${name}`
    const ca = authority(cwd)
    setDefaultCACertificates([...getCACertificates('default'), ca.certificate])
    const { certificateFile: cert, keyFile: key } = ca.issue('localhost')
    const port = await freePort()
    const site = `https://localhost:${port}`
    writeFileSync(
      join(cwd, 'countersign.env'),
      block('/etc/countersign/countersign.env').replace('https://oauth.example.com', site),
    )
    writeFileSync(join(cwd, 'database-url'), `${database.href}\n`)
    const env = {
      COUNTERSIGN_CONFIG: join(cwd, 'countersign.env'),
      DATABASE_URL_FILE: join(cwd, 'database-url'),
      REDIS_URL: services.redis.url,
      REDIS_PREFIX: `${name}:`,
      SEALING_KEYS: Buffer.alloc(32, 7).toString('base64'),
      LOG_LEVEL: 'info',
    }
    const processes = await Promise.all([runProvider(cwd, env), runProvider(cwd, env)])
    const [one, two] = processes
    const ports = processes.map(({ url }) => Number(new URL(url).port))
    const nginx = await runNginx(join(cwd, 'nginx'), nginxConfiguration(port, ports, { cert, key }), () =>
      fetch(`${site}/healthz`),
    )
    try {
      const callback = 'https://album.example/cb'
      const added = ['client', 'add', '--name', 'Album', '--callback', callback]
      const client = await runCliJson<{ clientId: string; clientSecret: string }>(cwd, added, env)
      const keys = { key: client.clientId, secret: client.clientSecret }
      const temporary = await keysFrom(
        await signer(site, keys)('POST', '/oauth/initiate', { oauth_callback: callback }),
      )
      const visitor = new Visitor(site)
      expect((await visitor.signUp('vera', 'correct horse battery')).status).toBe(200)
      await visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`)
      const { leftFor } = await visitor.submit('/oauth/authorize', { decision: 'allow' })
      const verifier = new URL(leftFor ?? '').searchParams.get('oauth_verifier') ?? ''
      const token = await keysFrom(
        await signer(site, keys, temporary)('POST', '/oauth/token', { oauth_verifier: verifier }),
      )
      const send = signer(site, keys, token)
      expect(await (await send('GET', '/api/me', {})).json()).toMatchObject({ name: 'vera' })
      expect((await fetch(`${site}/readyz`)).status).toBe(404)

      const statuses: (number | string)[] = []
      let isOver = false
      const work = async () => {
        // A form of a POST, which nginx never sends twice.
        while (!isOver)
          statuses.push(await send('POST', '/api/echo', { a: 'b' }).then(({ status }) => status, String))
      }
      const until = async (holds: () => boolean) => {
        while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
      }
      const workers = Array.from({ length: 6 }, work)
      await until(() => statuses.length > 100 && served(one).length > 20 && served(two).length > 20)
      expect(await one.stop()).toBe(0)
      const before = statuses.length
      await until(() => statuses.length > before + 100)
      isOver = true
      await Promise.all(workers)
      const errors = readFileSync(join(cwd, 'nginx', 'error.log'), 'utf8')
      expect([...new Set(statuses)], errors).toEqual([200])
      const echoes = served(two).filter(({ path }) => path === '/api/echo')
      expect(echoes[0]).toMatchObject({ clientId: client.clientId, network: '127.0.0.1' })
      expect(echoes[0]?.['callerRequestId']).toMatch(/^[0-9a-f]{32}$/)
    } finally {
      await nginx.stop()
      await Promise.all(processes.map((each) => each.stop()))
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    }
  }, 300_000)
}

it('shows the configuration of nginx that deploy/ has', () => {
  const file = readFileSync(new URL('../../../deploy/nginx.conf', import.meta.url), 'utf8')
  expect(block('/etc/nginx/conf.d/countersign.conf')).toBe(file)
})

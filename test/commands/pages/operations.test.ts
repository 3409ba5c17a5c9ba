import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, expect, it } from 'vitest'
import { freePort } from '../../../examples/start.ts'
import { available, services, uniqueName } from '../../../packages/countersign/test/services.ts'
import { nginxConfigurationOf } from '../../../packages/provider/test/nginx.ts'
import { readGuide } from '../../docs/guide.ts'
import { root } from '../npm-start.ts'
import { commandsOf } from './command-blocks.ts'
import { PageShell } from './page-shell.ts'

const page = 'docs/operations.md'
const { files } = await readGuide('operations')
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** In a folder of its own; no systemd runs where tests do, so what it is told is only written down. */
function openShell(env: Readonly<Record<string, string>> = {}): PageShell {
  const shell = new PageShell(env)
  shell.program('systemctl', `echo "$*" >> ${join(shell.path, 'systemctl.log')}`)
  ends.push(shell.close)
  return shell
}
const toldSystemd = (shell: PageShell) =>
  readFileSync(join(shell.path, 'systemctl.log'), 'utf8').trim().split('\n')

if (
  (await available('shell')) &&
  (await available('postgres')) &&
  (await available('postgres-client')) &&
  (await available('redis-server')) &&
  (await available('openssl')) &&
  (await available('curl'))
) {
  it('the commands that make the database, the secrets and the first administrator, and start a process', async () => {
    const name = uniqueName('pages')
    const { hostname, port, username, password } = new URL(services.postgres.url)
    const server = { PGHOST: hostname, PGPORT: port || '5432', PGUSER: username, PGPASSWORD: password }
    const shell = openShell({ ...server, COUNTERSIGN_PASSWORD: 'correct horse battery' })
    ends.push(() => shell.run([`dropdb --force --if-exists ${name}`, `dropuser ${name}`]))
    const redisPort = String(await freePort())
    const redisFile = join(shell.path, 'redis.conf')
    writeFileSync(redisFile, `port ${redisPort}\nbind 127.0.0.1\ndir ${shell.path}\nsave ""\n`)
    const redis = spawn('redis-server', [redisFile], { stdio: 'ignore' })
    ends.push(() => redis.kill())

    shell.program('su', '[ "$1 $2" = "postgres -c" ] || exit 64; sh -ec "$3"')
    shell.program(
      'redis-cli',
      `exec /usr/bin/env PATH="${process.env['PATH']}" redis-cli -p ${redisPort} "$@"`,
    )
    await shell.run(['until redis-cli ping; do sleep 0.1; done'])
    await shell.run(commandsOf(page, 'su postgres'), {
      names: [
        ['--pwprompt countersign', `--pwprompt ${name}`],
        ['--owner countersign', `--owner ${name}`],
        ['template0 countersign', `template0 ${name}`],
      ],
      input: 'secret\nsecret\n',
    })
    expect(readFileSync(redisFile, 'utf8')).toMatch(/^appendonly yes$/m)

    const etc = ['/etc/countersign', join(shell.path, 'etc')] as const
    const database = `postgres://${name}:secret@${hostname}:${port || 5432}/${name}`
    await shell.run(commandsOf(page, 'install --directory --mode=0755 /etc/countersign'), {
      names: [
        etc,
        ['postgres://countersign:PASSWORD@127.0.0.1/countersign', database],
        ['redis://127.0.0.1:6379', `redis://127.0.0.1:${redisPort}`],
      ],
    })
    expect(statSync(join(etc[1], 'secrets/sealing-keys')).mode & 0o077).toBe(0)
    writeFileSync(join(etc[1], 'countersign.env'), files.get('/etc/countersign/countersign.env') ?? '')

    const script = files.get('/usr/local/sbin/countersign-admin') ?? ''
    shell.program('countersign-admin', script.replaceAll(...etc))
    const sbin = ['/usr/local/sbin', join(shell.path, '../bin')] as const
    await shell.run(commandsOf(page, 'chmod 0700'), { names: [sbin] })
    await shell.run(commandsOf(page, 'countersign-admin db migrate'), { names: [['NAME', 'anna']] })

    const systemd = ['/etc/systemd/system', join(shell.path, 'system')] as const
    mkdirSync(systemd[1])
    cpSync(join(root, 'deploy'), join(shell.path, 'deploy'), { recursive: true })
    const http = String(await freePort())
    const address = ['http://127.0.0.1:5849', `http://127.0.0.1:${http}`] as const
    // In place of what systemd would start.
    await shell.start([`countersign-admin serve --port ${http}`], /listening on|runs at/)
    await shell.run(commandsOf(page, 'cp deploy/countersign@.service'), { names: [systemd, address] })
    await shell.run(commandsOf(page, 'for pair in'), { names: [systemd] })
    await shell.run(commandsOf(page, 'systemctl restart countersign@5849'), { names: [address] })
    expect(existsSync(join(systemd[1], 'countersign@.service'))).toBe(true)
    expect(readFileSync(join(systemd[1], 'countersign@5850.service.d/metrics.conf'), 'utf8')).toBe(
      '[Service]\nEnvironment=METRICS_PORT=9465\n',
    )
    expect(toldSystemd(shell)).toEqual([
      'daemon-reload',
      'enable --now countersign@5849 countersign@5850',
      'daemon-reload',
      'restart countersign@5849 countersign@5850',
      'restart countersign@5849',
      'restart countersign@5850',
    ])
  })
}

if ((await available('shell')) && (await available('openssl'))) {
  it('the commands that make the secrets of the containers', async () => {
    const shell = openShell()
    mkdirSync(join(shell.path, 'deploy'))
    // Only root may give files away.
    if (process.getuid?.() !== 0) shell.program('chown', '[ "$*" = "-R 1000 secrets" ]')
    await shell.run(commandsOf(page, 'cd deploy'))
    const secret = (name: string) => readFileSync(join(shell.path, 'deploy/secrets', name), 'utf8').trim()
    expect(secret('database-url')).toBe(
      `postgres://countersign:${secret('postgres-password')}@postgres/countersign`,
    )
  })
}

if ((await available('shell')) && (await available('nginx')) && (await available('caddy'))) {
  it('the commands that check and load the configuration of a proxy, and enable the units of an application', async () => {
    const shell = openShell()
    shell.write('nginx.conf', nginxConfigurationOf('server { listen 127.0.0.1:1; }'))
    const nginx = ['nginx -t', `nginx -t -p ${shell.path} -c nginx.conf`] as const
    await shell.run(commandsOf(page, 'nginx -t'), { names: [nginx] })
    await shell.run(commandsOf('docs/deploying.md', 'nginx -t'), { names: [nginx] })
    const deploying = await readGuide('deploying')
    shell.write('Caddyfile', deploying.files.get('/etc/caddy/Caddyfile') ?? '')
    await shell.run(commandsOf('docs/deploying.md', 'caddy validate'), {
      names: [['/etc/caddy/Caddyfile', join(shell.path, 'Caddyfile')]],
    })
    await shell.run(commandsOf('docs/deploying.md', 'systemctl daemon-reload'))
    expect(toldSystemd(shell)).toEqual([
      'reload nginx',
      'reload nginx',
      'reload caddy',
      'daemon-reload',
      'enable --now api@3000 api@3001',
    ])
  })
}

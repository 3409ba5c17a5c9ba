import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { available, services, uniqueName } from '../../../packages/countersign/test/services.ts'
import { commandsOf } from './command-blocks.ts'
import { PageShell } from './page-shell.ts'

const page = 'docs/databases.md'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** In a folder of its own. */
function openShell(env: Readonly<Record<string, string>> = {}): PageShell {
  const shell = new PageShell(env)
  ends.push(shell.close)
  return shell
}

const addUser = (database: string) => `DATABASE_URL='${database}' countersign user add anna`
const hasUser = async (shell: PageShell, database: string) => {
  const { stdout } = await shell.run([`DATABASE_URL='${database}' countersign user list --json`])
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'anna' }])
}
const COUNTERSIGN_PASSWORD = 'correct horse battery'

if ((await available('shell')) && (await available('openssl'))) {
  it('the commands that look at the schema, migrate it, and seal secrets', async () => {
    const shell = openShell()
    await shell.run(['countersign client add Album --key album'])
    const { stdout } = await shell.run(commandsOf(page, 'countersign db status'))
    expect(stdout).toContain('0')
    const keys = commandsOf(page, 'SEALING_KEYS=')
    await shell.run([`export ${keys[0]}`, ...commandsOf(page, 'countersign db seal')])
  })
}

if ((await available('shell')) && (await available('sqlite3'))) {
  it('the commands that back up a SQLite file, and restore it', async () => {
    const shell = openShell({ COUNTERSIGN_PASSWORD })
    await shell.run(['countersign user add anna'])
    await shell.run(commandsOf(page, 'umask 077\nsqlite3'))
    await hasUser(shell, 'data/countersign.sqlite')
    expect(statSync(join(shell.path, 'data/countersign.sqlite')).mode & 0o077).toBe(0)
  })
}

if ((await available('shell')) && (await available('postgres')) && (await available('postgres-client'))) {
  it('the commands that make, back up and restore a database of PostgreSQL', async () => {
    const [name, restored] = [uniqueName('pages'), uniqueName('pages')]
    const { hostname, port, username, password } = new URL(services.postgres.url)
    const server = { PGHOST: hostname, PGPORT: port || '5432', PGUSER: username, PGPASSWORD: password }
    const shell = openShell({ ...server, COUNTERSIGN_PASSWORD })
    ends.push(() =>
      shell.run([`dropdb --if-exists ${name}`, `dropdb --if-exists ${restored}`, `dropuser ${name}`]),
    )
    // Both programs ask for the new user's password twice, and have no terminal to do so.
    await shell.run(commandsOf(page, 'createuser --pwprompt'), {
      names: [['countersign', name]],
      input: 'secret\nsecret\n',
    })
    const addressOf = (database: string) =>
      `postgres://${name}:secret@${hostname}:${port || 5432}/${database}`
    await shell.run([addUser(addressOf(name))])
    await shell.run(commandsOf(page, 'umask 077\npg_dump'), {
      names: [
        ['"$DATABASE_URL"', `'${addressOf(name)}'`],
        ['postgres://USER:PASSWORD@HOST/restored', addressOf('RESTORED')],
        ['countersign', name],
        ['restored', restored],
        ['RESTORED', restored],
      ],
    })
    await hasUser(shell, addressOf(restored))
  })
}

if ((await available('shell')) && (await available('mariadb')) && (await available('mariadb-client'))) {
  it('the commands that make, back up and restore a database of MariaDB', async () => {
    const [name, restored] = [uniqueName('pages').slice(0, 60), uniqueName('pages').slice(0, 60)]
    const { hostname, port, username, password } = new URL(services.mariadb.url)
    const shell = openShell({ COUNTERSIGN_PASSWORD })
    const options = ['[client]', `host=${hostname}`, `port=${port || 3306}`, `user=${username}`]
    shell.home('.my.cnf', [...options, ...(password ? [`password=${password}`] : []), ''].join('\n'))
    const databases = [name, restored].map((each) => `drop database if exists ${each};`).join(' ')
    ends.push(() => shell.run([`mariadb --execute="${databases} drop user '${name}'@'127.0.0.1'"`]))
    await shell.run(commandsOf(page, 'mariadb --execute="create'), {
      names: [
        ["countersign@'10.0.%'", `'${name}'@'127.0.0.1'`],
        ['countersign', name],
      ],
    })
    const address = (database: string) => {
      const url = new URL(services.mariadb.url)
      url.pathname = `/${database}`
      return url.href
    }
    await shell.run([addUser(address(name))])
    await shell.run(commandsOf(page, 'umask 077\nmariadb-dump'), {
      names: [
        [' --host=HOST --user=countersign --password', ''],
        ['countersign', name],
        ['restored', restored],
      ],
    })
    await hasUser(shell, address(restored))
  })
}

import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** How a database is backed up and restored: as docs/databases.md says. */
export interface BackupTool {
  /** Writes a database that is in use into a file. */
  backup(database: string, file: string): void
  /** Reads the file into another database, which is empty. */
  restore(file: string, database: string): void
}

export const backupTools: Readonly<Record<'sqlite' | 'postgres' | 'mariadb', BackupTool>> = {
  sqlite: {
    backup(database, file) {
      const source = new DatabaseSync(database, { readOnly: true })
      source.prepare('vacuum into ?').run(file)
      source.close()
    },
    restore: copyFileSync,
  },
  postgres: {
    backup: (database, file) => run('pg_dump', ['--no-owner', `--file=${file}`, database]),
    restore: (file, database) =>
      run('psql', ['--quiet', '--set=ON_ERROR_STOP=1', '--single-transaction', `--file=${file}`, database]),
  },
  mariadb: {
    backup: (database, file) =>
      writeFileSync(file, run('mariadb-dump', ['--single-transaction', ...addressOf(database)])),
    restore: (file, database) => run('mariadb', addressOf(database), readFileSync(file, 'utf8')),
  },
}

function addressOf(database: string): string[] {
  const { hostname, port, username, password, pathname } = new URL(database)
  const secret = password === '' ? [] : [`--password=${decodeURIComponent(password)}`]
  return [`--host=${hostname}`, `--port=${port || 3306}`, `--user=${username}`, ...secret, pathname.slice(1)]
}

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
  return stdout
}

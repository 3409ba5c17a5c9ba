import process from 'node:process'
import { createAccount, listAccounts } from '../database/accounts.ts'
import {
  type Command,
  databaseOptions,
  type Invocation,
  print,
  required,
  table,
  UsageError,
  withDatabase,
} from './command.ts'

export const userCommands: Readonly<Record<string, Command>> = {
  'user add': {
    summary: 'Add a user',
    usage: '--name NAME (--password PASSWORD | --password-stdin) [--database FILE] [--json]',
    options: {
      ...databaseOptions,
      name: { type: 'string' },
      password: { type: 'string' },
      'password-stdin': { type: 'boolean' },
    },
    async run(given) {
      const name = required(given, 'name')
      const password = await passwordOf(given)
      await withDatabase(given, true, async (db) => {
        const user = await createAccount(db, name, password)
        print(given, user, [`User ${user.name} added (id ${user.id}).`])
      })
    },
  },
  'user list': {
    summary: 'List the users',
    usage: '[--database FILE] [--json]',
    options: databaseOptions,
    async run(given) {
      await withDatabase(given, false, async (db) => {
        const users = await listAccounts(db)
        print(given, users, table(users.map(({ id, name }) => [String(id), name])))
      })
    },
  },
}

/** From standard input it stays out of the shell's history and the list of processes. */
async function passwordOf(given: Invocation): Promise<string> {
  if (given['password-stdin'] !== true) return required(given, 'password')
  if (given['password'] !== undefined) throw new UsageError('Give --password or --password-stdin, not both.')
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  return text.replace(/\r?\n$/, '')
}

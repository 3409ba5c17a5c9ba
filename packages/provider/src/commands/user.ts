import { changePassword, createAccount, listAccounts } from '../accounts/accounts.ts'
import {
  type Command,
  databaseOptions,
  type Invocation,
  print,
  required,
  table,
  withDatabase,
} from './command.ts'
import { Prompt } from './prompt.ts'
import { readSecret, secretOptions, secretUsage } from './secret.ts'

const password = { option: 'password', variable: 'COUNTERSIGN_PASSWORD', title: 'Password' }
const usage = `--name NAME ${secretUsage(password)} [--database FILE] [--json]`
const options = { ...databaseOptions, ...secretOptions(password), name: { type: 'string' } } as const

export const userCommands: Readonly<Record<string, Command>> = {
  'user add': {
    summary: 'Add a user; the password is asked for',
    usage,
    options,
    async run(given) {
      const name = required(given, 'name')
      const text = await passwordOf(given)
      await withDatabase(given, true, async (db) => {
        const user = await createAccount(db, name, text)
        print(given, user, [`User ${user.name} added (id ${user.id}).`])
      })
    },
  },
  'user passwd': {
    summary: 'Give a user a new password, and end the sessions of the user',
    usage,
    options,
    async run(given) {
      const name = required(given, 'name')
      const text = await passwordOf(given)
      await withDatabase(given, false, async (db) => {
        const user = await changePassword(db, name, text)
        print(given, user, [`User ${user.name} has a new password.`])
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

async function passwordOf(given: Invocation): Promise<string> {
  let prompt: Prompt | undefined
  try {
    return await readSecret(given, password, () => {
      prompt = new Prompt()
      return prompt
    })
  } finally {
    prompt?.close()
  }
}

import { readFileSync } from 'node:fs'
import { findAccount } from '../accounts/accounts.ts'
import { listClients, registerClient, removeClient } from '../clients/clients.ts'
import type { Database } from '../database/schema.ts'
import { InputError } from '../input-error.ts'
import {
  type Command,
  databaseOptions,
  type Invocation,
  optional,
  print,
  required,
  table,
  withDatabase,
} from './command.ts'

export const clientCommands: Readonly<Record<string, Command>> = {
  'client add': {
    summary: 'Register a client and print its key and secret',
    usage: '--name NAME [--callback URL …] [--rsa-public-key FILE] [--user NAME] [--database FILE] [--json]',
    options: {
      ...databaseOptions,
      name: { type: 'string' },
      callback: { type: 'string', multiple: true },
      'rsa-public-key': { type: 'string' },
      user: { type: 'string' },
    },
    async run(given) {
      const name = required(given, 'name')
      const rsaPublicKey = keyFile(optional(given, 'rsa-public-key'))
      await withDatabase(given, true, async (db) => {
        const ownerId = await userId(db, given)
        const callbacks = (given['callback'] ?? []) as string[]
        const client = await registerClient(db, { name, callbacks, rsaPublicKey, ownerId })
        const { clientId, clientSecret } = client
        print(given, client, [
          `Client ${client.name} registered. The secret is shown only now.`,
          `Key     ${clientId}`,
          `Secret  ${clientSecret}`,
        ])
      })
    },
  },
  'client list': {
    summary: 'List the clients',
    usage: '[--user NAME] [--database FILE] [--json]',
    options: { ...databaseOptions, user: { type: 'string' } },
    async run(given) {
      await withDatabase(given, false, async (db) => {
        const clients = await listClients(db, await userId(db, given))
        print(
          given,
          clients,
          table(clients.map((client) => [client.clientId, client.name, client.callbacks.join(' ')])),
        )
      })
    },
  },
  'client remove': {
    summary: 'Remove a client, and with it every token that it has',
    usage: '--key KEY [--database FILE] [--json]',
    options: { ...databaseOptions, key: { type: 'string' } },
    async run(given) {
      const clientId = required(given, 'key')
      await withDatabase(given, false, async (db) => {
        if (!(await removeClient(db, clientId)))
          throw new InputError('key', `No client has the key ${clientId}.`)
        print(given, { removed: clientId }, [`Client ${clientId} removed.`])
      })
    },
  },
}

/** The user that `--user` names; undefined without the option. @throws InputError when there is no such user. */
export async function userId(db: Database, given: Invocation): Promise<number | undefined> {
  const name = optional(given, 'user')
  if (name === undefined) return undefined
  const user = await findAccount(db, name)
  if (user === undefined) throw new InputError('user', `There is no user ${name}.`)
  return user.id
}

function keyFile(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError('rsa-public-key', `The key file cannot be read: ${(error as Error).message}`)
  }
}

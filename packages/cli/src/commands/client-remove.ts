import { type Command, databaseOptions, required } from '../command.ts'
import { print } from '../output.ts'
import { InputError, removeClient } from '../provider.ts'
import { withServices } from '../services.ts'

export const clientRemove: Command = {
  name: 'client remove',
  summary: 'Remove a client and all its tokens',
  options: [{ flags: '--key KEY', summary: 'The key of the client', required: true }, ...databaseOptions],
  run: (given) =>
    withServices(given, async ({ db }) => {
      const clientId = required(given, 'key')
      if (!(await removeClient(db, clientId)))
        throw new InputError('key', `No client has the key ${clientId}.`)
      print(given, { removed: clientId }, [`Client ${clientId} removed.`])
    }),
}

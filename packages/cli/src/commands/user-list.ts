import { type Command, databaseOptions } from '../command.ts'
import { print, table } from '../output.ts'
import { listAccounts } from '../provider.ts'
import { withServices } from '../services.ts'

export const userList: Command = {
  name: 'user list',
  summary: 'List the users',
  options: databaseOptions,
  run: (given) =>
    withServices(given, async ({ db }) => {
      const users = await listAccounts(db)
      print(given, users, table(users.map(({ id, name }) => [String(id), name])))
    }),
}

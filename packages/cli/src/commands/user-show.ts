import { type Command, databaseOptions, nameArgument, required } from '../command.ts'
import { count } from '../confirmation.ts'
import { minute, print, table } from '../output.ts'
import { accountDetails, clientPage, countAccess } from '../provider.ts'
import { unknownUser } from '../refusal.ts'
import { withServices } from '../services.ts'
import { statusOf } from './user-list.ts'

export const userShow: Command = {
  name: 'user show',
  summary: 'Show one user, and the access they gave',
  argument: nameArgument,
  options: databaseOptions,
  examples: ['user show anna', 'user show anna --json'],
  run: (given) =>
    withServices(given, async ({ db }) => {
      const name = required(given, 'name')
      const user = await accountDetails(db, name)
      if (user === undefined) throw unknownUser(name)
      const { tokens, clients } = await countAccess(db, { userId: user.id })
      const own = await clientPage(db, { ownerId: user.id }, { limit: 100 })
      const ownClients = own.items.map(({ clientId }) => clientId)
      print(
        given,
        { ...user, tokens, allowedClients: clients, ownClients },
        table([
          ['Name', user.name],
          ['ID', String(user.id)],
          ['Status', statusOf(user)],
          ['Since', `${minute(user.createdAt)} UTC`],
          ['Password', user.hasPassword ? 'set' : 'none'],
          ['Allowed', `${count(clients, 'client')}, ${count(tokens, 'token')}`],
          ['Own clients', ownClients.join(' ') || 'none'],
        ]),
      )
    }),
}

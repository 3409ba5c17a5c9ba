import { type Command, databaseOptions, nameArgument, required, yesOption } from '../command.ts'
import { confirm, count } from '../confirmation.ts'
import { print } from '../output.ts'
import { countAccess, findAccount, listClients, recordAudit, removeAccount } from '../provider.ts'
import { unknownUser } from '../refusal.ts'
import { withServices } from '../services.ts'

export const userRemove: Command = {
  name: 'user remove',
  aliases: ['user revoke', 'user delete', 'user rm'],
  summary: 'Remove a user, their clients, and all access that they gave',
  argument: nameArgument,
  options: [yesOption, ...databaseOptions],
  examples: ['user remove anna', 'user remove anna --yes'],
  run: (given) =>
    withServices(given, async (services) => {
      const name = required(given, 'name')
      const user = await findAccount(services.db, name)
      if (user === undefined) throw unknownUser(name)
      const { clients, tokens } = await countAccess(services.db, { userId: user.id })
      const own = await listClients(services.db, user.id)
      await confirm(
        given,
        `The user ${user.name} will be removed: ${count(clients, 'client')} will lose access to the account (${count(tokens, 'token')}), and ${count(own.length, 'client')} of their own will be removed with all tokens.`,
      )
      const removed = await removeAccount(services, user.id)
      if (removed === undefined) throw unknownUser(name)
      const subject = { kind: 'user', id: user.id, name: user.name } as const
      await recordAudit(services, { action: 'user.deleted', subject, details: { ...removed } })
      print(given, { removed: user.name, ...removed }, [
        `User ${user.name} removed, with ${count(removed.clients, 'client')} and ${count(removed.tokens, 'token')}.`,
      ])
    }),
}

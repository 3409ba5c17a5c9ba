import { type Command, databaseOptions, keyArgument, required, yesOption } from '../command.ts'
import { confirm, count } from '../confirmation.ts'
import { print } from '../output.ts'
import { countAccess, deleteClient, findClient, recordAudit } from '../provider.ts'
import { unknownClient } from '../refusal.ts'
import { withServices } from '../services.ts'

export const clientRemove: Command = {
  name: 'client remove',
  aliases: ['client revoke', 'client delete', 'client rm'],
  summary: 'Remove a client and all its tokens',
  argument: keyArgument,
  options: [yesOption, ...databaseOptions],
  examples: ['client remove KEY', 'client remove KEY --yes'],
  run: (given) =>
    withServices(given, async (services) => {
      const { db } = services
      const clientId = required(given, 'key')
      const client = await findClient(db, clientId)
      if (client === undefined) throw unknownClient(clientId)
      const { users, tokens } = await countAccess(db, { clientId })
      await confirm(
        given,
        `${client.name} (${clientId}) will be removed: ${count(users, 'user')} will lose access with it, and ${count(tokens, 'token')} will end.`,
      )
      if ((await deleteClient(services, clientId)) === undefined) throw unknownClient(clientId)
      const subject = { kind: 'client', id: clientId, name: client.name } as const
      await recordAudit(services, { action: 'client.deleted', subject, details: { tokens } })
      print(given, { removed: clientId, tokens }, [`Client ${clientId} removed.`])
    }),
}

import { type Command, databaseOptions } from '../command.ts'
import { print, table } from '../output.ts'
import { listClients } from '../provider.ts'
import { userId, withServices } from '../services.ts'

export const clientList: Command = {
  name: 'client list',
  summary: 'List the clients',
  options: [{ flags: '--user NAME', summary: 'Only those of this user' }, ...databaseOptions],
  run: (given) =>
    withServices(given, async (services) => {
      const clients = await listClients(services.db, await userId(services, given))
      const rows = clients.map(({ clientId, name, mode, callbacks }) => [
        clientId,
        name,
        mode,
        callbacks.join(' '),
      ])
      print(given, clients, table(rows))
    }),
}

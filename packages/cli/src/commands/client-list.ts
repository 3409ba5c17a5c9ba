import { type Command, databaseOptions, optional } from '../command.ts'
import { pageOptions, printList } from '../listing.ts'
import { minute } from '../output.ts'
import { type ClientFilter, clientPage } from '../provider.ts'
import { userId, withServices } from '../services.ts'

export const clientList: Command = {
  name: 'client list',
  aliases: ['client ls'],
  summary: 'List the clients',
  options: [
    { flags: '--user NAME', summary: 'Only clients of this user' },
    { flags: '--search TEXT', summary: 'Only clients whose name or key contains this' },
    {
      flags: '--status STATUS',
      summary: 'Only pending, approved or suspended clients',
      values: ['pending', 'approved', 'suspended'],
    },
    ...pageOptions,
    ...databaseOptions,
  ],
  examples: ['client list', 'client list --user anna', 'client list --status pending --json'],
  run: (given) =>
    withServices(given, async (services) => {
      const filter = {
        ownerId: await userId(services, given),
        search: optional(given, 'search'),
        status: optional(given, 'status') as ClientFilter['status'],
      }
      await printList(given, clientList, {
        headings: ['KEY', 'NAME', 'MODE', 'STATUS', 'OWNER', 'SINCE (UTC)', 'CALLBACKS'],
        page: (request) => clientPage(services.db, filter, request),
        cells: ({ clientId, name, mode, status, ownerName, createdAt, callbacks }) => [
          ...[clientId, name, mode, status, ownerName ?? '-', minute(createdAt)],
          callbacks.join(' '),
        ],
        empty: 'There is no such client. Register one with: client add NAME',
      })
    }),
}

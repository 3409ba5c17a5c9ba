import { type Command, databaseOptions, optional } from '../command.ts'
import { pageOptions, printList } from '../listing.ts'
import { minute } from '../output.ts'
import { type AccountDetails, type AccountFilter, accountPage } from '../provider.ts'
import { withServices } from '../services.ts'

export const userList: Command = {
  name: 'user list',
  aliases: ['user ls'],
  summary: 'List the users',
  options: [
    { flags: '--search TEXT', summary: 'Only users whose name contains this' },
    {
      flags: '--status STATUS',
      summary: 'Only active or suspended users, or administrators',
      values: ['active', 'suspended', 'admin'],
    },
    ...pageOptions,
    ...databaseOptions,
  ],
  examples: ['user list', 'user list --search anna --limit 20 --json'],
  run: (given) =>
    withServices(given, ({ db }) => {
      const status = optional(given, 'status') as AccountFilter['status']
      const filter = { search: optional(given, 'search'), status }
      return printList(given, userList, {
        headings: ['ID', 'NAME', 'STATUS', 'SINCE (UTC)'],
        page: (request) => accountPage(db, filter, request),
        cells: (user) => [String(user.id), user.name, statusOf(user), minute(user.createdAt)],
        empty: 'There is no such user. Add one with: user add NAME',
      })
    }),
}

export function statusOf({ role, suspendedAt }: AccountDetails): string {
  return suspendedAt === null ? (role === 'admin' ? 'admin' : 'active') : 'suspended'
}

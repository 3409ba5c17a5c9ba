import { type Command, databaseOptions, keyArgument, optional, required } from '../command.ts'
import { minute, print, table } from '../output.ts'
import { findClient, clientUsage as usageOf } from '../provider.ts'
import { unknownClient } from '../refusal.ts'
import { withServices } from '../services.ts'
import { daysOf } from './usage.ts'

export const clientUsage: Command = {
  name: 'client usage',
  summary: 'Show the requests of a client, day by day',
  argument: keyArgument,
  options: [{ flags: '--days NUMBER', summary: 'How many days (default: 30)' }, ...databaseOptions],
  examples: ['client usage KEY', 'client usage KEY --days 7 --json'],
  async run(given) {
    const key = required(given, 'key')
    const days = daysOf(optional(given, 'days') ?? '30', '--days')
    await withServices(given, async ({ db }) => {
      if (!(await findClient(db, key))) throw unknownClient(key)
      const usage = await usageOf(db, key, { days })
      const rows = usage.days.map(({ at, accepted, refused }) => [
        new Date(at * 1000).toISOString().slice(0, 10),
        String(accepted),
        String(refused),
      ])
      print(given, usage, [
        ...table([['DAY (UTC)', 'ACCEPTED', 'REFUSED'], ...rows]),
        `Last request: ${minute(usage.lastAt)}`,
      ])
    })
  },
}

import { type Command, databaseOptions } from '../command.ts'
import { print, table } from '../output.ts'
import { sweepAll } from '../provider.ts'
import { withServices } from '../services.ts'

export const sweep: Command = {
  name: 'sweep',
  summary: 'Remove expired rows, as a running provider does every minute',
  options: databaseOptions,
  examples: ['sweep', 'sweep --json'],
  run: (given) =>
    withServices(given, async ({ db }) => {
      const removed = await sweepAll(db)
      print(given, removed, table(Object.entries(removed).map(([what, rows]) => [String(rows), what])))
    }),
}

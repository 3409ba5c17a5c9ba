import { type Command, databaseOptions } from '../command.ts'
import { print } from '../output.ts'
import { program } from '../program.ts'
import { loadProvider } from '../provider.ts'
import { environmentOf } from '../services.ts'

export const dbStatus: Command = {
  name: 'db status',
  summary: 'List the steps of the schema, done and missing; changes nothing',
  options: databaseOptions,
  examples: ['db status'],
  async run(given) {
    const { schemaSteps, shownDatabase, storeFromEnv } = await loadProvider()
    const { database } = storeFromEnv(environmentOf(given))
    const { done, missing } = await schemaSteps(database)
    const shown = shownDatabase(database)
    const lines = [
      shown,
      ...done.map((step) => `  done     ${step}`),
      ...missing.map((step) => `  missing  ${step}`),
      missing.length === 0 ? 'The schema is up to date.' : `To run the missing steps: ${program} db migrate`,
    ]
    print(given, { database: shown, done, missing }, lines)
  },
}

import { type Command, databaseOptions } from '../command.ts'
import { print } from '../output.ts'
import { loadProvider, recordAudit } from '../provider.ts'
import { environmentOf, withServices } from '../services.ts'

export const dbMigrate: Command = {
  name: 'db migrate',
  summary: 'Bring the schema up to date; creates a missing SQLite file',
  options: databaseOptions,
  notes: `Several processes may do so at once: one takes the steps, and the others wait. Back the database up first. The start does
the same, unless MIGRATE_AT_START=false.`,
  examples: ['db migrate'],
  async run(given) {
    const { openDatabase, schemaSteps, shownDatabase, storeFromEnv } = await loadProvider()
    const { database, synchronous, sealingKeys } = storeFromEnv(environmentOf(given))
    const { missing } = await schemaSteps(database)
    const db = await openDatabase(database, { synchronous, sealingKeys })
    await db.destroy()
    if (missing.length > 0) {
      const event = {
        action: 'database.migrated',
        subject: { kind: 'database' },
        details: { steps: missing },
      } as const
      await withServices(given, (services) => recordAudit(services, event))
    }
    const shown = shownDatabase(database)
    const done = missing.map((step) => `  done     ${step}`)
    print(given, { database: shown, taken: missing }, [shown, ...done, 'The schema is up to date.'])
  },
}

import { available } from '../services.ts'
import { databaseConfig } from './backends/databases.ts'
import { describeStore } from './suite.ts'

const backend = new URL('backends/kysely.ts', import.meta.url)

describeStore({ name: 'Kysely on SQLite (node:sqlite)', backend, config: databaseConfig('sqlite') })

if (await available('postgres'))
  describeStore({ name: 'Kysely on PostgreSQL', backend, config: databaseConfig('postgres') })
else describeStore({ name: 'Kysely on PGlite', backend, config: 'pglite:kysely', shared: false })

if (await available('mariadb'))
  describeStore({ name: 'Kysely on MariaDB', backend, config: databaseConfig('mariadb') })

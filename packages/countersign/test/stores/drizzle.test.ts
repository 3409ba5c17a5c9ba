import { available } from '../services.ts'
import { databaseConfig } from './backends/databases.ts'
import { describeStore } from './suite.ts'

const backend = (name: string) => new URL(`backends/drizzle-${name}.ts`, import.meta.url)

describeStore({
  name: 'Drizzle on SQLite (better-sqlite3)',
  backend: backend('sqlite'),
  config: databaseConfig('sqlite'),
})

if (await available('postgres'))
  describeStore({
    name: 'Drizzle on PostgreSQL',
    backend: backend('pg'),
    config: databaseConfig('postgres'),
  })
else
  describeStore({
    name: 'Drizzle on PGlite',
    backend: backend('pg'),
    config: 'pglite:drizzle',
    shared: false,
  })

if (await available('mariadb'))
  describeStore({
    name: 'Drizzle on MariaDB',
    backend: backend('mysql'),
    config: databaseConfig('mariadb'),
  })

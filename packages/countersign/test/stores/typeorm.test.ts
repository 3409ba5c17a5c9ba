import { available } from '../services.ts'
import { databaseConfig } from './backends/databases.ts'
import { describeStore } from './suite.ts'

const schemas = new URL('backends/typeorm-schemas.ts', import.meta.url)
const mixins = new URL('backends/typeorm-mixins.ts', import.meta.url)

describeStore({ name: 'TypeORM schemas on SQLite', backend: schemas, config: databaseConfig('sqlite') })
describeStore({ name: 'TypeORM mixins on SQLite', backend: mixins, config: databaseConfig('sqlite') })

if (await available('postgres')) {
  describeStore({ name: 'TypeORM on PostgreSQL', backend: mixins, config: databaseConfig('postgres') })
}
if (await available('mariadb')) {
  describeStore({ name: 'TypeORM on MariaDB', backend: schemas, config: databaseConfig('mariadb') })
}

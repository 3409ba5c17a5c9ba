import { available } from '../services.ts'
import { databaseConfig } from './backends/databases.ts'
import { describeStore } from './suite.ts'

const backend = new URL('backends/prisma-client.ts', import.meta.url)

describeStore({ name: 'Prisma on SQLite', backend, config: databaseConfig('sqlite') })

if (await available('postgres'))
  describeStore({ name: 'Prisma on PostgreSQL', backend, config: databaseConfig('postgres') })

if (await available('mariadb'))
  describeStore({ name: 'Prisma on MariaDB', backend, config: databaseConfig('mariadb') })

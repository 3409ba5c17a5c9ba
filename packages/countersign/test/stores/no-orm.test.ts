import { databaseConfig } from './backends/databases.ts'
import { describeStore } from './suite.ts'

describeStore({
  name: 'Hooks by hand on SQLite (node:sqlite)',
  backend: new URL('backends/no-orm.ts', import.meta.url),
  config: databaseConfig('sqlite'),
})

import type { Client, TemporaryCredential, TokenCredential } from 'countersign'
import { type NonceRow, sweepExpired, typeormHooks } from 'countersign/typeorm'
import { DataSource, type DataSourceOptions, type EntityTarget } from 'typeorm'
import type { Backend } from '../backend.ts'
import { createDatabase, removeDatabase } from './databases.ts'

/** The four entities, whatever they are made of. */
export interface Entities {
  readonly client: EntityTarget<Client>
  readonly tokenCredential: EntityTarget<TokenCredential>
  readonly temporaryCredential: EntityTarget<TemporaryCredential>
  readonly nonce: EntityTarget<NonceRow>
}

/** MariaDB's own collation takes upper and lower case, and trailing spaces, for the same. */
export function collationFor(config: string): { collation?: string } {
  return config.startsWith('mysql:') ? { collation: 'utf8mb4_nopad_bin' } : {}
}

/** `config`: a file name, or the URL of a PostgreSQL or MariaDB database. */
function connect(config: string, entities: Entities): Promise<DataSource> {
  const list = Object.values(entities) as NonNullable<DataSourceOptions['entities']>
  return new DataSource({ ...driverOptions(config), entities: list }).initialize()
}

function driverOptions(config: string): DataSourceOptions {
  if (config.startsWith('postgres:')) return { type: 'postgres', url: config, extra: { max: 6 } }
  if (config.startsWith('mysql:')) return { type: 'mysql', url: config }
  return { type: 'better-sqlite3', database: config, enableWAL: true }
}

/** The suite's three functions over entities that may depend on the database. */
export function typeormBackend(entitiesFor: (config: string) => Entities): Required<Backend> {
  return {
    async reset(config) {
      await createDatabase(config)
      const dataSource = await connect(config, entitiesFor(config))
      await dataSource.synchronize()
      await dataSource.destroy()
    },
    async open(config) {
      const entities = entitiesFor(config)
      const dataSource = await connect(config, entities)
      const hooks = typeormHooks(dataSource, entities)
      return {
        hooks,
        addClient: async (client) =>
          void (await dataSource.getRepository(entities.client).insert(client as never)),
        addToken: async (token) => void (await hooks.createTokenCredential(token)),
        sweep: (limit, tokens = false) => sweepExpired(dataSource, { entities, limit, tokens }),
        close: () => dataSource.destroy(),
      }
    },
    remove: removeDatabase,
  }
}

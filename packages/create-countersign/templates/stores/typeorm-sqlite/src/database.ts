import { DataSource } from 'typeorm'
import { client, nonce, temporaryCredential, tokenCredential } from './entities.ts'

export const dataSource = new DataSource({
  type: 'better-sqlite3',
  database: process.env['DATABASE_FILE'] ?? 'oauth.sqlite',
  enableWAL: true,
  entities: [client, tokenCredential, temporaryCredential, nonce],
  // For development only; in production, run migrations.
  synchronize: true,
})

import { DataSource } from 'typeorm'
import { client, nonce, temporaryCredential, tokenCredential } from './entities.ts'

export const dataSource = new DataSource({
  type: 'postgres',
  url: process.env['DATABASE_URL'],
  entities: [client, tokenCredential, temporaryCredential, nonce],
  // For development only; in production, run migrations.
  synchronize: true,
})

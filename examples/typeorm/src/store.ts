import { sweepExpired, typeormHooks } from 'countersign/typeorm'
import { DataSource } from 'typeorm'
import { Client, Nonce, TemporaryCredential, TokenCredential, User } from './entities.js'

const dataSource = new DataSource({
  type: 'better-sqlite3',
  database: process.env['DATABASE_FILE'] ?? 'example.db',
  enableWAL: true,
  entities: [User, Client, TokenCredential, TemporaryCredential, Nonce],
  // For this demonstration only; in production, run migrations.
  synchronize: true,
})
await dataSource.initialize()

export const hooks = typeormHooks(dataSource, {
  client: Client,
  tokenCredential: TokenCredential,
  temporaryCredential: TemporaryCredential,
  nonce: Nonce,
})

// The users and the client of the demonstration.
if (!(await Client.existsBy({ clientId: 'demo' }))) {
  await User.insert([
    { id: 'ada', name: 'Ada' },
    { id: 'grace', name: 'Grace' },
  ])
  await Client.insert({
    clientId: 'demo',
    clientSecret: 'demo-secret',
    callbacks: ['http://localhost:8080/callback'],
    name: 'Demonstration',
  })
}

setInterval(() => {
  const entities = {
    nonce: Nonce,
    temporaryCredential: TemporaryCredential,
    tokenCredential: TokenCredential,
  }
  sweepExpired(dataSource, { entities, tokens: true }).catch(console.error)
}, 60_000).unref()

// The provider in a test of one's own: packages/provider/README.md shows it.
import { createAccount, createProvider, issueToken, registerClient } from '@countersign/provider'

const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
const { services, address } = provider
const user = await createAccount(services.db, 'anna', 'correct horse battery')
const client = await registerClient(services.db, { name: 'Album', callbacks: [] })
const token = await issueToken(services, client.clientId, user.id)
console.log(`${address}/api/me`, client.clientSecret, token.oauthTokenSecret)
await provider.close()

// Registers a client in the local database: npm run client -- --name printer --callback https://printer.example.com/ready
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { getPlatformProxy, type PlatformProxy } from 'wrangler'
import { addClient } from '../clients.ts'
import { type Database, d1Hooks } from '../d1.ts'

const { values } = parseArgs({
  options: { name: { type: 'string' }, callback: { type: 'string', multiple: true } },
})
const { name: clientId, callback: callbacks = [] } = values
if (clientId === undefined || !/^[\w.-]+$/.test(clientId)) {
  console.error(
    'Usage: npm run client -- --name NAME [--callback URL]; a name has letters, digits, _, . and -',
  )
  process.exit(2)
}

const platform: PlatformProxy<{ DB: Database }> = await getPlatformProxy()
const db = platform.env.DB
if (await d1Hooks(db).queryClient(clientId)) {
  console.error(`There is a client named ${clientId} already.`)
  process.exit(1)
}
const clientSecret = randomBytes(32).toString('base64url')
await addClient(db, { clientId, clientSecret, callbacks })
await platform.dispose()
console.log(`Client identifier  ${clientId}
Client secret      ${clientSecret}

While the server runs, go through the three legs as this client:
  npm run try -- --name ${clientId} --secret=${clientSecret}`)

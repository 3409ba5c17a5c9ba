// Registers a client: npm run client -- --name printer --callback https://printer.example.com/ready
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { addClient, closeStore, hooks } from '../store.ts'

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
if (await hooks.queryClient(clientId)) {
  console.error(`There is a client named ${clientId} already.`)
  process.exit(1)
}

const clientSecret = randomBytes(32).toString('base64url')
await addClient({ clientId, clientSecret, callbacks })
await closeStore()
console.log(`Client identifier  ${clientId}
Client secret      ${clientSecret}

While the server runs, go through the three legs as this client:
  npm run try -- --name ${clientId} --secret=${clientSecret}`)

// Registers a client: npm run client -- --name printer --callback https://printer.example.com/ready
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Client } from 'countersign'

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

// Wrangler reads this file when it starts, and gives its variables to the Worker.
const text = existsSync('.dev.vars') ? await readFile('.dev.vars', 'utf8') : ''
const clients: Client[] = JSON.parse(/^CLIENTS='(.*)'$/m.exec(text)?.[1] ?? '[]')
if (clients.some((client) => client.clientId === clientId)) {
  console.error(`There is a client named ${clientId} already.`)
  process.exit(1)
}
const clientSecret = randomBytes(32).toString('base64url')
const line = `CLIENTS='${JSON.stringify([...clients, { clientId, clientSecret, callbacks }])}'\n`
await writeFile('.dev.vars', text.replace(/^CLIENTS=.*\n/m, '') + line)
console.log(`Client identifier  ${clientId}
Client secret      ${clientSecret}

Start the server, or start it again: it reads .dev.vars once. Then go through the three legs as this client:
  npm run try -- --name ${clientId} --secret=${clientSecret}`)

// Registers a client: npm run client -- --name printer --callback https://printer.example.com/ready
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { parseArgs, parseEnv } from 'node:util'
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
const clients: Client[] = JSON.parse(parseEnv(text)['CLIENTS'] ?? '[]')
if (clients.some((client) => client.clientId === clientId)) {
  console.error(`There is a client named ${clientId} already.`)
  process.exit(1)
}
const clientSecret = randomBytes(32).toString('base64url')
const json = JSON.stringify([...clients, { clientId, clientSecret, callbacks }])
// An apostrophe would end the value.
const line = `CLIENTS='${json.replaceAll("'", '\\u0027')}'\n`
const others = text.replace(/(?<=[^\n])$/, '\n').replace(/^CLIENTS=('[^']*')?[^\n]*\n/gm, '')
// It contains secrets: only the owner reads it.
if (existsSync('.dev.vars')) await chmod('.dev.vars', 0o600)
await writeFile('.dev.vars', others + line, { mode: 0o600 })
console.log(`Client identifier  ${clientId}
Client secret      ${clientSecret}

Start the server, or start it again: it reads .dev.vars once. Then go through the three legs as this client:
  npm run try -- --name ${clientId} --secret=${clientSecret}`)

// Goes through the three legs as a client: npm run try -- --name printer --secret=SECRET
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { OAuth1Client } from 'countersign/client'

const { values } = parseArgs({
  options: { name: { type: 'string' }, secret: { type: 'string' }, origin: { type: 'string' } },
})
const ownServer = `http://localhost:${process.env['PORT'] ?? 3000}`
const { name: clientId, secret: clientSecret, origin = ownServer } = values
if (clientId === undefined || clientSecret === undefined) {
  console.error('Usage: npm run try -- --name NAME --secret=SECRET [--origin URL]')
  process.exit(2)
}
const client = new OAuth1Client({
  clientId,
  clientSecret,
  endpoints: {
    initiate: `${origin}/oauth/initiate`,
    authorize: `${origin}/oauth/authorize`,
    token: `${origin}/oauth/token`,
  },
})

const temporary = await client.requestTemporaryCredential('oob')
console.log(`1. Open ${client.authorizationUrl(temporary)} and press Allow.`)
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = (await terminal.question('2. Type the code that the page shows: ')).trim()
const { fetch } = client.withToken(await client.requestToken(temporary, code))

const me = await fetch(`${origin}/api/me`)
console.log(`3. GET /api/me, signed: ${me.status} ${await me.text()}`)

const answer = await terminal.question('Revoke the token? (y/N) ')
terminal.close()
if (answer.trim().toLowerCase() === 'y') {
  const revoked = await fetch(`${origin}/api/token`, { method: 'DELETE' })
  const again = await fetch(`${origin}/api/me`)
  console.log(`DELETE /api/token: ${revoked.status}. GET /api/me, signed as before: ${again.status}.`)
}

import { createInterface } from 'node:readline/promises'
import { OAuth1Client } from 'countersign/client'

const origin = process.argv[2] ?? 'http://localhost:3000'
const client = new OAuth1Client({
  clientId: 'demo',
  clientSecret: 'demo-secret',
  endpoints: {
    initiate: `${origin}/oauth/initiate`,
    authorize: `${origin}/oauth/authorize`,
    token: `${origin}/oauth/token`,
  },
})

// The three legs.
const temporary = await client.requestTemporaryCredential('oob')
console.log(`Open ${client.authorizationUrl(temporary)}`)
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = (await terminal.question('Then type the code here: ')).trim()
terminal.close()
const token = await client.requestToken(temporary, code)

const signed = client.withToken(token)
const me = await signed.fetch(`${origin}/api/me`)
console.log('GET /api/me', me.status, await me.text())
const revoked = await signed.fetch(`${origin}/api/token`, { method: 'DELETE' })
console.log('DELETE /api/token', revoked.status)
const again = await signed.fetch(`${origin}/api/me`)
console.log('GET /api/me', again.status, await again.text())

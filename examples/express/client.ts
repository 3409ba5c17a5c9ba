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

const temporary = await client.requestTemporaryCredential('oob')
console.log(`Open ${client.authorizationUrl(temporary)}`)
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = (await terminal.question('Then type the code here: ')).trim()
terminal.close()
const token = await client.requestToken(temporary, code)
const me = await client.withToken(token).fetch(`${origin}/api/me`)
console.log(await me.text())

import { createHmac } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import OAuth from 'oauth-1.0a'

const origin = process.argv[2] ?? 'http://localhost:3000'
const client = new OAuth({
  consumer: { key: 'demo', secret: 'demo-secret' },
  signature_method: 'HMAC-SHA1',
  hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
})

/** Sends a signed request; `data` is signed with it and, where its names begin with `oauth_`, sent in the header. */
async function send(method: string, path: string, token?: OAuth.Token, data = {}) {
  const url = origin + path
  const headers = { ...client.toHeader(client.authorize({ url, method, data }, token)) }
  const response = await fetch(url, { method, headers })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response.text()
}

function tokenFrom(form: string): OAuth.Token {
  const fields = new URLSearchParams(form)
  return { key: fields.get('oauth_token') ?? '', secret: fields.get('oauth_token_secret') ?? '' }
}

const temporary = tokenFrom(await send('POST', '/oauth/initiate', undefined, { oauth_callback: 'oob' }))
console.log(`Open ${origin}/oauth/authorize?oauth_token=${temporary.key}`)
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = (await terminal.question('Then type the code here: ')).trim()
terminal.close()
const token = tokenFrom(await send('POST', '/oauth/token', temporary, { oauth_verifier: code }))
console.log(await send('GET', '/api/me', token))

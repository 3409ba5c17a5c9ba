import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { AuthorizationServer, ResourceProtector } from 'countersign'
import { OAuth1Client, OAuth1ClientError, type Signer } from 'countersign/client'
import { memoryHooks } from 'countersign/memory'
import { endpoint, requireOAuth } from 'countersign/node'
import { served } from '../app.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaPublicKey = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const callbacks = ['https://printer.example.com/ready']
const hooks = memoryHooks({
  clients: [{ clientId: 'printer', clientSecret: 'printer-secret', callbacks, rsaPublicKey }],
})
const options = { hooks, insecureTransport: true, supportedSignatureMethods: ['HMAC-SHA1', 'RSA-SHA256'] }
const server = new AuthorizationServer(options)
const protect = requireOAuth(new ResourceProtector(options))
const resource = protect(async (req, res) => res.end(await text(req)))
const routes = new Map([
  ['/oauth/initiate', endpoint(server.initiate)],
  ['/oauth/token', endpoint(server.token)],
])
const app = createServer((req, res) => void (routes.get(req.url ?? '') ?? resource)(req, res))
app.listen(0, '127.0.0.1')

await served(app, async (site) => {
  const client = new OAuth1Client({
    clientId: 'printer',
    clientSecret: 'printer-secret',
    endpoints: {
      initiate: `${site}/oauth/initiate`,
      authorize: `${site}/oauth/authorize`,
      token: `${site}/oauth/token`,
    },
  })

  const temporary = await client.requestTemporaryCredential('https://printer.example.com/ready')
  const address = client.authorizationUrl(temporary)

  assert.equal(address, `${site}/oauth/authorize?oauth_token=${temporary.oauthToken}`)
  const decision = await server.decideAuthorization(temporary.oauthToken, { id: 'ada' })
  assert.ok(decision.kind === 'redirect')
  const { location: returned } = decision

  const verifier = client.readCallback(returned, temporary)
  const token = await client.requestToken(temporary, verifier)
  const { fetch } = client.withToken(token)

  const photos = await fetch(`${site}/photos?size=large`)
  const created = await fetch(`${site}/photos`, {
    method: 'POST',
    body: new URLSearchParams([
      ['title', 'Zürich!'],
      ['tag', 'b'],
      ['tag', 'a'],
    ]),
  })
  const replaced = await fetch(`${site}/photos/7`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ title: 'Zürich' }),
    signal: AbortSignal.timeout(5_000),
    retries: 2,
  })

  assert.deepEqual([photos.status, created.status, replaced.status], [200, 200, 200])
  assert.equal(await replaced.text(), '{"title":"Zürich"}')

  const signed = client.withToken(token).sign({
    method: 'POST',
    url: `${site}/photos`,
    body: new URLSearchParams({ title: 'Zürich' }),
  })
  // signed.url, signed.headers and signed.body are what to send; signed.authorization is the header alone.

  const { method, headers, body = null } = signed
  assert.equal((await globalThis.fetch(signed.url, { method, headers, body: String(body) })).status, 200)

  const bank = new OAuth1Client({ clientId: 'printer', privateKey, signatureMethod: 'RSA-SHA256', token })

  const keyService = { sign: async (baseString: string) => bank.sign({ url: site }).baseString + baseString }

  const signer: Signer = { name: 'RSA-SHA256', sign: ({ baseString }) => keyService.sign(baseString) }
  const remote = new OAuth1Client({ clientId: 'printer', signatureMethod: signer, token })

  assert.equal((await bank.fetch(`${site}/photos`)).status, 200)
  assert.equal((await remote.fetch(`${site}/photos`)).status, 401)

  const said: string[] = []
  const showError = (text: string) => void said.push(text)
  const signInAgain = () => void said.push('again')
  const exchange = async () => {
    try {
      await client.requestToken(temporary, verifier)
    } catch (error) {
      if (!(error instanceof OAuth1ClientError)) throw error
      // "https://photos.example.net/oauth/token refused with 401: invalid_token: The temporary credential …"
      showError(error.message)
      if (error.response?.status === 401) signInAgain()
    }
  }

  await exchange()
  assert.match(said[0] ?? '', /\/oauth\/token refused with 401: invalid_/)
  assert.equal(said[1], 'again')
})

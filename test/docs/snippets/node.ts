import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { OAuth1Error, type TokenCredential } from 'countersign'
import { currentAuthentication, currentCredential, requireClient, requireOAuth } from 'countersign/node'
import { hooks, protector, served, signed } from '../app.ts'

interface Token extends TokenCredential {
  readonly user: { readonly name: string }
}
const withUser = {
  ...hooks,
  queryToken: async (clientId: string, oauthToken: string): Promise<Token | undefined> => {
    const token = await hooks.queryToken(clientId, oauthToken)
    return token && { ...token, user: { name: 'Ada' } }
  },
}
protector.init({ hooks: withUser })

const hello = requireOAuth(protector)((_req, res) => {
  const { user } = currentCredential<Token>()
  res.end(`Hello ${user.name}`)
})

const settings = requireOAuth(protector)((req, res) => {
  const { client, request } = currentAuthentication(req)
  res.end(JSON.stringify({ client: client.clientId, signed: request.parameters }))
})

const usage = requireClient(protector)((req, res) => {
  res.end(JSON.stringify({ client: currentAuthentication(req).client.clientId }))
})

const admin = requireOAuth(protector, { scope: 'admin', errors: 'throw' })((_req, res) => res.end('[]'))

const app = createServer(async (req, res) => {
  try {
    if (req.url === '/hello') await hello(req, res)
    else if (req.url === '/settings') await settings(req, res)
    else if (req.url === '/usage') await usage(req, res)
    else await admin(req, res)
  } catch (error) {
    if (!(error instanceof OAuth1Error)) {
      console.error(error)
      return void res.writeHead(500).end()
    }
    const { status, headers } = protector.errorResponse(error, req.headers.accept)
    res.writeHead(status, { 'www-authenticate': headers['www-authenticate'] }).end(error.code)
  }
})

await served(app.listen(0), async (origin) => {
  const greeting = await fetch(signed('GET', `${origin}/hello`))
  assert.equal(await greeting.text(), 'Hello Ada')

  const used = await fetch(signed('GET', `${origin}/usage`, { alone: true }))
  assert.deepEqual(await used.json(), { client: 'demo' })

  const form = { 'theme[name]': 'dark', tag: ['a', 'b'] }
  const kept = await fetch(signed('PUT', `${origin}/settings`, { form }))
  assert.deepEqual(await kept.json(), {
    client: 'demo',
    signed: [
      ['theme[name]', 'dark'],
      ['tag', 'a'],
      ['tag', 'b'],
    ],
  })

  const refused = await fetch(signed('GET', `${origin}/admin`))
  assert.equal(refused.status, 403)
  assert.equal(refused.headers.get('www-authenticate'), 'OAuth realm="OAuth"')
  assert.equal(await refused.text(), 'insufficient_scope')

  protector.init({ origin: 'https://api.example.com' })
  const call = { signedUrl: 'https://api.example.com/hello' }
  assert.equal((await fetch(signed('GET', `${origin}/hello`, call))).status, 200)
})

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { AuthorizationServer, ResourceProtector } from 'countersign'
import { OAuth1Client } from 'countersign/client'
import { memoryHooks } from 'countersign/memory'
import { endpoint, requireOAuth } from 'countersign/node'
import { OAuth } from 'oauth'
import OAuth1a from 'oauth-1.0a'
import { served } from '../app.ts'

const callback = 'https://printer.example.com/ready'
const hooks = memoryHooks({
  clients: [{ clientId: 'printer', clientSecret: 'printer-secret', callbacks: [callback] }],
})
const options = { hooks, insecureTransport: true }
const server = new AuthorizationServer(options)
const protect = requireOAuth(new ResourceProtector(options))
const resource = protect(async (req, res) => {
  res.end(JSON.stringify({ method: req.method, url: req.url, body: await text(req) }))
})
const routes = new Map([
  ['/oauth/initiate', endpoint(server.initiate)],
  ['/oauth/token', endpoint(server.token)],
])
const app = createServer((req, res) => void (routes.get(req.url ?? '') ?? resource)(req, res))
app.listen(0, '127.0.0.1')

/** The user's part; returns where the browser is sent. */
async function allow(oauthToken: string): Promise<string> {
  const decision = await server.decideAuthorization(oauthToken, { id: 'ada' })
  assert.ok(decision.kind === 'redirect')
  return decision.location
}

await served(app, async (site) => {
  const photos = `${site}/photos?size=large`
  const album = `${site}/photos`
  const [initiate, exchange] = [`${site}/oauth/initiate`, `${site}/oauth/token`]

  const withOauth = async () => {
    const oauth = new OAuth(initiate, exchange, 'printer', 'printer-secret', '1.0', callback, 'HMAC-SHA1')
    const temporary = await new Promise<Keys>((resolve, reject) =>
      oauth.getOAuthRequestToken((error, key, secret) => (error ? reject(error) : resolve({ key, secret }))),
    )
    const returned = new URL(await allow(temporary.key))
    const verifier = returned.searchParams.get('oauth_verifier') ?? ''
    const token = await new Promise<Keys>((resolve, reject) =>
      oauth.getOAuthAccessToken(temporary.key, temporary.secret, verifier, (error, key, secret) =>
        error ? reject(error) : resolve({ key, secret }),
      ),
    )
    const data = await new Promise<string>((resolve, reject) =>
      oauth.get(photos, token.key, token.secret, (error, data) => (error ? reject(error) : resolve(data))),
    )
    return { token, data }
  }

  const withClient = async () => {
    const endpoints = { initiate, token: exchange }
    const client = new OAuth1Client({ clientId: 'printer', clientSecret: 'printer-secret', endpoints })
    const temporary = await client.requestTemporaryCredential(callback)
    const returned = await allow(temporary.oauthToken)
    const token = await client.requestToken(temporary, client.readCallback(returned, temporary))
    const response = await client.withToken(token).fetch(photos)
    const data = await response.text()
    return { token, data }
  }

  const { token: keys, data } = await withOauth()
  assert.equal((await withClient()).data, data)

  const withOauth1a = async () => {
    const oauth = new OAuth1a({
      consumer: { key: 'printer', secret: 'printer-secret' },
      signature_method: 'HMAC-SHA1',
      hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
    })
    const form = { title: 'Zürich!' }
    const authorization = oauth.authorize({ url: album, method: 'POST', data: form }, keys)
    const headers = { ...oauth.toHeader(authorization) }
    const response = await fetch(album, { method: 'POST', headers, body: new URLSearchParams(form) })
    return response.text()
  }

  const withClientAgain = async () => {
    const token = { oauthToken: keys.key, oauthTokenSecret: keys.secret }
    const client = new OAuth1Client({ clientId: 'printer', clientSecret: 'printer-secret', token })
    const form = new URLSearchParams({ title: 'Zürich!' })
    const response = await client.fetch(album, { method: 'POST', body: form })
    return response.text()
  }

  const received = await withOauth1a()
  assert.match(received, /"method":"POST"/)
  assert.equal(await withClientAgain(), received)

  const withOwnHttp = () => {
    const token = { oauthToken: keys.key, oauthTokenSecret: keys.secret }
    const client = new OAuth1Client({ clientId: 'printer', clientSecret: 'printer-secret', token })
    const { authorization } = client.sign({ method: 'GET', url: photos })
    return fetch(photos, { headers: { authorization: String(authorization) } })
  }
  assert.equal((await withOwnHttp()).status, 200)
})

interface Keys {
  readonly key: string
  readonly secret: string
}

import assert from 'node:assert/strict'
import { OAuth1Error, type TokenCredential } from 'countersign'
import {
  currentAuthentication,
  currentCredential,
  keepRawBody,
  requireClient,
  requireOAuth,
} from 'countersign/express'
import express, { type NextFunction, type Request, type Response } from 'express'
import { hooks, protector, served, signed } from '../app.ts'

const app = express()

app.set('trust proxy', 'loopback')

app.use(express.urlencoded({ extended: true, verify: keepRawBody }))

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

app.get('/hello', requireOAuth(protector), (_req, res) => {
  const { user } = currentCredential<Token>()
  res.send(`Hello ${user.name}`)
})

app.put('/settings', requireOAuth(protector), (req, res) => {
  const { client, request } = currentAuthentication(req)
  res.json({ client: client.clientId, signed: request.parameters, parsed: req.body })
})

app.get('/usage', requireClient(protector), (req, res) => {
  res.json({ client: currentAuthentication(req).client.clientId })
})

const guard = requireOAuth(protector)
app.get('/feed', async (req, res) => {
  const isSigned = req.headers.authorization !== undefined
  if (isSigned) await guard(req, res)
  res.json({ for: isSigned ? currentCredential(req).userId : 'everyone' })
})

app.use('/admin', requireOAuth(protector, { scope: 'admin', errors: 'throw' }))

app.use((error: unknown, req: Request, res: Response, next: NextFunction) => {
  if (!(error instanceof OAuth1Error)) return next(error)
  const { status, headers } = protector.errorResponse(error, req.headers.accept)
  res.status(status).set('WWW-Authenticate', headers['www-authenticate']).json({ problem: error.code })
})

await served(app.listen(0), async (origin) => {
  const hello = await fetch(signed('GET', `${origin}/hello`))
  assert.equal(await hello.text(), 'Hello Ada')

  const usage = await fetch(signed('GET', `${origin}/usage`, { alone: true }))
  assert.deepEqual(await usage.json(), { client: 'demo' })

  const form = { 'theme[name]': 'dark', tag: ['a', 'b'] }
  const settings = await fetch(signed('PUT', `${origin}/settings`, { form }))
  assert.deepEqual(await settings.json(), {
    client: 'demo',
    signed: [
      ['theme[name]', 'dark'],
      ['tag', 'a'],
      ['tag', 'b'],
    ],
    parsed: { theme: { name: 'dark' }, tag: ['a', 'b'] },
  })

  const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.com' }
  const call = { headers: proxied, signedUrl: 'https://api.example.com/hello' }
  assert.equal((await fetch(signed('GET', `${origin}/hello`, call))).status, 200)

  assert.deepEqual(await (await fetch(`${origin}/feed`)).json(), { for: 'everyone' })
  assert.deepEqual(await (await fetch(signed('GET', `${origin}/feed`))).json(), { for: 'ada' })

  const refused = await fetch(signed('GET', `${origin}/admin`))
  assert.equal(refused.status, 403)
  assert.equal(refused.headers.get('www-authenticate'), 'OAuth realm="OAuth"')
  assert.deepEqual(await refused.json(), { problem: 'insufficient_scope' })
})

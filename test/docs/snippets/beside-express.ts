import assert from 'node:assert/strict'
import { currentCredential, requireOAuth } from 'countersign/express'
import express from 'express'
import { protector, served, signed } from '../app.ts'

const app = express()
/** In place of your own: who a Bearer token or a session belongs to. */
const userOfBearer = async (token: string) => (token === 'good' ? 'ada' : undefined)
const userOfSession = async (cookie: string | undefined) => (cookie === 'sid=1' ? 'ada' : undefined)

const oauth = requireOAuth(protector)
app.use('/api', async (req, res, next) => {
  const { authorization, cookie } = req.headers
  const [, bearer] = authorization?.match(/^Bearer (\S+)$/i) ?? []
  let userId = bearer ? await userOfBearer(bearer) : undefined
  // Only of a request that shows nothing else: where a session counts, forgery must be kept out.
  if (authorization === undefined && req.method === 'GET') userId = await userOfSession(cookie)
  if (userId !== undefined) {
    res.locals['userId'] = userId
    return next()
  }
  res.set('WWW-Authenticate', 'Bearer realm="api"')
  return oauth(req, res, (error) => {
    if (error) return next(error)
    res.removeHeader('WWW-Authenticate')
    res.locals['userId'] = currentCredential(req).userId
    next()
  })
})
app.all('/api/me', (_req, res) => {
  res.json({ userId: res.locals['userId'] })
})

await served(app.listen(0), async (origin) => {
  const me = `${origin}/api/me`
  const ways = [
    new Request(me, { headers: { authorization: 'Bearer good' } }),
    new Request(me, { headers: { cookie: 'sid=1' } }),
    signed('GET', me),
    signed('POST', me, { form: { a: '1' } }),
  ]
  for (const way of ways) {
    const response = await fetch(way)
    assert.deepEqual([response.status, response.headers.get('www-authenticate')], [200, null])
    assert.deepEqual(await response.json(), { userId: 'ada' })
  }
  const refused = [
    new Request(me),
    new Request(me, { headers: { authorization: 'Bearer bad', cookie: 'sid=1' } }),
    new Request(me, { method: 'POST', headers: { cookie: 'sid=1' } }),
    new Request(me, { headers: { authorization: 'OAuth x="y"', cookie: 'sid=1' } }),
  ]
  for (const way of refused) {
    const { status, headers } = await fetch(way)
    assert.deepEqual(
      [status, headers.get('www-authenticate')],
      [401, 'Bearer realm="api", OAuth realm="OAuth"'],
    )
  }
})

import assert from 'node:assert/strict'
import { currentCredential, requireOAuth } from 'countersign/hono'
import { Hono } from 'hono'
import { protector, signed } from '../app.ts'

/** In place of your own: who a Bearer token or a session belongs to. */
const userOfBearer = async (token: string) => (token === 'good' ? 'ada' : undefined)
const userOfSession = async (cookie: string | undefined) => (cookie === 'sid=1' ? 'ada' : undefined)

const app = new Hono<{ Variables: { userId: unknown } }>()
const oauth = requireOAuth(protector)
app.use('/api/*', async (c, next) => {
  const { authorization, cookie } = c.req.header()
  const [, bearer] = authorization?.match(/^Bearer (\S+)$/i) ?? []
  let userId = bearer ? await userOfBearer(bearer) : undefined
  // Only of a request that shows nothing else: where a session counts, forgery must be kept out.
  if (authorization === undefined && c.req.method === 'GET') userId = await userOfSession(cookie)
  if (userId !== undefined) {
    c.set('userId', userId)
    return next()
  }
  c.header('WWW-Authenticate', 'Bearer realm="api"')
  return oauth(c, async () => {
    c.header('WWW-Authenticate', undefined)
    c.set('userId', currentCredential(c).userId)
    await next()
  })
})
app.all('/api/me', (c) => c.json({ userId: c.get('userId') }))

const me = 'http://localhost/api/me'
const ways = [
  new Request(me, { headers: { authorization: 'Bearer good' } }),
  new Request(me, { headers: { cookie: 'sid=1' } }),
  signed('GET', me),
  signed('POST', me, { form: { a: '1' } }),
]
for (const way of ways) {
  const response = await app.request(way)
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
  const { status, headers } = await app.request(way)
  assert.deepEqual(
    [status, headers.get('www-authenticate')],
    [401, 'Bearer realm="api", OAuth realm="OAuth"'],
  )
}

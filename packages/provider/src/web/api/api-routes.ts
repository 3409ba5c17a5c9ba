import type { ResourceProtector } from 'countersign'
import { currentAuthentication, requireOAuth } from 'countersign/hono'
import { type Context, Hono } from 'hono'
import { accountById } from '../../accounts/accounts.ts'
import type { Database, ProviderClient, ProviderToken } from '../../database/schema.ts'
import { clientAnswer } from '../http/client-answer.ts'

/** The protected resources: who is behind the token, and what of a request was authenticated. */
export function apiRoutes(db: Database, protector: ResourceProtector<ProviderClient, ProviderToken>): Hono {
  const routes = new Hono()
  routes.use('/api/*', async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })
  routes.get('/api/me', requireOAuth(protector), async (c) => {
    const { user, client } = await parties(c, db)
    return user ? c.json({ ...user, client }) : clientAnswer(c, noUser)
  })
  routes.all('/api/me', (c) => {
    c.header('allow', 'GET, HEAD')
    return clientAnswer(c, { status: 405, code: 'method_not_allowed', description: 'Use GET.' })
  })
  routes.all('/api/echo', requireOAuth(protector), async (c) => {
    const { request } = currentAuthentication(c)
    return c.json({
      method: request.method,
      path: c.req.path,
      signatureMethod: request.signatureMethod,
      transport: request.place,
      parameters: request.parameters,
      ...(await parties(c, db)),
    })
  })
  return routes
}

const noUser = {
  status: 404,
  code: 'no_user',
  description: 'This token was issued without a user.',
} as const

async function parties(c: Context, db: Database) {
  const { client, credential } = currentAuthentication<ProviderClient, ProviderToken>(c)
  const userId = credential?.userId
  const account = userId === undefined || userId === null ? undefined : await accountById(db, Number(userId))
  return {
    user: account ? { id: account.id, name: account.name } : null,
    client: { key: client.clientId, name: client.name },
  }
}

import type { ResourceProtector } from 'countersign'
import { currentAuthentication, requireOAuth } from 'countersign/hono'
import type { Context, Hono } from 'hono'
import { accountById } from '../../accounts/accounts.ts'
import type { Database, ProviderClient, ProviderToken } from '../../database/schema.ts'
import { clientAnswer, onlyGet } from '../http/client-answer.ts'
import { clientApp, originOf, type Site } from '../http/client-app.ts'
import { forBrowserClients } from '../http/cors.ts'
import { unknownAddress } from '../http/directions.ts'

const json = 'application/json'

/** The protected resources: who is behind the token, and what of a request was authenticated. */
export function apiApp(
  db: Database,
  protector: ResourceProtector<ProviderClient, ProviderToken>,
  site: Site,
): Hono {
  const app = clientApp(['/api/*'], json, site, forBrowserClients)
  app.use('/api/*', async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })
  app.get('/api/me', requireOAuth(protector), async (c) => {
    const { user, client } = await parties(c, db)
    return user ? c.json({ ...user, client }) : clientAnswer(c, noUser, json)
  })
  app.all('/api/me', (c) => onlyGet(c, json))
  app.all('/api/echo', requireOAuth(protector), async (c) => {
    const { request } = currentAuthentication(c)
    return c.json({
      method: request.method,
      path: c.req.path,
      signatureMethod: request.signatureMethod,
      place: request.place,
      parameters: request.parameters,
      ...(await parties(c, db)),
    })
  })
  app.all('/api/*', (c) => clientAnswer(c, unknownAddress(c.req.path, originOf(c, site)), json))
  return app
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

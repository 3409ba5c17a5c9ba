import { currentAuthentication, requireOAuth } from 'countersign/hono'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { accountById } from '../../accounts/accounts.ts'
import type { Database, ProviderClient, ProviderToken } from '../../database/schema.ts'
import type { Services } from '../../services.ts'
import { authorizationsScope } from '../../settings/scopes.ts'
import { type Authorization, listAuthorizations } from '../../tokens/authorizations.ts'
import type { TokenUses } from '../../tokens/token-uses.ts'
import { clientApp, originOf, type Site } from '../http/client-app.ts'
import { clientResponse, onlyGet } from '../http/client-response.ts'
import { forBrowserClients } from '../http/cors.ts'
import { unknownAddress } from '../http/directions.ts'
import { retirementNotice } from '../http/retirement-notice.ts'

const json = 'application/json'

/**
 * The protected resources: the token's user, the applications with access, and the authenticated parts of a request.
 */
export function apiApp(
  services: Pick<Services, 'db' | 'server' | 'protector' | 'retirement' | 'tokenUses'>,
  site: Site,
): Hono {
  const { db, protector, tokenUses } = services
  const app = clientApp(['/api/*'], json, site, forBrowserClients, retirementNotice(services))
  const noted = noteUse(tokenUses)
  app.use('/api/*', async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })
  app.get('/api/me', requireOAuth(protector), noted, async (c) => {
    const { user, client } = await parties(c, db)
    return user ? c.json({ ...user, client }) : clientResponse(c, noUser, json)
  })
  app.all('/api/me', (c) => onlyGet(c, json))
  app.get('/api/authorizations', requireOAuth(protector, authorizationsScope), noted, async (c) => {
    const { user } = await parties(c, db)
    if (user === null) return clientResponse(c, noUser, json)
    return c.json((await listAuthorizations(services, user.id)).map(described))
  })
  app.all('/api/authorizations', (c) => onlyGet(c, json))
  // Subpaths too, to test clients with special characters in the path.
  app.all('/api/echo/*', requireOAuth(protector), noted, async (c) => {
    const { request, scheme } = currentAuthentication(c)
    return c.json({
      method: request.method,
      // As received: the router would decode it.
      path: new URL(c.req.url).pathname,
      scheme,
      signatureMethod: request.signatureMethod,
      place: request.place,
      parameters: request.parameters,
      ...(await parties(c, db)),
    })
  })
  app.all('/api/*', (c) => clientResponse(c, unknownAddress(c.req.path, originOf(c, site)), json))
  return app
}

function noteUse(tokenUses: TokenUses): MiddlewareHandler {
  return async (c, next) => {
    const { credential } = currentAuthentication<ProviderClient, ProviderToken>(c)
    if (credential !== undefined) tokenUses.note(credential)
    await next()
  }
}

const noUser = {
  status: 404,
  code: 'no_user',
  description: 'This request is made for no user.',
} as const

/** For clients: seconds since 1970, or null for no time. */
function described({ clientId, clientName, scopes, since, expiresAt, lastUsedAt }: Authorization) {
  return {
    client: { key: clientId, name: clientName },
    scope: scopes.join(' '),
    since,
    expires_at: expiresAt,
    last_used_at: lastUsedAt,
  }
}

async function parties(c: Context, db: Database) {
  const { client, credential } = currentAuthentication<ProviderClient, ProviderToken>(c)
  const userId = credential?.userId
  const account = userId === undefined || userId === null ? undefined : await accountById(db, Number(userId))
  return {
    user: account ? { id: account.id, name: account.name } : null,
    client: { key: client.clientId, name: client.name },
  }
}

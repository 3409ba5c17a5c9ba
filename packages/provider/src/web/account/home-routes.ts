import { Hono } from 'hono'
import { listClients } from '../../clients/clients.ts'
import type { Services } from '../../services.ts'
import { listAuthorizations } from '../../tokens/authorizations.ts'
import type { WebEnv } from '../http/session.ts'
import { sendPage } from '../ui/layout.ts'
import { homePage, welcomePage } from './home-page.ts'

/** The start page. */
export function homeRoutes({ db, server }: Services, origin: string | undefined): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  routes.get('/', async (c) => {
    const { user } = c.get('session')
    const texts = c.get('texts')
    const address = origin ?? new URL(c.req.url).origin
    if (user === undefined) {
      const { name } = c.get('brand')
      return sendPage(c, welcomePage(texts, name, address, c.get('canSignUp') ?? false))
    }
    const [authorizations, clients] = await Promise.all([
      listAuthorizations({ db, server }, user.id),
      listClients(db, user.id),
    ])
    return sendPage(c, homePage(texts, authorizations, clients, address))
  })
  return routes
}

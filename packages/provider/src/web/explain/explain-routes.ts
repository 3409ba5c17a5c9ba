import { OAuth1Error } from 'countersign'
import { type HttpRequest, OAuth1Request } from 'countersign/protocol'
import { type Context, Hono } from 'hono'
import { listClients } from '../../clients/clients.ts'
import { explainRequest } from '../../clients/explain-request.ts'
import { ownClient } from '../../clients/own-client.ts'
import { InputError } from '../../input-error.ts'
import { inputFault } from '../../input-fault.ts'
import { BoundedWork } from '../../limits/bounded-work.ts'
import type { Services } from '../../services.ts'
import { originOf, type Site } from '../http/client-app.ts'
import type { WebEnv } from '../http/session.ts'
import { signedIn, userOf } from '../http/signed-in.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { userLimit } from '../ui/user-limit.ts'
import { type ExplainForm, type Explanation, explainPage } from './explain-page.ts'
import { type Pasted, readPasted } from './pasted.ts'

/** Limits one developer's explanations: each computes thousands of signatures. */
const explainLimit = { limit: 30, windowSeconds: 60 }
const explainBounds = { atOnce: 1, waiting: 16, perKey: 2 }

/** A page to paste a refused request into. The text is neither stored nor logged. */
export function explainRoutes({ db, hooks }: Services, site: Site): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  const tooOften = userLimit(explainLimit)
  const work = new BoundedWork(explainBounds)

  routes.use('/explain', signedIn)
  routes.get('/explain', async (c) => sendPage(c, explainPage(c.get('texts'), await formOf(c))))

  routes.post('/explain', async (c) => {
    const refusal = tooOften(c)
    if (refusal !== undefined) return refusal
    const posted = await c.req.parseBody()
    const text = (name: string) => (typeof posted[name] === 'string' ? posted[name].trim() : '')
    const texts = c.get('texts')
    const typed = { request: text('request'), baseString: text('base_string') }
    const form = { ...(await formOf(c)), pasted: typed, chosen: text('client') }
    try {
      const pasted = readPasted(typed, site.origin, originOf(c, site))
      return await sendPage(c, explainPage(texts, form, await explanationOf(c, pasted, form.chosen)))
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return sendPage(c, explainPage(texts, { ...form, error: faultIn(texts, error) }))
    }
  })

  async function formOf(c: Context<WebEnv>): Promise<ExplainForm> {
    const clients = await listClients(db, userOf(c).id)
    const chosen = c.req.query('client') ?? ''
    return { session: c.get('session'), clients, pasted: { request: '', baseString: '' }, chosen }
  }

  async function explanationOf(
    c: Context<WebEnv>,
    { request: pasted, baseString }: Pasted,
    chosen: string,
  ): Promise<Explanation> {
    if (pasted === undefined) return { notes: [], baseString }
    const { request, notes: said, readAs, ...circumstances } = pasted
    const notes = readAs === undefined ? said : [...said, c.get('texts').explain.readAs(readAs)]
    const clientId = chosen === '' ? (clientIdOf(request) ?? baseString?.clientId) : chosen
    if (clientId === undefined) throw inputFault('request', 'noKeyNamed')
    const client = await ownClient(hooks, clientId, userOf(c).id)
    // Another user's client is treated as one that does not exist.
    if (client === undefined) throw inputFault('request', 'otherClientNamed')
    const diagnosis = await work.run(String(userOf(c).id), () =>
      explainRequest(hooks, client, request, circumstances),
    )
    return { clientName: client.name, notes, diagnosis, baseString }
  }

  return routes
}

/** Undefined for a request that breaks the protocol. */
function clientIdOf(request: HttpRequest): string | undefined {
  try {
    return OAuth1Request.parse(request).clientId
  } catch (error) {
    if (error instanceof OAuth1Error) return undefined
    throw error
  }
}

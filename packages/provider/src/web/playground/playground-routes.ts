import type { IncomingMessage } from 'node:http'
import { OAuth1Error } from 'countersign'
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { listClients } from '../../clients/clients.ts'
import { explainRequest } from '../../clients/explain-request.ts'
import { ownClient } from '../../clients/own-client.ts'
import type { ProviderClient } from '../../database/schema.ts'
import { BoundedWork } from '../../limits/bounded-work.ts'
import type { Services } from '../../services.ts'
import { namedCredential } from '../../tokens/named-credential.ts'
import { listTokens } from '../../tokens/tokens.ts'
import { originOf, type Site } from '../http/client-app.ts'
import type { WebEnv } from '../http/session.ts'
import { signedIn, userOf } from '../http/signed-in.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { userLimit } from '../ui/user-limit.ts'
import { type Draft, draftOf, type FormFields, renewed, sentValue } from './draft.ts'
import { approvalOf, approvePage, playgroundPage } from './playground-page.ts'
import { refusalOf } from './refusal.ts'
import { onward, type RequestPage, type RequestResult, requestPage } from './request-page.ts'
import { passwordFault, type ReceivedResponse, sendToThisProvider, targetFault } from './send.ts'
import { type SignedDraft, signDraft } from './sign-draft.ts'
import { stepAdvice } from './step-advice.ts'
import { firstDraft, protocolNames, type RequestStep, steps } from './steps.ts'

/** The request limit of one developer. */
const sendLimit = { limit: 60, windowSeconds: 60 }
/** Each request takes a connection to this process itself. */
const sendBounds = { atOnce: 8, waiting: 32, perKey: 4 }

/** The OAuth flow with the developer's own client, step by step. */
export function playgroundRoutes(services: Services, site: Site): Hono<WebEnv> {
  const { db, hooks, settings } = services
  const routes = new Hono<WebEnv>()
  const tooOften = userLimit(sendLimit)
  const work = new BoundedWork(sendBounds)
  const signatureMethod =
    settings.options.supportedSignatureMethods.find((name) => name.startsWith('HMAC-')) ?? 'HMAC-SHA1'

  routes.use('/playground/*', signedIn)
  routes.get('/playground', async (c) =>
    sendPage(c, playgroundPage(c.get('texts'), await listClients(db, userOf(c).id))),
  )

  /** The consent page leads here if the client registered it. */
  routes.get('/playground/callback', async (c) => {
    const { oauth_token: oauthToken = '', oauth_verifier: verifier } = c.req.query()
    const credential = await hooks.getTemporaryCredential(oauthToken)
    const client = credential && (await ownClient(hooks, credential.clientId, userOf(c).id))
    if (client === undefined) return sendPage(c, messages.requestUnknown)
    return show(c, client, 'token', { oauthToken, verifier })
  })

  routes.get('/playground/:client/approve', async (c) => {
    const client = await ownClient(hooks, c.req.param('client'), userOf(c).id)
    if (client === undefined) return sendPage(c, messages.notFound)
    const oauthToken = c.req.query('oauth_token')
    const page = { step: 'approve', client, oauthToken } as const
    if (oauthToken === undefined) return sendPage(c, approvePage(c.get('texts'), page, { kind: 'none' }))
    const credential = await temporaryCredential(client, oauthToken)
    return sendPage(c, approvePage(c.get('texts'), page, approvalOf(credential, userOf(c).id)))
  })

  routes.get('/playground/:client/:step', async (c) => {
    const { step } = c.req.param()
    const client = await ownClient(hooks, c.req.param('client'), userOf(c).id)
    if (client === undefined || !isRequestStep(step)) return sendPage(c, messages.notFound)
    const oauthToken = c.req.query('oauth_token')
    const target = c.req.query('to') === 'echo' ? 'echo' : 'me'
    if (step !== 'token' || oauthToken === undefined) return show(c, client, step, { oauthToken, target })
    const approval = approvalOf(await temporaryCredential(client, oauthToken), userOf(c).id)
    const verifier = approval.kind === 'approved' ? approval.verifier : undefined
    return show(c, client, step, { oauthToken, verifier })
  })

  routes.post('/playground/:client/:step', async (c) => {
    const { step } = c.req.param()
    const client = await ownClient(hooks, c.req.param('client'), userOf(c).id)
    if (client === undefined || !isRequestStep(step)) return sendPage(c, messages.notFound)
    const form = await fieldsOf(c)
    const action = form['action']?.[0]
    if (action === 'open') return show(c, client, step, { oauthToken: form['oauth_token']?.[0] })
    const posted = draftOf(form, protocolNames[step])
    const draft = action === 'again' ? posted : renewed(posted)
    const page = { ...(await pageOf(c, client, step)), draft }
    const { signed, fault } = await signedOf(c, client, draft)
    if (signed === undefined || fault !== undefined)
      return sendPage(c, requestPage(c.get('texts'), { ...page, signed, fault }))
    if (action === 'sign') return sendPage(c, requestPage(c.get('texts'), { ...page, signed }))
    const refusal = tooOften(c)
    if (refusal !== undefined) return refusal
    const key = String(userOf(c).id)
    const { incoming } = c.env as { incoming: IncomingMessage }
    const response = await work.run(key, () => sendToThisProvider(incoming, signed.request))
    return sendPage(
      c,
      requestPage(c.get('texts'), {
        ...page,
        signed,
        result: await resultOf(c, client, step, signed, response),
      }),
    )
  })

  async function show(
    c: Context<WebEnv>,
    client: ProviderClient,
    step: RequestStep,
    known: { oauthToken?: string | undefined; verifier?: string | undefined; target?: 'me' | 'echo' },
  ): Promise<Response> {
    const page = await pageOf(c, client, step)
    const oauthToken = known.oauthToken ?? (step === 'request' ? page.tokens?.at(-1) : undefined)
    const draft = firstDraft(step, {
      client,
      origin: originOf(c, site),
      signatureMethod,
      ...known,
      oauthToken,
    })
    const { signed, fault } = await signedOf(c, client, draft)
    const shown = step === 'token' ? { ...page, oauthToken } : page
    return sendPage(
      c,
      requestPage(c.get('texts'), {
        ...shown,
        draft,
        signed,
        fault,
        advice: stepAdvice(c.get('texts'), step, client, originOf(c, site), known),
      }),
    )
  }

  async function pageOf(c: Context<WebEnv>, client: ProviderClient, step: RequestStep) {
    const { clientId } = client
    const own = step === 'request' ? await listTokens(services, { clientId, userId: userOf(c).id }) : []
    const tokens = own.map(({ oauthToken }) => oauthToken)
    return { step, client, session: c.get('session'), tokens } satisfies Omit<RequestPage, 'draft'>
  }

  /** Signs with stored secrets: the client's, and a token's, which only gives access to the developer's own account. */
  async function signedOf(
    c: Context<WebEnv>,
    client: ProviderClient,
    draft: Draft,
  ): Promise<{ signed?: SignedDraft; fault?: string | undefined }> {
    const credential = await namedCredential(hooks, client.clientId, sentValue(draft, 'oauth_token'))
    const isOwn = credential?.userId === undefined || credential.userId === userOf(c).id
    const tokenSecret = isOwn ? (credential?.secret ?? '') : ''
    try {
      const signed = signDraft(draft, { clientSecret: client.clientSecret ?? '', tokenSecret })
      const texts = c.get('texts')
      const fault = targetFault(texts, draft.url, originOf(c, site)) ?? passwordFault(texts, signed.request)
      return { signed, fault }
    } catch (error) {
      if (error instanceof OAuth1Error) return { fault: error.description }
      throw error
    }
  }

  async function temporaryCredential(client: ProviderClient, oauthToken: string) {
    const credential = await hooks.getTemporaryCredential(oauthToken)
    return credential?.clientId === client.clientId ? credential : undefined
  }

  async function resultOf(
    c: Context<WebEnv>,
    client: ProviderClient,
    step: RequestStep,
    { request }: SignedDraft,
    response: ReceivedResponse,
  ): Promise<RequestResult> {
    if (response.status >= 400)
      return { response, diagnosis: refusalOf(response, await explainRequest(hooks, client, request)) }
    const oauthToken = new URLSearchParams(response.body).get('oauth_token')
    const path = `/playground/${client.clientId}`
    if (step === 'request' || oauthToken === null) return { response }
    const next =
      step === 'token'
        ? onward(c.get('session'), `${path}/request`, oauthToken, c.get('texts').playground.goUse())
        : html`<div class="actions left"><a class="button" href="${path}/approve?oauth_token=${encodeURIComponent(oauthToken)}">${c.get('texts').playground.goApprove()}</a></div>`
    return { response, next }
  }

  return routes
}

function isRequestStep(step: string): step is RequestStep {
  return (steps as readonly string[]).includes(step) && step !== 'approve'
}

async function fieldsOf(c: Context<WebEnv>): Promise<FormFields> {
  const form = await c.req.parseBody({ all: true })
  return Object.fromEntries(
    Object.entries(form).map(([name, given]) => [
      name,
      [given].flat().filter((value): value is string => typeof value === 'string'),
    ]),
  )
}

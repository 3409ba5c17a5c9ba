import assert from 'node:assert/strict'
import { OAuth1Error, type TokenCredential } from 'countersign'
import { currentAuthentication, currentCredential, requireClient, requireOAuth } from 'countersign/fetch'
import { hooks, protector, signed } from '../app.ts'

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

const hello = requireOAuth(protector)(() => {
  const { user } = currentCredential<Token>()
  return new Response(`Hello ${user.name}`)
})

const settings = requireOAuth(protector)((input) => {
  const { client, request } = currentAuthentication(input)
  return Response.json({ client: client.clientId, signed: request.parameters })
})

const usage = requireClient(protector)((request) => {
  return Response.json({ client: currentAuthentication(request).client.clientId })
})

const admin = requireOAuth(protector, { scope: 'admin', errors: 'throw' })(() => Response.json([]))

async function app(request: Request): Promise<Response> {
  try {
    return await admin(request)
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    const { status, headers } = protector.errorResponse(error, request.headers.get('accept') ?? undefined)
    return new Response(error.code, {
      status,
      headers: { 'www-authenticate': headers['www-authenticate'] ?? '' },
    })
  }
}

interface HookInput {
  readonly event: { readonly request: Request; readonly url: URL }
  readonly resolve: (event: HookInput['event']) => Response | Promise<Response>
}
type Handle = (input: HookInput) => Response | Promise<Response>

const handle: Handle = ({ event, resolve }) => {
  // Browsers send Origin with every POST; OAuth clients do not.
  const origin = event.request.headers.get('origin') ?? event.url.origin
  const isForeign = event.request.method === 'POST' && origin !== event.url.origin
  return isForeign ? new Response('Forbidden', { status: 403 }) : resolve(event)
}

export { handle }

const origin = 'http://localhost'
assert.equal(await (await hello(signed('GET', `${origin}/hello`))).text(), 'Hello Ada')

const used = await usage(signed('GET', `${origin}/usage`, { alone: true }))
assert.deepEqual(await used.json(), { client: 'demo' })

const form = { 'theme[name]': 'dark', tag: ['a', 'b'] }
const kept = await settings(signed('PUT', `${origin}/settings`, { form }))
assert.deepEqual(await kept.json(), {
  client: 'demo',
  signed: [
    ['theme[name]', 'dark'],
    ['tag', 'a'],
    ['tag', 'b'],
  ],
})

const refused = await app(signed('GET', `${origin}/admin`))
assert.equal(refused.status, 403)
assert.equal(refused.headers.get('www-authenticate'), 'OAuth realm="OAuth"')
assert.equal(await refused.text(), 'insufficient_scope')

interface Event {
  readonly request: Request
  readonly params: { readonly id: string }
}
const GET = requireOAuth(protector)((event: Event) => {
  return Response.json({ id: event.params.id, userId: currentCredential(event).userId })
})
const event = { request: signed('GET', `${origin}/notes/7`), params: { id: '7' } }
assert.deepEqual(await (await GET(event)).json(), { id: '7', userId: 'ada' })

for (const [from, status] of [
  [undefined, 200],
  [origin, 200],
  ['http://elsewhere.example', 403],
  ['null', 403],
] as const) {
  const request = new Request(origin, { method: 'POST', ...(from ? { headers: { origin: from } } : {}) })
  const event = { request, url: new URL(origin) }
  assert.equal((await handle({ event, resolve: () => new Response() })).status, status)
}

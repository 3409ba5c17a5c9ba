import assert from 'node:assert/strict'
import { AuthorizationServer } from 'countersign'
import { OAuth1Client } from 'countersign/client'
import { endpoint } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'

const hooks = memoryHooks({ clients: [{ clientId: 'printer', clientSecret: 'printer-secret' }] })
const server = new AuthorizationServer({ hooks, maxVerifierTries: 5 })
const initiate = endpoint(server.initiate)
const exchange = endpoint(server.token)
const site = 'https://photos.example.net'

const printer = new OAuth1Client({
  clientId: 'printer',
  clientSecret: 'printer-secret',
  endpoints: {
    initiate: `${site}/oauth/initiate`,
    authorize: `${site}/oauth/authorize`,
    token: `${site}/oauth/token`,
  },
  fetch: async (input, init) => {
    const request = new Request(input, init)
    return request.url.endsWith('/initiate') ? initiate(request) : exchange(request)
  },
})

const shown: string[] = []
const show = (text: string) => shown.push(text)
/** What the user reads on the page, on a telephone, and types at the printer. */
async function typed(): Promise<string> {
  const oauthToken = new URL(shown.at(-1)?.split(' ')[1] ?? '').searchParams.get('oauth_token') ?? ''
  const decision = await server.decideAuthorization(oauthToken, { id: 'ada' })
  return decision.kind === 'code' ? decision.oauthVerifier.toLowerCase() : ''
}

const temporary = await printer.requestTemporaryCredential()
show(`Open ${printer.authorizationUrl(temporary)} and type the code here.`)
const token = await printer.requestToken(temporary, await typed())

assert.match(token.oauthToken, /^[\w-]{20,}$/)
assert.match(shown[0] ?? '', /^Open https:\/\/photos\.example\.net\/oauth\/authorize\?oauth_token=/)

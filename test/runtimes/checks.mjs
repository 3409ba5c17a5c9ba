// What must hold on every runtime: the core and the Fetch adapter, driven from outside.
// Plain JavaScript over the built library, so that it runs where there is neither vitest nor TypeScript.
import { generateKeyPairSync } from 'node:crypto'

/**
 * Runs all checks over the built modules. Returns one line per check, and how many failed. `serve(protector, handler)`
 * and `listen(handler)` listen with the runtime's own server; workerd has none, being one.
 */
export async function runChecks({ core, memory, fetchAdapter, client, bridge, serve, listen }) {
  const lines = []
  let failed = 0
  const checks = checksOf(core, memory, fetchAdapter, client, serve, listen)
  Object.assign(checks, bridgeChecksOf(memory, fetchAdapter, client, bridge))
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check()
      lines.push(`ok ${name}`)
    } catch (error) {
      failed += 1
      lines.push(`FAILED ${name}: ${error?.stack ?? error}`)
    }
  }
  return { lines, passed: lines.length - failed, failed }
}

const origin = 'https://api.example.com'
const callback = 'https://printer.example.com/ready'
const methods = [
  'HMAC-SHA1',
  'HMAC-SHA256',
  'HMAC-SHA512',
  'RSA-SHA1',
  'RSA-SHA256',
  'RSA-SHA512',
  'RSA-PSS-SHA256',
  'PLAINTEXT',
]

function checksOf(
  { AuthorizationServer, ResourceProtector },
  { memoryHooks },
  adapter,
  { OAuth1Client },
  serve,
  listen,
) {
  const { endpoint, requireOAuth, currentCredential, currentAuthentication } = adapter
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rsaPublicKey = publicKey.export({ type: 'spki', format: 'pem' })
  const client = { clientId: 'client', clientSecret: 'secret', callbacks: [callback], rsaPublicKey }
  const tokens = Array.from({ length: 20 }, (_, i) => ({
    clientId: 'client',
    oauthToken: `token${i}`,
    oauthTokenSecret: `token-secret${i}`,
    userId: i,
  }))
  const hooks = memoryHooks({ clients: [client], tokens })
  const options = { hooks, supportedSignatureMethods: methods }
  const server = new AuthorizationServer(options)
  const protector = new ResourceProtector(options)
  const protect = requireOAuth(protector)
  const resource = protect(async (request) => {
    const byRequest = currentCredential(request).oauthToken
    const form = await request.text()
    await new Promise((resolve) => setTimeout(resolve, 1))
    const { parameters } = currentAuthentication(request).request
    return Response.json({ byRequest, inContext: currentCredential().oauthToken, form, parameters })
  })
  const signing = { privateKey }

  /** A signed Fetch request; `sent` is another form than the one that was signed. */
  function signed({ url, verb = 'GET', form = '', sent = form, token, method = 'HMAC-SHA1', ...rest }) {
    const { privateKey, signature, oauth } = rest
    const signatureMethod = signature === undefined ? method : { name: method, sign: () => signature }
    const keys = { clientId: 'client', clientSecret: 'secret', privateKey, token }
    const type = form === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const request = { method: verb, url, headers: type, oauth, ...(form === '' ? {} : { body: form }) }
    const { headers } = new OAuth1Client({ ...keys, signatureMethod }).sign(request)
    return new Request(url, { method: verb, headers, ...(form === '' ? {} : { body: sent }) })
  }

  const checks = {}
  for (const method of methods) {
    checks[`verifies ${method}, and refuses another signature`] = async () => {
      const url = `${origin}/photos?file=vacation.jpg&a=1&a=2`
      const good = await resource(signed({ ...signing, url, method, token: tokens[0] }))
      equal(good.status, 200)
      equal((await good.json()).byRequest, 'token0')
      const bad = signed({ ...signing, url, method, token: tokens[0], signature: 'AAAA' })
      equal((await resource(bad)).status, 401)
    }
  }
  checks['verifies forms, and leaves them to the handler'] = async () => {
    const form = 'a=2&a=1&caf%C3%A9=%E2%98%95&f%5Bid%5D=&%3D=x'
    const response = await resource(signed({ url: `${origin}/`, verb: 'POST', form, token: tokens[0] }))
    equal(response.status, 200)
    equal((await response.json()).form, form)
    const tampered = signed({ url: `${origin}/`, verb: 'POST', form, sent: `${form}&b=1`, token: tokens[0] })
    equal((await resource(tampered)).status, 401)
  }
  checks['refuses a replay, and of many at once lets one in'] = async () => {
    const replay = signed({ url: `${origin}/r`, token: tokens[0] })
    const responses = await Promise.all(Array.from({ length: 10 }, () => resource(replay.clone())))
    equal(
      responses
        .map(({ status }) => status)
        .sort()
        .join(),
      [200, ...Array(9).fill(401)].join(),
    )
  }
  checks['keeps requests in flight apart'] = async () => {
    const responses = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const token = tokens[i % tokens.length]
        const response = await resource(signed({ url: `${origin}/c?i=${i}`, token }))
        return [token.oauthToken, await response.json()]
      }),
    )
    for (const [token, { byRequest, inContext }] of responses)
      equal(`${byRequest} ${inContext}`, `${token} ${token}`)
  }
  checks['goes through the whole flow, once'] = async () => {
    const initiate = endpoint(server.initiate)
    const authorize = endpoint((request) => server.createAuthorizationResponse(request, { id: 7 }))
    const exchange = endpoint(server.token)
    const oauth = { oauth_callback: callback }
    const temporary = await credentials(await initiate(signed({ url: `${origin}/i`, verb: 'POST', oauth })))
    const url = `${origin}/authorize?oauth_token=${temporary.oauthToken}`
    const { headers, status } = await authorize(new Request(url))
    equal(status, 302)
    const oauth_verifier = new URL(headers.get('location')).searchParams.get('oauth_verifier')
    const take = () =>
      exchange(signed({ url: `${origin}/t`, verb: 'POST', token: temporary, oauth: { oauth_verifier } }))
    const token = await credentials(await take())
    equal((await take()).status, 401)
    const response = await resource(signed({ url: `${origin}/me`, token }))
    equal((await response.json()).inContext, token.oauthToken)
  }
  checks[
    'tells a client at fault why, in JSON at a resource and as a form at the endpoints, with a challenge'
  ] = async () => {
    const json = await resource(new Request(`${origin}/`))
    equal(json.status, 401)
    equal(json.headers.get('www-authenticate'), 'OAuth realm="OAuth"')
    equal((await json.json()).error, 'missing_credentials')
    const form = await endpoint(server.initiate)(new Request(`${origin}/i`, { method: 'POST' }))
    equal(form.status, 401)
    equal(form.headers.get('www-authenticate'), 'OAuth realm="OAuth"')
    equal(new URLSearchParams(await form.text()).get('error'), 'missing_credentials')
  }
  checks['returns 413 to a form over the limit'] = async () => {
    const form = `a=${'x'.repeat(2_000_000)}`
    equal((await resource(signed({ url: `${origin}/`, verb: 'POST', form, token: tokens[0] }))).status, 413)
  }
  checks['refuses a private key as a public one, like any other wrong key'] = async () => {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const hooks = memoryHooks({ clients: [{ clientId: 'client', rsaPublicKey: pem }], tokens })
    const careless = requireOAuth(new ResourceProtector({ ...options, hooks }))(async () => new Response())
    const request = signed({ ...signing, url: `${origin}/`, method: 'RSA-SHA1', token: tokens[0] })
    equal((await careless(request)).status, 401)
  }
  if (listen) {
    checks['signs a redirect again, and drops credentials where it leaves the origin'] = async () => {
      let elsewhere = ''
      const moving = async (request) => {
        const { pathname } = new URL(request.url)
        const at = pathname === '/out' ? elsewhere : '/in'
        const signature = request.headers.get('authorization') ?? ''
        if (pathname === '/in') return new Response(JSON.stringify({ signature }))
        return new Response(null, { status: 307, headers: { location: at, 'x-signature': signature } })
      }
      const [here, there] = [await listen(moving), await listen(moving)]
      elsewhere = `${there.origin}/in`
      try {
        const { fetch } = new OAuth1Client({ clientId: 'client', clientSecret: 'secret' })
        const body = new URLSearchParams({ a: '1' })
        const inside = await (await fetch(`${here.origin}/move`, { method: 'PUT', body })).json()
        equal(inside.signature.startsWith('OAuth oauth_consumer_key="client"'), true)
        equal((await (await fetch(`${here.origin}/out`, { method: 'PUT', body })).json()).signature, '')
      } finally {
        await here.close()
        await there.close()
      }
    }
  }
  if (serve) {
    checks["verifies what comes in by the runtime's own HTTP server"] = async () => {
      const { origin, close } = await serve(protector, resource)
      try {
        const url = `${origin}/a%2Fb/~c;d,e@f:$&()*+!?q=caf%C3%A9&r=1&r=%2B&s=`
        equal((await fetch(signed({ url, token: tokens[1] }))).status, 200)
        const form = 'a=2&a=1&caf%C3%A9=%E2%98%95'
        const post = { url, verb: 'POST', form, token: tokens[1] }
        const response = await fetch(signed(post))
        equal(response.status, 200)
        equal((await response.json()).form, form)
        equal((await fetch(signed({ ...post, sent: `${form}&b=` }))).status, 401)
        equal((await fetch(url)).status, 401)
      } finally {
        await close()
      }
    }
  }
  return checks
}

function bridgeChecksOf(
  { memoryHooks },
  { endpoint, requireOAuth, currentCredential },
  { OAuth1Client },
  { BearerProtector, clientPairs, scopeTable, signedEndpoint, TokenExchange },
) {
  const client = { clientId: 'client', clientSecret: 'secret' }
  const token = { oauthToken: 'token', oauthTokenSecret: 'token-secret' }
  const owned = { ...token, clientId: 'client', userId: 7, scope: 'read' }
  const hooks = memoryHooks({ clients: [client], tokens: [owned] })
  const issued = new Map()
  const protector = new BearerProtector({ hooks, verifyBearer: (text) => issued.get(text) })
  const issueTokens = ({ subject, oauth2ClientId, grantId }) => {
    issued.set(grantId, { clientId: oauth2ClientId, userId: subject })
    return { accessToken: grantId }
  }
  const pairs = { ...clientPairs({ client: 'app' }), scopesFor: scopeTable({ read: ['read'] }) }
  const revokeTokens = (grantId) => issued.delete(grantId)
  const exchange = new TokenExchange({
    protector,
    hooks: { ...hooks, ...pairs, issueTokens, revokeTokens },
  })
  const resource = requireOAuth(protector)((request) => Response.json(currentCredential(request)))
  const checks = {}
  checks['exchanges a token for an OAuth 2 one, which the same guard lets in'] = async () => {
    const request = { method: 'POST', url: `${origin}/exchange` }
    const { headers } = new OAuth1Client({ ...client, token }).sign(request)
    const response = await endpoint(signedEndpoint(exchange))(
      new Request(request.url, { ...request, headers }),
    )
    equal(response.status, 200)
    const { access_token } = await response.json()
    const bearer = (text) => new Request(`${origin}/me`, { headers: { authorization: `Bearer ${text}` } })
    equal((await (await resource(bearer(access_token))).json()).userId, 7)
    equal((await resource(bearer('wrong'))).status, 401)
  }
  return checks
}

async function credentials(response) {
  equal(response.status, 200)
  const fields = new URLSearchParams(await response.text())
  return { oauthToken: fields.get('oauth_token'), oauthTokenSecret: fields.get('oauth_token_secret') }
}

function equal(actual, expected) {
  if (actual !== expected) throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`)
}

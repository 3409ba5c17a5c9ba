// What must hold on every runtime: the core and the Fetch adapter, driven from outside with a signer of its own.
// Plain JavaScript over the built library, so that it runs where there is neither vitest nor TypeScript.
import { createHmac, generateKeyPairSync, sign as rsaSign } from 'node:crypto'

/**
 * Runs all checks over the built modules. Answers one line per check, and how many failed.
 * `serve(protector, handler)` listens with the runtime's own server; workerd has none, being one.
 */
export async function runChecks({ core, memory, fetchAdapter, serve }) {
  const lines = []
  let failed = 0
  for (const [name, check] of Object.entries(checksOf(core, memory, fetchAdapter, serve))) {
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
  'PLAINTEXT',
]

function checksOf({ AuthorizationServer, ResourceProtector }, { memoryHooks }, adapter, serve) {
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
    const answer = await resource(signed({ url: `${origin}/`, verb: 'POST', form, token: tokens[0] }))
    equal(answer.status, 200)
    equal((await answer.json()).form, form)
    const tampered = signed({ url: `${origin}/`, verb: 'POST', form, sent: `${form}&b=1`, token: tokens[0] })
    equal((await resource(tampered)).status, 401)
  }
  checks['refuses a replay, and of many at once lets one in'] = async () => {
    const replay = signed({ url: `${origin}/r`, token: tokens[0] })
    const answers = await Promise.all(Array.from({ length: 10 }, () => resource(replay.clone())))
    equal(
      answers
        .map(({ status }) => status)
        .sort()
        .join(),
      [200, ...Array(9).fill(401)].join(),
    )
  }
  checks['keeps requests in flight apart'] = async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const token = tokens[i % tokens.length]
        const answer = await resource(signed({ url: `${origin}/c?i=${i}`, token }))
        return [token.oauthToken, await answer.json()]
      }),
    )
    for (const [token, { byRequest, inContext }] of answers)
      equal(`${byRequest} ${inContext}`, `${token} ${token}`)
  }
  checks['goes through the whole flow, once'] = async () => {
    const initiate = endpoint((request) => server.createTemporaryCredentialResponse(request))
    const authorize = endpoint((request) => server.createAuthorizationResponse(request, { id: 7 }))
    const exchange = endpoint((request) => server.createTokenResponse(request))
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
    const answer = await resource(signed({ url: `${origin}/me`, token }))
    equal((await answer.json()).inContext, token.oauthToken)
  }
  checks['answers a client at fault as a form or JSON, with a challenge'] = async () => {
    const plain = await resource(new Request(`${origin}/`))
    equal(plain.status, 401)
    equal(plain.headers.get('www-authenticate'), 'OAuth realm="OAuth"')
    equal(new URLSearchParams(await plain.text()).get('error'), 'missing_credentials')
    const json = await resource(new Request(`${origin}/`, { headers: { accept: 'application/json' } }))
    equal((await json.json()).error, 'missing_credentials')
  }
  checks['answers 413 to a form over the limit'] = async () => {
    const form = `a=${'x'.repeat(2_000_000)}`
    equal((await resource(signed({ url: `${origin}/`, verb: 'POST', form, token: tokens[0] }))).status, 413)
  }
  checks['refuses a private key as a public one'] = async () => {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const hooks = memoryHooks({ clients: [{ clientId: 'client', rsaPublicKey: pem }], tokens })
    const careless = requireOAuth(new ResourceProtector({ ...options, hooks }))(async () => new Response())
    const request = signed({ ...signing, url: `${origin}/`, method: 'RSA-SHA1', token: tokens[0] })
    const error = await careless(request).catch((error) => error)
    equal(error.name, 'ConfigurationError')
  }
  if (serve) {
    checks["verifies what comes in by the runtime's own HTTP server"] = async () => {
      const { origin, close } = await serve(protector, resource)
      try {
        const url = `${origin}/a%2Fb/~c;d,e@f:$&()*+!?q=caf%C3%A9&r=1&r=%2B&s=`
        equal((await fetch(signed({ url, token: tokens[1] }))).status, 200)
        const form = 'a=2&a=1&caf%C3%A9=%E2%98%95'
        const post = { url, verb: 'POST', form, token: tokens[1] }
        const answer = await fetch(signed(post))
        equal(answer.status, 200)
        equal((await answer.json()).form, form)
        equal((await fetch(signed({ ...post, sent: `${form}&b=` }))).status, 401)
        equal((await fetch(url)).status, 401)
      } finally {
        await close()
      }
    }
  }
  return checks
}

let count = 0

/** A signed Fetch request; shares no code with the library. */
function signed({
  url,
  verb = 'GET',
  form = '',
  sent = form,
  token,
  oauth = {},
  method = 'HMAC-SHA1',
  ...rest
}) {
  count += 1
  const protocol = {
    oauth_consumer_key: 'client',
    ...(token ? { oauth_token: token.oauthToken } : {}),
    oauth_signature_method: method,
    oauth_timestamp: String(Math.floor(Date.now() / 1000)),
    oauth_nonce: `nonce${count}`,
    ...oauth,
  }
  const { origin, pathname, search } = new URL(url)
  const raw = [search.slice(1), form].filter((text) => text !== '').join('&')
  const pairs = raw === '' ? [] : raw.split('&').map((pair) => pair.split('='))
  const own = Object.entries(protocol).map(([name, value]) => [name, encode(value)])
  const normalized = [...pairs, ...own]
    .sort(([a, b], [c, d]) => compare(a, c) || compare(b, d))
    .map((pair) => pair.join('='))
    .join('&')
  const text = [verb, origin + pathname, normalized].map(encode).join('&')
  const key = `secret&${token?.oauthTokenSecret ?? ''}`
  const signature = rest.signature ?? signatureOf(method, text, key, rest.privateKey)
  const list = [...own, ['oauth_signature', encode(signature)]].map(([name, value]) => `${name}="${value}"`)
  const headers = { authorization: `OAuth ${list.join(', ')}` }
  if (form === '') return new Request(url, { method: verb, headers })
  headers['content-type'] = 'application/x-www-form-urlencoded'
  return new Request(url, { method: verb, headers, body: sent })
}

function signatureOf(method, text, key, privateKey) {
  if (method === 'PLAINTEXT') return key
  const hash = method.split('-')[1].toLowerCase()
  return method.startsWith('RSA')
    ? rsaSign(hash, Buffer.from(text), privateKey).toString('base64')
    : createHmac(hash, key).update(text).digest('base64')
}

async function credentials(response) {
  equal(response.status, 200)
  const fields = new URLSearchParams(await response.text())
  return { oauthToken: fields.get('oauth_token'), oauthTokenSecret: fields.get('oauth_token_secret') }
}

function encode(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

function equal(actual, expected) {
  if (actual !== expected) throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`)
}

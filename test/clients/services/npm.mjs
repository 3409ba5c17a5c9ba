// Drives clients from npm, each through what it does at its own service. Every host is this machine: their addresses, TLS and
// ports are the real ones. Reads one JSON line of settings, and prints one JSON line for each step.
import { createHmac } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const load = createRequire(import.meta.url)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const next = async () => JSON.parse((await lines.next()).value)
const say = (value) => console.log(JSON.stringify(value))
/** Sends the user to a page; returns the code that they bring back. */
const ask = async (url) => {
  say(url)
  return next()
}

const settings = await next()
const { key, secret, token, tokenSecret, privateKey, ports, port = '' } = settings

for (const [scheme, { Agent }] of Object.entries({ http, https })) {
  const { createConnection } = Agent.prototype
  Agent.prototype.createConnection = function (options, done) {
    return createConnection.call(this, { ...options, host: '127.0.0.1', port: ports[scheme] }, done)
  }
}

/** A function that takes a callback, as a promise. */
const called = (call) =>
  new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))))

const clients = {
  async nsrestlet() {
    const keys = { consumerKey: key, consumerSecret: secret, tokenKey: token, tokenSecret }
    const url = `https://123456-sb1.restlets.api.netsuite.com${port}/app/site/hosting/restlet.nl?script=7&deploy=1`
    const link = load('nsrestlet').createLink({ accountId: '123456_SB1', ...keys }, { url })
    return [
      await link.get({ recordtype: 'salesorder', id: 12 }),
      await link.post({ items: [{ quantity: 2 }] }),
      await link.put({ memo: 'Grüße' }),
      await link.delete({ id: 12 }),
    ]
  },

  async 'netsuite-rest'() {
    const NetsuiteRest = load('netsuite-rest')
    const client = new NetsuiteRest({
      ...{ consumer_key: key, consumer_secret_key: secret, token, token_secret: tokenSecret },
      realm: '123456_SB1',
      base_url: `https://123456-sb1.suitetalk.api.netsuite.com${port}`,
    })
    const data = async (options) => (await client.request(options)).data
    return [
      await data({ path: 'record/v1/customer/?limit=5&q=id%20GREATER%207' }),
      await data({ path: 'query/v1/suiteql', method: 'POST', body: '{"q":"SELECT 1"}' }),
    ]
  },

  async 'mastercard-oauth1-signer'() {
    const signer = load('mastercard-oauth1-signer')
    const send = async (method, path, body, name) => {
      const url = `https://sandbox.api.mastercard.com${port}${path}`
      const authorization = signer.getAuthorizationHeader(url, method, body, key, privateKey, name)
      return fetched(method, url, authorization, body)
    }
    const { RSA_PSS_SHA256 } = signer.SignatureMethod
    return [
      await send('POST', '/payments?currency=EUR', '{"amount":1}'),
      await send('GET', '/payments?limit=2'),
      await send('PUT', '/payments/1', '{"amount":"2 €"}', RSA_PSS_SHA256),
      await send('GET', '/payments/1', undefined, RSA_PSS_SHA256),
    ]
  },

  async 'ims-lti'() {
    const { OutcomeService } = load('ims-lti')
    // A launch as Canvas signs it: the form repeats the query, and the address is signed without it.
    const Signer = load('ims-lti/lib/hmac-sha1')
    const path = '/launch?course=1'
    const host = 'tool.example.edu'
    const form = {
      ...{ lti_message_type: 'basic-lti-launch-request', lti_version: 'LTI-1p0', resource_link_id: '7' },
      ...{ tool_consumer_info_product_family_code: 'canvas', course: '1', lis_person_name_full: 'Ada (a) *' },
      ...{ oauth_consumer_key: key, oauth_signature_method: 'HMAC-SHA1', oauth_nonce: `n${process.pid}` },
      ...{ oauth_timestamp: String(Math.floor(Date.now() / 1000)), oauth_callback: 'about:blank' },
    }
    const request = { originalUrl: path, protocol: 'https', method: 'POST', headers: { host } }
    const signature = new Signer().build_signature(request, form, secret)
    await sent('POST', `https://${host}${path}`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(new URLSearchParams({ ...form, oauth_signature: signature })),
    })
    const service = new OutcomeService({
      ...{ consumer_key: key, consumer_secret: secret, source_did: 'course:1:user:2' },
      service_url: `https://lms.example.edu/outcomes?tenant=7`,
      result_data_types: ['text'],
    })
    return [
      await called((done) => service.send_replace_result(0.92, done)),
      await called((done) => service.send_replace_result_with_text(1, 'Well done', done)),
      await called((done) => service.send_read_result(done)),
      await called((done) => service.send_delete_result(done)),
    ]
  },

  async 'jira-client'() {
    const JiraApi = load('jira-client')
    const jira = new JiraApi({
      ...{ protocol: 'https', host: 'jira.example.com', port: port.slice(1) || undefined },
      oauth: {
        consumer_key: key,
        consumer_secret: privateKey,
        access_token: token,
        access_token_secret: tokenSecret,
      },
    })
    return [
      await jira.findIssue('KEY-1', 'names'),
      await jira.searchJira('project = KEY AND text ~ "a b"', { maxResults: 2 }),
      await jira.addComment('KEY-1', 'Done'),
    ]
  },

  async 'magento-api-rest'() {
    const MagentoApi = load('magento-api-rest').default
    const keys = { consumerKey: key, consumerSecret: secret, accessToken: token, tokenSecret }
    const client = (sha) => new MagentoApi({ url: `https://shop.example.com${port}`, ...keys, sha })
    const results = []
    for (const sha of [256, 1]) {
      results.push((await client(sha).get('orders', { status: 'complete', pageSize: 2 })).data)
      results.push((await client(sha).post('carts/mine/items', { cartItem: { sku: 'a', qty: 1 } })).data)
    }
    return results
  },

  async '@woocommerce/woocommerce-rest-api'() {
    const Api = load('@woocommerce/woocommerce-rest-api').default
    const api = new Api({ url: `http://shop.example.com${port}`, consumerKey: key, consumerSecret: secret })
    const results = [(await api.get('orders')).data, (await api.post('orders', { total: '1' })).data]
    // Each parameter twice, and signed once.
    await api.get('orders', { per_page: 2 }).catch(() => {})
    return results
  },

  async 'woocommerce-rest-ts-api'() {
    const Api = load('woocommerce-rest-ts-api').default
    const api = new Api({ url: `http://shop.example.com${port}`, consumerKey: key, consumerSecret: secret })
    return [(await api.get('orders')).data, (await api.post('orders', { total: '1' })).data]
  },

  async 'woocommerce-api'() {
    const Api = load('woocommerce-api')
    const api = new Api({
      ...{ url: `http://shop.example.com${port}`, consumerKey: key, consumerSecret: secret },
      ...{ wpAPI: true, version: 'wc/v3' },
    })
    const send = async (method, ...rest) => JSON.parse((await api[`${method}Async`](...rest)).body)
    return [
      await send('get', 'orders?per_page=2&status=processing'),
      await send('post', 'orders', { total: '1' }),
    ]
  },

  async mwn() {
    const { Mwn } = load('mwn')
    const bot = await Mwn.init({
      apiUrl: `https://wiki.example.org${port}/w/api.php`,
      silent: true,
      userAgent: 'countersign-tests/1.0',
      OAuthCredentials: {
        consumerToken: key,
        consumerSecret: secret,
        accessToken: token,
        accessSecret: tokenSecret,
      },
    })
    return [
      await bot.request({ action: 'query', meta: 'userinfo', titles: 'A|B & C', formatversion: '2' }),
      await bot.request(
        { action: 'edit', title: 'A b', text: 'Grüße', token: 'csrf+\\' },
        { method: 'POST' },
      ),
    ]
  },

  async 'twitter-api-v2'() {
    const { TwitterApi } = load('twitter-api-v2')
    const app = new TwitterApi({ appKey: key, appSecret: secret })
    const link = await app.generateAuthLink('oob', { authAccessType: 'write' })
    const { oauth_token: accessToken, oauth_token_secret: accessSecret } = link
    const pending = new TwitterApi({ appKey: key, appSecret: secret, accessToken, accessSecret })
    const { client } = await pending.login(await ask(link.url))
    return [
      await client.v2.get('users/me', { 'user.fields': 'id,name' }),
      await client.v2.post('tweets', { text: 'Grüße & 100%' }),
      await client.v1.post('statuses/update.json', { status: "it's (a) test!*" }),
    ]
  },

  async twitter() {
    const Twitter = load('twitter')
    const client = new Twitter({
      ...{
        consumer_key: key,
        consumer_secret: secret,
        access_token_key: token,
        access_token_secret: tokenSecret,
      },
      rest_base: `https://api.twitter.com${port}/1.1`,
    })
    return [
      await client.get('statuses/user_timeline', { screen_name: 'a b', count: 2 }),
      await client.post('statuses/update', { status: 'Grüße' }),
    ]
  },

  async 'tumblr.js'() {
    const client = load('tumblr.js').createClient({
      ...{ consumer_key: key, consumer_secret: secret, token, token_secret: tokenSecret },
    })
    return [
      await client.userInfo(),
      await client.blogPosts('demo.tumblr.com', { tag: 'a b', limit: 2 }),
      await client.postRequest('/v2/blog/demo/post', { content: 'Grüße' }),
    ]
  },

  async disconnect() {
    const { Client } = load('disconnect')
    const pending = new Client('countersign-tests/1.0').oauth()
    const callback = 'https://tool.example.com/ready'
    const { authorizeUrl } = await called((done) => pending.getRequestToken(key, secret, callback, done))
    const code = await ask(authorizeUrl)
    const client = new Client(
      'countersign-tests/1.0',
      await called((done) => pending.getAccessToken(code, done)),
    )
    return [await client.getIdentity(), await client.get('/database/search?q=a%20b&type=release')]
  },

  async '@lionralfs/discogs-client'() {
    const { DiscogsClient, DiscogsOAuth } = await import('@lionralfs/discogs-client')
    const flow = new DiscogsOAuth(key, secret)
    const pending = await flow.getRequestToken('https://tool.example.com/ready')
    const code = await ask(pending.authorizeUrl)
    const { accessToken, accessTokenSecret } = await flow.getAccessToken(
      pending.token,
      pending.tokenSecret,
      code,
    )
    const keys = { consumerKey: key, consumerSecret: secret, accessToken, accessTokenSecret }
    const client = new DiscogsClient({ auth: { method: 'oauth', ...keys } })
    return [
      (await client.getIdentity()).data,
      (await client.database().search({ query: 'a b', type: 'release' })).data,
    ]
  },

  async 'e-trade-api'() {
    const { ETrade } = load('e-trade-api')
    const client = new ETrade({ key, secret, mode: 'prod' })
    const pending = await client.requestToken()
    const code = await ask(pending.url)
    const issued = { key: pending.oauth_token, secret: pending.oauth_token_secret, code }
    const { oauth_token, oauth_token_secret } = await client.getAccessToken(issued)
    const own = { key: oauth_token, secret: oauth_token_secret }
    Object.assign(client.settings, { accessToken: own.key, accessSecret: own.secret })
    const results = [
      await client.listAccounts(),
      await client.getQuotes({ symbols: ['IBM', 'GOOG'], detailFlag: 'ALL' }),
      await client.cancelOrder({ accountIdKey: 'a1', orderId: 7 }),
      { renewed: await client.renewAccessToken(own) },
      { revoked: await client.revokeAccessToken(own) },
    ]
    // The token has ended.
    await client.listAccounts().catch(() => {})
    return results
  },

  async '@hapi/bell'() {
    const Hapi = load('@hapi/hapi')
    const server = Hapi.server({ host: '127.0.0.1', port: 0 })
    await server.register(load('@hapi/bell'))
    const site = `https://x.example.com${port}`
    const addresses = {
      temporary: `${site}/oauth/initiate`,
      auth: `${site}/oauth/authorize`,
      token: `${site}/oauth/token`,
    }
    server.auth.strategy('site', 'bell', {
      provider: {
        ...{ name: 'site', protocol: 'oauth', signatureMethod: 'HMAC-SHA1', ...addresses },
        profile: async (credentials, _parameters, get) => {
          credentials.profile = await get(`${site}/api/me`, { fields: 'id,name' })
        },
      },
      ...{ clientId: key, clientSecret: secret, isSecure: false },
      ...{
        location: 'https://tool.example.com',
        password: 'a password of thirty-two characters',
        cookie: 'bell',
      },
    })
    server.route({
      ...{ method: 'GET', path: '/ready' },
      options: { auth: 'site', handler: (request) => request.auth.credentials.profile },
    })
    const first = await server.inject('/ready')
    const cookie = first.headers['set-cookie']?.[0].split(';')[0]
    const code = await ask(first.headers.location)
    const asked = new URL(first.headers.location).searchParams.get('oauth_token')
    const query = new URLSearchParams({ oauth_token: asked, oauth_verifier: code })
    const second = await server.inject({ url: `/ready?${query}`, headers: { cookie } })
    return [second.result]
  },

  /** Packages that only sign: their users send. */
  async 'oauth-1.0a'() {
    const OAuth = load('oauth-1.0a')
    const oauth = OAuth({
      ...{ consumer: { key, secret }, signature_method: 'HMAC-SHA1' },
      hash_function: (text, by) => createHmac('sha1', by).update(text).digest('base64'),
    })
    const url = `https://api.example.com${port}/photos?q=a`
    const own = { key: token, secret: tokenSecret }
    const { Authorization } = oauth.toHeader(oauth.authorize({ url, method: 'GET' }, own))
    return [await fetched('GET', url, Authorization)]
  },

  async 'node-oauth-1.0a-ts'() {
    const OAuth = load('node-oauth-1.0a-ts')
    const url = `https://api.example.com${port}/photos?q=a`
    const client = new OAuth({ consumer: { public: key, secret } })
    const header = client.getHeader({ method: 'GET', url }, { public: token, secret: tokenSecret })
    return [await fetched('GET', url, header)]
  },

  async 'twitter-v1-oauth'() {
    const url = `https://api.example.com${port}/photos`
    const keys = {
      api_key: key,
      api_secret_key: secret,
      access_token: token,
      access_token_secret: tokenSecret,
    }
    const header = load('twitter-v1-oauth').default({ method: 'GET', url, params: { q: 'a' } }, keys)
    return [await fetched('GET', `${url}?q=a`, header)]
  },
}

/** Node's own client keeps the address as it is. */
async function sent(method, url, { headers, body }) {
  const response = await new Promise((resolve, reject) => {
    https.request(url, { method, headers }, resolve).on('error', reject).end(body)
  })
  const text = Buffer.concat(await response.toArray()).toString()
  if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${text}`)
  return text
}

async function fetched(method, url, authorization, body) {
  const type = body ? { 'content-type': 'application/json' } : {}
  return JSON.parse(await sent(method, url, { headers: { authorization, ...type }, body }))
}

for (const result of await clients[settings.client]()) say(result)
process.exit()

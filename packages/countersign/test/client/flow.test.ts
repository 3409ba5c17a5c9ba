import { OAuth1Client, OAuth1ClientError, type OAuth1ClientErrorCode } from 'countersign/client'
import { beforeEach, describe, expect, it } from 'vitest'
import { privatePem } from '../protocol/keys.ts'
import { callback, endpoints, keys, origin, protocolParameters, Site, token } from './site.ts'

const photos = `${origin}/photos`
const temporary = { oauthToken: 'temporary', oauthTokenSecret: 'temporary-secret' }
let site: Site
const clientWith = (options: object = {}) =>
  new OAuth1Client({ ...keys, endpoints, fetch: site.fetch, now: () => site.now, ...options })
beforeEach(() => {
  site = new Site({ supportedSignatureMethods: ['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA1', 'PLAINTEXT'] })
})

describe('the three steps', () => {
  it.each([
    ['HMAC-SHA1', 'header'],
    ['HMAC-SHA256', 'query'],
    ['RSA-SHA1', 'header'],
    ['PLAINTEXT', 'body'],
  ] as const)('lead to a token with %s in the %s', async (signatureMethod, place) => {
    const client = clientWith({ signatureMethod, place, privateKey: privatePem })
    const issued = await client.requestTemporaryCredential(callback)
    const address = new URL(client.authorizationUrl(issued))
    expect(address.origin + address.pathname).toBe(endpoints.authorize)
    const returned = await site.decide(address.searchParams.get('oauth_token') ?? '', { id: 7 })
    expect(returned).toMatch(/^https:\/\/printer\.example\.com\/ready\?/)
    const verifier = client.readCallback(returned, issued)
    const granted = await client.requestToken(issued, verifier)
    const response = await client.withToken(granted).fetch(photos, { method: 'POST' })
    expect(await response.json()).toMatchObject({ user: 7 })
  })

  it('lead to a token with a code that the user carries', async () => {
    const client = clientWith()
    const issued = await client.requestTemporaryCredential()
    const code = new URLSearchParams((await site.decide(issued.oauthToken, { id: 7 })).slice(4))
    const granted = await client.requestToken(issued, code.get('oauth_verifier') ?? '')
    expect((await client.withToken(granted).fetch(photos)).status).toBe(200)
  })

  it('never sign the first with a token that the client has', async () => {
    await clientWith({ token }).requestTemporaryCredential()
    expect(protocolParameters(site.last.headers.get('authorization'))).not.toHaveProperty('oauth_token')
  })

  it('send further parameters as a signed form, and headers', async () => {
    const request = { parameters: { scope: 'read write' }, headers: { accept: 'text/plain' } }
    await clientWith().requestTemporaryCredential(callback, request)
    expect(site.last).toMatchObject({ method: 'POST', body: 'scope=read+write' })
    expect(site.last.headers.get('accept')).toBe('text/plain')
  })

  it('renew a token with its session handle, where a server can', async () => {
    site.routes.set(endpoints.token, () => new Response('oauth_token=new&oauth_token_secret=s'))
    const request = { oauth: { oauth_session_handle: 'handle' } }
    await expect(clientWith().requestToken(token, undefined, request)).resolves.toMatchObject({
      oauthToken: 'new',
    })
    const sent = protocolParameters(site.last.headers.get('authorization'))
    expect(sent).toMatchObject({ oauth_token: 'token', oauth_session_handle: 'handle' })
    expect(sent).not.toHaveProperty('oauth_verifier')
  })

  it('follow a redirect of the endpoint within its origin', async () => {
    site.routes.set(endpoints.initiate, (request) => {
      site.routes.delete(endpoints.initiate)
      expect(request.redirect).toBe('manual')
      return new Response(null, { status: 307, headers: { location: `${endpoints.initiate}?moved=1` } })
    })
    await expect(clientWith().requestTemporaryCredential()).resolves.toHaveProperty('oauthToken')
  })

  it('keep what stands in the address of the authorization page', () => {
    const client = clientWith({ endpoints: { authorize: `${endpoints.authorize}?lang=de` } })
    const address = client.authorizationUrl({ oauthToken: 'a b&c' }, { force_login: 'true' })
    expect(address).toBe(`${endpoints.authorize}?lang=de&force_login=true&oauth_token=a+b%26c`)
  })
})

describe('a response with a credential', () => {
  const responses: readonly (readonly [name: string, body: string, type: string])[] = [
    [
      'a form',
      'oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true&user_id=7&name=A+%C3%BC',
      'application/x-www-form-urlencoded',
    ],
    [
      'a form that is called HTML, with line ends',
      '\n oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true&user_id=7&name=A%20%C3%BC\r\n',
      'text/html',
    ],
    [
      'JSON',
      '{"oauth_token":"t","oauth_token_secret":"s","oauth_callback_confirmed":true,"user_id":7,"name":"A ü"}',
      'application/json',
    ],
  ]
  it.each(responses)('is read as %s, with all that came along', async (_, body, type) => {
    site.routes.set(endpoints.initiate, () => new Response(body, { headers: { 'content-type': type } }))
    const issued = await clientWith().requestTemporaryCredential()
    expect(issued).toEqual({
      oauthToken: 't',
      oauthTokenSecret: 's',
      parameters: { oauth_callback_confirmed: 'true', user_id: '7', name: 'A ü' },
    })
  })

  it('is read whole where it comes in pieces, within a character', async () => {
    const octets = new TextEncoder().encode('oauth_token=t&oauth_token_secret=s&name=ü')
    const body = new ReadableStream({
      start(controller) {
        for (const octet of octets) controller.enqueue(Uint8Array.of(octet))
        controller.close()
      },
    })
    site.routes.set(endpoints.token, () => new Response(body))
    const { parameters } = await clientWith().requestToken(temporary, 'v')
    expect(parameters).toEqual({ name: 'ü' })
  })

  it('has the first of two values, and plain values of JSON', async () => {
    site.routes.set(
      endpoints.token,
      () => new Response('oauth_token=t&oauth_token_secret=s&oauth_token=u&a=1&a=2'),
    )
    await expect(clientWith().requestToken(temporary, 'v')).resolves.toEqual({
      oauthToken: 't',
      oauthTokenSecret: 's',
      parameters: { a: '1' },
    })
    const json = '{"oauth_token":"t","oauth_token_secret":"s","user":{"id":7},"none":null}'
    site.routes.set(endpoints.token, () => new Response(json))
    await expect(clientWith().requestToken(temporary, 'v')).resolves.toMatchObject({ parameters: {} })
  })

  it('may have an empty secret, for RSA', async () => {
    site.routes.set(endpoints.token, () => new Response('oauth_token=t&oauth_token_secret='))
    await expect(clientWith().requestToken(temporary, 'v')).resolves.toMatchObject({ oauthTokenSecret: '' })
  })
})

async function failure(call: Promise<unknown>): Promise<OAuth1ClientError> {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(OAuth1ClientError)
  return error
}

describe('an error', () => {
  const refusals: readonly (readonly [
    name: string,
    response: () => Response,
    code: OAuth1ClientErrorCode,
    said: object,
    message: RegExp,
  ])[] = [
    [
      'a form',
      () => new Response('error=invalid_client&error_description=Who+is+this%3F', { status: 401 }),
      'refused',
      { status: 401, error: 'invalid_client', errorDescription: 'Who is this?' },
      /initiate refused with 401: invalid_client: Who is this\?$/,
    ],
    [
      'Problem Reporting',
      () =>
        new Response('oauth_problem=timestamp_refused&oauth_problem_advice=Set%20your%20clock', {
          status: 401,
        }),
      'refused',
      { problem: 'timestamp_refused', advice: 'Set your clock' },
      /timestamp_refused: Set your clock$/,
    ],
    [
      'Problem Reporting in the challenge',
      () =>
        new Response('', {
          status: 401,
          headers: { 'www-authenticate': 'OAuth realm="x", oauth_problem="nonce_used"' },
        }),
      'refused',
      { problem: 'nonce_used', body: '' },
      /nonce_used$/,
    ],
    [
      'JSON',
      () =>
        new Response('{"error":"rate_limited","error_description":"Slow down"}', {
          status: 429,
          headers: { 'retry-after': '9' },
        }),
      'refused',
      { status: 429, error: 'rate_limited', errorDescription: 'Slow down' },
      /429: rate_limited: Slow down$/,
    ],
    [
      'a list of errors in JSON',
      () => new Response('{"errors":[{"code":32,"message":"Could not authenticate you."}]}', { status: 401 }),
      'refused',
      { error: '32', errorDescription: 'Could not authenticate you.' },
      /32: Could not authenticate you\.$/,
    ],
    [
      'plain text',
      () => new Response('Invalid signature', { status: 401 }),
      'refused',
      { body: 'Invalid signature' },
      /401: Invalid signature$/,
    ],
    ['nothing', () => new Response(null, { status: 500 }), 'refused', { body: '' }, /it did not say why$/],
    [
      'an error with 200',
      () => new Response('error=expired'),
      'refused',
      { status: 200 },
      /refused with 200: expired$/,
    ],
    [
      'text under another challenge',
      () => new Response(' No. \n', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }),
      'refused',
      { problem: undefined },
      /401: No\.$/,
    ],
    [
      'a problem with 200',
      () => new Response('oauth_problem=token_expired'),
      'refused',
      { status: 200 },
      /token_expired$/,
    ],
    [
      'a page',
      () => new Response('<html>Welcome</html>'),
      'invalid_response',
      { status: 200 },
      /without oauth_token/,
    ],
    ['JSON cut short', () => new Response('{"oauth_token":'), 'invalid_response', {}, /without oauth_token/],
    ['no secret', () => new Response('oauth_token=t'), 'invalid_response', {}, /without oauth_token/],
    [
      'a credential without its confirmation',
      () => new Response('oauth_token=t&oauth_token_secret=s'),
      'callback_not_confirmed',
      {},
      /oauth_callback_confirmed=true/,
    ],
  ]
  it.each(refusals)('shows what the server said: %s', async (_, response, code, said, message) => {
    site.routes.set(endpoints.initiate, response)
    const error = await failure(clientWith().requestTemporaryCredential())
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    if (code !== 'callback_not_confirmed')
      expect(error.response).toMatchObject({ url: endpoints.initiate, ...said })
  })

  it('comes from the library’s own server as well', async () => {
    const error = await failure(clientWith({ clientSecret: 'wrong' }).requestTemporaryCredential(callback))
    expect(error).toMatchObject({ code: 'refused', response: { status: 401, error: 'invalid_signature' } })
    expect(error.response?.headers.get('www-authenticate')).toMatch(/^OAuth realm=/)
    const spent = await failure(clientWith().requestToken(temporary, 'verifier'))
    expect(spent.response).toMatchObject({ status: 401 })
  })

  it('holds a bounded text, and no token secret', async () => {
    let sent = 0
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          sent += 1
          controller.enqueue(new TextEncoder().encode('x'.repeat(1000)))
        },
      })
    site.routes.set(endpoints.initiate, () => new Response('<p>oauth_token_secret=hush&a=1', { status: 400 }))
    const error = await failure(clientWith().requestTemporaryCredential())
    expect(error.response?.body).toBe('<p>oauth_token_secret=(left out)&a=1')
    expect(error.message).not.toContain('hush')
    site.routes.set(
      endpoints.initiate,
      () => new Response('{"oauth_token_secret" : "hush","a":1}', { status: 400 }),
    )
    const json = await failure(clientWith().requestTemporaryCredential())
    expect(json.response?.body).toBe('{"oauth_token_secret" : "(left out)","a":1}')
    const fetch = async () => new Response(endless(), { status: 500 })
    const long = await failure(clientWith({ fetch }).requestTemporaryCredential())
    expect(long.response?.body).toHaveLength(4096)
    expect(long.message.length).toBeLessThan(600)
    expect(sent).toBeLessThan(100)
  })

  it('says that the server cannot be reached', async () => {
    const cause = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
    const fetch = () => Promise.reject(cause)
    const error = await failure(clientWith({ fetch }).requestToken(temporary, 'v'))
    expect(error).toMatchObject({ code: 'network_error', cause, response: undefined })
    expect(error.message).toBe(`${endpoints.token} cannot be reached: connect ECONNREFUSED`)
  })

  it('says why in the words of the error itself, where it has no cause', async () => {
    const fetch = () => Promise.reject(new Error('Unable to connect.'))
    const error = await failure(clientWith({ fetch }).requestToken(temporary, 'v'))
    expect(error.message).toBe(`${endpoints.token} cannot be reached: Unable to connect.`)
  })

  it('is the error of signing where a request cannot be signed', async () => {
    const request = { parameters: { oauth_token: 'x' } }
    const error = await failure(clientWith().requestTemporaryCredential('oob', request))
    expect(error.code).toBe('unsignable_request')
  })

  it('is the error about a credential that is none', async () => {
    const none = { oauthToken: 'temporary' } as never
    await expect(clientWith().requestToken(none, 'v')).rejects.toThrow('both strings')
    expect(() => clientWith().readCallback('/?oauth_token=temporary&oauth_verifier=v', none)).toThrow(
      'both strings',
    )
  })

  it('is what the signal was aborted with', async () => {
    const fetch = (_: string, init: RequestInit) => Promise.reject(init.signal?.reason)
    const signal = AbortSignal.abort('stop')
    await expect(clientWith({ fetch }).requestTemporaryCredential('oob', { signal })).rejects.toBe('stop')
  })
})

describe('the callback', () => {
  it.each([
    ['a whole URL', 'https://printer.example.com/ready?oauth_token=temporary&oauth_verifier=v%2B1'],
    ['a path', '/ready?a=1&oauth_token=temporary&oauth_verifier=v%2B1#top'],
    ['a URL object', new URL('https://printer.example.com/?oauth_token=temporary&oauth_verifier=v%2B1')],
    ['parameters', new URLSearchParams({ oauth_token: 'temporary', oauth_verifier: 'v+1' })],
  ])('is read from %s', (_, given) => {
    expect(clientWith().readCallback(given, temporary)).toBe('v+1')
  })

  it.each<readonly [name: string, query: string, code: OAuth1ClientErrorCode, says: RegExp]>([
    [
      'of another flow',
      'oauth_token=other&oauth_verifier=v',
      'callback_mismatch',
      /another temporary credential/,
    ],
    ['of another flow, denied', 'denied=other', 'callback_mismatch', /another temporary credential/],
    ['that denies', 'denied=temporary', 'access_denied', /not granted\.$/],
    [
      'with a problem',
      'oauth_token=temporary&oauth_problem=user_refused',
      'access_denied',
      /\(user_refused\)/,
    ],
    [
      'with advice',
      'oauth_problem=permission_denied&oauth_problem_advice=Ask',
      'access_denied',
      /\(permission_denied: Ask\)/,
    ],
    ['with an error', 'error=access_denied&error_description=No', 'access_denied', /\(access_denied: No\)/],
    ['without a verifier', 'oauth_token=temporary', 'missing_verifier', /lacks/],
    ['without a token', 'oauth_verifier=v', 'missing_verifier', /lacks/],
    ['without anything', '', 'missing_verifier', /lacks/],
  ])('%s is an error', (_, query, code, says) => {
    const read = () => clientWith().readCallback(`/ready?${query}`, temporary)
    expect(read).toThrow(expect.objectContaining({ code, message: expect.stringMatching(says) }))
  })

  it('says that this library’s server was told no', async () => {
    const client = clientWith()
    const issued = await client.requestTemporaryCredential(callback)
    const returned = await site.decide(issued.oauthToken, undefined)
    expect(() => client.readCallback(returned, issued)).toThrow(
      expect.objectContaining({ code: 'access_denied' }),
    )
  })
})

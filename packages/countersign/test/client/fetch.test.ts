import { createHash } from 'node:crypto'
import { OAuth1Client, OAuth1ClientError } from 'countersign/client'
import { beforeEach, describe, expect, it } from 'vitest'
import { keys, origin, protocolParameters, Site, start, token } from './site.ts'

const photos = `${origin}/photos`
let site: Site
let client: OAuth1Client
const clientWith = (options: Partial<ConstructorParameters<typeof OAuth1Client>[0]>) =>
  new OAuth1Client({ ...keys, token, fetch: site.fetch, now: () => site.now, ...options })
beforeEach(() => {
  site = new Site()
  client = clientWith({})
})
const stream = (text: string) => new Response(text).body as ReadableStream<Uint8Array<ArrayBuffer>>

describe('the call', () => {
  it('is the signature of fetch, without its client as well', async () => {
    const { fetch } = client
    const asFetch: typeof globalThis.fetch = fetch
    for (const input of [photos, new URL(photos), new Request(photos)]) {
      const response = await asFetch(input, { headers: { 'x-own': 'kept' } })
      expect(response.status).toBe(200)
      expect(site.last.headers.get('x-own')).toBe('kept')
    }
  })

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])(
    'takes the method %s',
    async (method) => {
      expect((await client.fetch(`${photos}?a=1`, { method })).status).toBe(200)
      expect(site.last.method).toBe(method)
    },
  )

  it.each(['header', 'query', 'body'] as const)('signs a form, parameters in the %s', async (place) => {
    const body = new URLSearchParams({ text: 'naïve & bold', tag: "!'()*" })
    const response = await clientWith({ place }).fetch(photos, { method: 'POST', body })
    expect(response.status).toBe(200)
    expect(site.last.body).toContain('text=na%C3%AFve+%26+bold&tag=%21%27%28%29*')
    expect(site.last.headers.get('content-type')).toContain('application/x-www-form-urlencoded')
  })

  it('signs the form of a Request, and keeps its method and headers', async () => {
    const body = new URLSearchParams({ a: '1' })
    const request = new Request(photos, { method: 'PUT', body, headers: { accept: 'text/csv' } })
    expect((await client.fetch(request)).status).toBe(200)
    expect(site.last).toMatchObject({ method: 'PUT', body: 'a=1' })
    expect(site.last.headers.get('accept')).toBe('text/csv')
    const replaced = new Request(photos, { method: 'PUT', body: new URLSearchParams({ a: '1' }) })
    expect((await client.fetch(replaced, { body: new URLSearchParams({ b: '2' }) })).status).toBe(200)
    expect(site.last.body).toBe('b=2')
  })

  const bytes = new TextEncoder().encode('{"a":1}')
  const bodies: readonly (readonly [name: string, body: () => NonNullable<RequestInit['body']>])[] = [
    ['text', () => '{"a":1}'],
    ['a Uint8Array', () => bytes],
    ['an ArrayBuffer', () => bytes.buffer.slice(0, bytes.byteLength)],
    ['a part of a buffer', () => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
    ['a Blob', () => new Blob(['{"a":1}'])],
    ['a stream', () => stream('{"a":1}')],
  ]
  it.each(bodies)('sends %s as it is, and its content type', async (_, body) => {
    const headers = { 'content-type': 'application/json' }
    const response = await client.fetch(photos, { method: 'POST', headers, body: body() })
    expect(await response.json()).toEqual({ user: 7, body: '{"a":1}' })
    expect(site.last.headers.get('content-type')).toBe('application/json')
  })

  it('leaves multipart to fetch, which writes its boundary', async () => {
    const body = new FormData()
    body.set('photo', new Blob(['octets']), 'a.jpg')
    expect((await client.fetch(photos, { method: 'POST', body })).status).toBe(200)
    expect(site.last.headers.get('content-type')).toMatch(/^multipart\/form-data; ?boundary=/)
    expect(site.last.body).toContain('octets')
  })

  it('passes the multipart body of a Request on, with its boundary', async () => {
    const body = new FormData()
    body.set('photo', new Blob(['octets']), 'a.jpg')
    expect((await client.fetch(new Request(photos, { method: 'POST', body }))).status).toBe(200)
    const boundary = /boundary=(\S+)$/
      .exec(site.last.headers.get('content-type') ?? '')?.[1]
      ?.replaceAll('"', '')
    expect(site.last.body).toContain(`--${boundary}`)
  })

  it('never reads a stream before it is sent', async () => {
    let pulled = 0
    const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 })
    const fetch = async (_: string, init: RequestInit) => {
      expect([pulled, init.body]).toEqual([0, body])
      return new Response()
    }
    await clientWith({ fetch }).fetch(photos, { method: 'PUT', body })
  })

  it.each([
    ['a Blob', new Blob(['text'])],
    ['text', 'text'],
  ])('covers %s with a body hash', async (_, body) => {
    expect((await clientWith({ bodyHash: 'always' }).fetch(photos, { method: 'POST', body })).status).toBe(
      200,
    )
    const { oauth_body_hash } = protocolParameters(site.last.headers.get('authorization'))
    expect(oauth_body_hash).toBe(createHash('sha1').update('text').digest('base64'))
  })

  it.each([
    ['a stream', () => stream('text')],
    ['multipart', () => new FormData()],
  ])('refuses to cover %s with a body hash', async (_, body) => {
    const call = clientWith({ bodyHash: 'always' }).fetch(photos, { method: 'POST', body: body() })
    await expect(call).rejects.toMatchObject({
      code: 'unsignable_request',
      message: expect.stringContaining('stream or multipart'),
    })
    expect(site.arrived).toEqual([])
  })

  it('takes the content type of a Blob, unless another is given', async () => {
    const body = new Blob(['{}'], { type: 'application/json' })
    await client.fetch(photos, { method: 'POST', body })
    // Bun's Blob adds a charset to its type.
    expect(site.last.headers.get('content-type')).toMatch(/^application\/json/)
    await client.fetch(photos, { method: 'POST', body, headers: { 'content-type': 'text/plain' } })
    expect(site.last.headers.get('content-type')).toBe('text/plain')
  })

  it('keeps the signal and the redirect mode of a Request', async () => {
    const inits: RequestInit[] = []
    const fetch = async (_: string, init: RequestInit) => {
      inits.push(init)
      return new Response()
    }
    const controller = new AbortController()
    const request = new Request(photos, { signal: controller.signal, redirect: 'manual' })
    await clientWith({ fetch }).fetch(request)
    await clientWith({ fetch }).fetch(request, { redirect: 'follow', cache: 'no-store' })
    controller.abort()
    expect(
      inits.map(({ redirect, cache, mode, signal }) => [redirect, cache, mode, signal?.aborted]),
    ).toEqual([
      ['manual', undefined, undefined, true],
      ['manual', 'no-store', undefined, true],
    ])
  })

  it('takes a form that is a Blob for a form', async () => {
    const body = new Blob(['a=1'], { type: 'application/x-www-form-urlencoded' })
    expect((await client.fetch(photos, { method: 'POST', body })).status).toBe(200)
  })

  it.each([
    ['a stream', 'header', () => stream('a=1')],
    ['a stream', 'query', () => stream('a=1')],
    ['a stream', 'body', () => stream('a=1')],
    ['multipart', 'header', () => new FormData()],
  ] as const)('refuses a form that is %s, with the parameters in the %s', async (_, place, body) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const call = clientWith({ place }).fetch(photos, { method: 'POST', headers, body: body() })
    await expect(call).rejects.toMatchObject({
      code: 'unsignable_request',
      message: expect.stringContaining('its form is a stream or multipart'),
    })
    expect(site.arrived).toEqual([])
  })
})

describe('redirects', () => {
  const redirect =
    (location: string, status = 302) =>
    () =>
      new Response('moved', { status, headers: { location } })

  it.each(['header', 'query', 'body'] as const)(
    'are signed again within the origin, parameters in the %s',
    async (place) => {
      site.routes.set(photos, redirect('/albums?b=2', 307))
      const body = new URLSearchParams({ a: '1' })
      const response = await clientWith({ place }).fetch(photos, { method: 'POST', body })
      expect(response).toMatchObject({ status: 200, redirected: true })
      expect(site.arrived.map(({ url }) => new URL(url).pathname)).toEqual(['/photos', '/albums'])
      expect(site.last).toMatchObject({ method: 'POST', body: expect.stringMatching(/^a=1/) })
    },
  )

  it('are signed again where the server repeats the query with its protocol parameters', async () => {
    site.routes.set(photos, (request) => redirect(`/albums${new URL(request.url).search}&c=3`)())
    expect((await clientWith({ place: 'query' }).fetch(`${photos}?b=2`)).status).toBe(200)
    const names = [...new URL(site.last.url).searchParams.keys()]
    expect(names.slice(0, 2)).toEqual(['b', 'c'])
    expect(new Set(names).size).toBe(names.length)
  })

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
  ])('%i of %s is followed with %s', async (status, method, expected) => {
    site.routes.set(photos, redirect('/albums', status))
    const body = method === 'HEAD' ? {} : { body: new URLSearchParams({ a: '1' }) }
    const response = await client.fetch(photos, { method, ...body })
    expect(response.status).toBe(200)
    const keepsBody = expected === method && method !== 'HEAD'
    expect(site.last).toMatchObject({ method: expected, body: keepsBody ? 'a=1' : '' })
    expect(site.last.headers.has('content-type')).toBe(keepsBody)
  })

  it.each([
    ['another host', 'https://elsewhere.example/a'],
    ['a subdomain', 'https://cdn.photos.example.net/a'],
    ['another port', 'https://photos.example.net:8443/a'],
    ['http after https', 'http://photos.example.net/a'],
  ])('carry no credentials to %s', async (_, location) => {
    for (const place of ['header', 'query', 'body'] as const) {
      for (const signatureMethod of ['HMAC-SHA1', 'PLAINTEXT'] as const) {
        site.arrived.length = 0
        // This server repeats in its Location what it was asked with.
        site.routes.set(photos, (request) => redirect(location + new URL(request.url).search, 307)())
        site.routes.set(location, () => new Response('there'))
        const headers = { cookie: 'session=1', accept: 'text/plain', 'proxy-authorization': 'Basic eDp5' }
        const init = { method: 'POST', headers, body: new URLSearchParams({ a: '1' }) }
        const response = await clientWith({ place, signatureMethod }).fetch(`${photos}?b=2`, init)
        expect(await response.text()).toBe('there')
        expect(site.last.url).toBe(`${location}?b=2`)
        expect(site.last.body).toBe('a=1')
        expect(Object.fromEntries(site.last.headers)).not.toHaveProperty('authorization')
        for (const name of ['authorization', 'proxy-authorization'])
          expect(site.last.headers.has(name)).toBe(false)
        expect(site.last.headers.get('cookie') ?? '').toBe('')
        expect(site.last.headers.get('accept')).toBe('text/plain')
      }
    }
  })

  it('are not signed any more once the origin was left, even where they come back', async () => {
    const elsewhere = 'https://elsewhere.example/'
    site.routes.set(photos, redirect(elsewhere))
    site.routes.set(elsewhere, redirect(`${origin}/account/delete`))
    const response = await client.fetch(photos)
    expect(response.status).toBe(401)
    expect(site.last.url).toBe(`${origin}/account/delete`)
    expect(site.last.headers.has('authorization')).toBe(false)
  })

  it('are followed twenty times', async () => {
    let count = 0
    site.routes.set(photos, () => (++count <= 20 ? redirect('/photos')() : new Response('at last')))
    expect(await (await client.fetch(photos)).text()).toBe('at last')
    count = -1
    await expect(client.fetch(photos)).rejects.toMatchObject({ code: 'too_many_redirects' })
  })

  it('are left to the caller with manual', async () => {
    site.routes.set(photos, redirect('/albums'))
    const response = await client.fetch(photos, { redirect: 'manual' })
    expect(response).toMatchObject({ status: 302, redirected: false })
    expect(site.arrived).toHaveLength(1)
  })

  it('hand manual and error on to fetch as they are', async () => {
    const seen: unknown[] = []
    const fetch = async (_: string, init: RequestInit) => {
      seen.push(init.redirect)
      return new Response()
    }
    for (const redirect of ['error', 'manual', 'follow'] as const)
      await clientWith({ fetch }).fetch(photos, { redirect })
    expect(seen).toEqual(['error', 'manual', 'manual'])
  })

  it('send a Blob and multipart again', async () => {
    const multipart = new FormData()
    multipart.set('photo', 'octets')
    for (const body of [new Blob(['octets']), multipart]) {
      site.routes.set(photos, redirect('/albums', 308))
      expect((await client.fetch(photos, { method: 'POST', body })).status).toBe(200)
      expect(site.last.body).toContain('octets')
    }
  })

  it('keep all headers within the origin, except for those about a dropped body', async () => {
    site.routes.set(photos, redirect('/albums', 302))
    const type = { 'content-type': 'application/x-www-form-urlencoded', 'content-language': 'de' }
    const headers = { ...type, accept: 'text/csv', 'proxy-authorization': 'Basic eDp5' }
    const response = await client.fetch(photos, { method: 'POST', headers, body: 'a=1' })
    expect(response.status).toBe(200)
    expect(Object.fromEntries(site.last.headers)).toMatchObject({
      accept: 'text/csv',
      'proxy-authorization': 'Basic eDp5',
    })
    for (const name of Object.keys(type)) expect(site.last.headers.has(name)).toBe(false)
  })

  it('of a GET that was made of a stream may go on', async () => {
    site.routes.set(photos, redirect('/one', 303))
    site.routes.set(`${origin}/one`, redirect('/two', 307))
    expect((await client.fetch(photos, { method: 'POST', body: stream('text') })).status).toBe(200)
    expect(site.last.url).toBe(`${origin}/two`)
  })

  it('cannot send a stream a second time', async () => {
    site.routes.set(photos, redirect('/albums', 307))
    const call = client.fetch(photos, { method: 'POST', body: stream('text') })
    await expect(call).rejects.toMatchObject({
      code: 'body_not_repeatable',
      message: expect.stringContaining('307'),
    })
    site.routes.set(photos, redirect('/albums', 303))
    expect((await client.fetch(photos, { method: 'POST', body: stream('text') })).status).toBe(200)
  })

  it('to something that is no web address are errors of the network, as with fetch', async () => {
    for (const location of ['ftp://a.example/', 'javascript:alert(1)', 'https://']) {
      site.routes.set(photos, redirect(location))
      await expect(client.fetch(photos)).rejects.toThrow(TypeError)
    }
  })

  it('without a Location are responses', async () => {
    site.routes.set(photos, () => new Response(null, { status: 302 }))
    expect((await client.fetch(photos)).status).toBe(302)
  })
})

describe('retries', () => {
  /** Fails so many times, then lets the request through. */
  function failing(times: number, fail: () => Response): void {
    let failed = 0
    site.routes.set(photos, (request) => {
      if (failed++ < times) return fail()
      site.routes.delete(photos)
      return site.fetch(request.url, { method: request.method, headers: request.headers })
    })
  }
  const busy =
    (status: number, after = '0') =>
    () =>
      new Response('busy', { status, headers: { 'retry-after': after } })

  it.each([
    [429, '0'],
    [503, '0'],
    [503, new Date(1000 * start).toUTCString()],
  ])('follow %i with Retry-After %s, each signed again', async (status, after) => {
    failing(2, busy(status, after))
    expect((await clientWith({ retries: 2 }).fetch(photos)).status).toBe(200)
    const nonces = site.arrived.map(
      ({ headers }) => protocolParameters(headers.get('authorization'))['oauth_nonce'],
    )
    expect(new Set(nonces.slice(0, 3)).size).toBe(3)
  })

  it.each([
    ['more failures than retries', { retries: 1 }, {}, busy(503), 2],
    ['no retries', {}, {}, busy(503), 1],
    ['POST', { retries: 3 }, { method: 'POST' }, busy(503), 1],
    ['PATCH', { retries: 3 }, { method: 'PATCH' }, busy(429), 1],
    ['another status', { retries: 3 }, {}, busy(500), 1],
    ['a long wait', { retries: 3 }, {}, busy(503, '3600'), 1],
    ['a date far off', { retries: 3 }, {}, busy(503, new Date(1000 * (start + 3600)).toUTCString()), 1],
    ['a date that is none', { retries: 3 }, {}, busy(503, 'soon'), 1],
  ])('end with the response after %s', async (_, options, init, fail, sent) => {
    failing(9, fail)
    const response = await clientWith(options).fetch(photos, init)
    expect(await response.text()).toBe('busy')
    expect(site.arrived).toHaveLength(sent)
  })

  it('repeat any method where the call says so', async () => {
    failing(1, busy(503))
    expect((await client.fetch(photos, { method: 'POST', retries: 1 })).status).toBe(200)
  })

  it('follow errors of the network, and throw the last', async () => {
    let failed = 0
    const fetch = async (url: string, init: RequestInit) => {
      if (failed++ < 2) throw new TypeError(`lost ${failed}`)
      return site.fetch(url, init)
    }
    expect((await clientWith({ fetch, retries: 2 }).fetch(photos)).status).toBe(200)
    failed = 0
    await expect(clientWith({ fetch, retries: 1 }).fetch(photos)).rejects.toThrow('lost 2')
  })

  it('end when the signal is aborted, while waiting as well', async () => {
    const controller = new AbortController()
    site.routes.set(photos, () => {
      controller.abort(new Error('enough'))
      return busy(503, '60')()
    })
    const call = clientWith({ retries: 3 }).fetch(photos, { signal: controller.signal })
    expect((await call).status).toBe(503)
    const other = new AbortController()
    site.routes.set(photos, () => {
      setTimeout(() => other.abort(new Error('enough')), 10)
      return busy(503, '60')()
    })
    await expect(clientWith({ retries: 3 }).fetch(photos, { signal: other.signal })).rejects.toThrow('enough')
    expect(site.arrived).toHaveLength(2)
  })

  it('do not touch a stream', async () => {
    const init = { method: 'PUT', body: stream('text') }
    await expect(client.fetch(photos, { ...init, retries: 1 })).rejects.toMatchObject({
      code: 'body_not_repeatable',
    })
    failing(9, busy(503))
    expect((await clientWith({ retries: 3 }).fetch(photos, init)).status).toBe(503)
    expect(site.arrived).toHaveLength(1)
  })

  it('must be a whole number', async () => {
    await expect(client.fetch(photos, { retries: 0.5 })).rejects.toThrow('retries must be a whole number')
  })
})

describe('a wrong clock', () => {
  const dated = (response: Response) => {
    response.headers.set('date', new Date(1000 * site.now).toUTCString())
    return response
  }
  /** The site says its time, and the client's clock is so many seconds off. */
  function clientOff(seconds: number, options: object = {}): OAuth1Client {
    const fetch = async (url: string, init: RequestInit) => {
      const response = await site.fetch(url, init)
      return dated(new Response(response.body, response))
    }
    return clientWith({ fetch, clockCorrection: true, now: () => site.now + seconds, ...options })
  }

  it.each([3600, -3600, 86_400 * 365])('of %i seconds is corrected once, for all tokens', async (seconds) => {
    const client = clientOff(seconds)
    expect((await client.fetch(photos)).status).toBe(200)
    expect(site.arrived).toHaveLength(2)
    expect((await client.fetch(photos)).status).toBe(200)
    expect((await client.withToken(token).fetch(photos)).status).toBe(200)
    expect(site.arrived).toHaveLength(4)
    expect(protocolParameters(client.sign({ url: photos }).authorization)['oauth_timestamp']).toBe(
      String(start),
    )
  })

  it('is corrected after 400 as well, and not after other responses', async () => {
    const sent = async (status: number) => {
      let count = 0
      const date = new Date(1000 * (start + 60)).toUTCString()
      const fetch = async () =>
        new Response(null, { status: count++ === 0 ? status : 200, headers: { date } })
      await clientWith({ fetch, clockCorrection: true }).fetch(photos)
      return count
    }
    expect([await sent(400), await sent(401), await sent(403), await sent(500)]).toEqual([2, 2, 1, 1])
  })

  it.each([
    [5, 1],
    [6, 2],
    [-6, 2],
  ])('that is %i seconds off makes %i requests', async (seconds, requests) => {
    const stranger = clientOff(seconds, { token: { oauthToken: 'no', oauthTokenSecret: 'no' } })
    expect((await stranger.fetch(photos)).status).toBe(401)
    expect(site.arrived).toHaveLength(requests)
  })

  it('is left alone where the server sends no Date', async () => {
    const fetch = async () => new Response(null, { status: 401 })
    expect((await clientWith({ fetch, clockCorrection: true }).fetch(photos)).status).toBe(401)
  })

  it('is left alone unless the option is set', async () => {
    expect((await clientOff(3600, { clockCorrection: false }).fetch(photos)).status).toBe(401)
    expect(site.arrived).toHaveLength(1)
  })

  it('is not what makes a request with a right clock fail', async () => {
    const stranger = clientOff(3, { token: { oauthToken: 'no', oauthTokenSecret: 'no' } })
    expect((await stranger.fetch(photos)).status).toBe(401)
    expect(site.arrived).toHaveLength(1)
  })

  it('is corrected at most once for a call, whatever the server says', async () => {
    let hours = 0
    const fetch = async () =>
      new Response(null, { status: 401, headers: { date: new Date(3.6e6 * hours++).toUTCString() } })
    expect((await clientWith({ fetch, clockCorrection: true }).fetch(photos)).status).toBe(401)
    expect(hours).toBe(2)
  })

  it('is corrected for the next request where the body is a stream', async () => {
    const client = clientOff(3600)
    expect((await client.fetch(photos, { method: 'POST', body: stream('text') })).status).toBe(401)
    expect((await client.fetch(photos, { method: 'POST', body: stream('text') })).status).toBe(200)
    expect(site.arrived).toHaveLength(2)
  })

  it('is not believed to another origin', async () => {
    const elsewhere = 'https://elsewhere.example/'
    site.routes.set(photos, () => new Response(null, { status: 302, headers: { location: elsewhere } }))
    const date = new Date(0).toUTCString()
    site.routes.set(elsewhere, () => new Response(null, { status: 401, headers: { date } }))
    const client = clientWith({ clockCorrection: true })
    expect((await client.fetch(photos)).status).toBe(401)
    expect(protocolParameters(client.sign({ url: photos }).authorization)['oauth_timestamp']).toBe(
      String(start),
    )
  })
})

it('passes on what fetch throws', async () => {
  const fetch = async () => {
    throw new TypeError('fetch failed')
  }
  await expect(clientWith({ fetch }).fetch(photos)).rejects.toThrow(new TypeError('fetch failed'))
  const aborted = clientWith({ retries: 5, fetch: (_, init) => Promise.reject(init.signal?.reason) })
  await expect(aborted.fetch(photos, { signal: AbortSignal.abort('stop') })).rejects.toBe('stop')
})

it('refuses what cannot be signed before anything is sent', async () => {
  for (const call of [
    client.fetch('/photos'),
    client.fetch(photos, { headers: { authorization: 'Bearer x' } }),
    clientWith({ place: 'body' }).fetch(photos),
  ])
    await expect(call).rejects.toBeInstanceOf(OAuth1ClientError)
  expect(site.arrived).toEqual([])
})

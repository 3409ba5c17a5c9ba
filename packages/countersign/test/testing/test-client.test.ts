import { AuthorizationServer, ConfigurationError, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { TestClient } from 'countersign/testing'
import { expect, it } from 'vitest'

const known = { clientId: 'demo', clientSecret: 'demo-secret' }
const client = new TestClient(known)

it('makes a Request that follows no redirect', () => {
  const { url, method, redirect } = client.request('/api/me?q=1')
  expect({ url, method, redirect }).toEqual({
    url: 'http://localhost/api/me?q=1',
    method: 'GET',
    redirect: 'manual',
  })
})

it('signs the prefix of the origin, and leaves it out of what the application gets', () => {
  const prefixed = new TestClient({ ...known, origin: 'HTTPS://example.com:443/v1/' })
  for (const target of ['/me?a=1', 'https://example.com/v1/me?a=1']) {
    expect(prefixed.request(target).url).toBe('https://example.com/me?a=1')
    expect(prefixed.inject(target)).toMatchObject({ url: '/me?a=1', headers: { host: 'example.com' } })
  }
  expect(prefixed.request('https://example.com/v10/me').url).toBe('https://example.com/v10/me')
  expect(prefixed.request('https://other.example/me').url).toBe('https://other.example/me')
})

it('sends with a signer that returns a promise', async () => {
  const sent: string[] = []
  const later = new TestClient({
    ...known,
    signatureMethod: { name: 'REMOTE', sign: async () => 'later' },
    fetch: async (url, init) => {
      sent.push(url, new Headers(init.headers).get('authorization') ?? '')
      return new Response()
    },
  })
  await later.fetch('/me')
  expect(sent).toEqual(['http://localhost/me', expect.stringContaining('oauth_signature="later"')])
  expect(() => later.headers('/me')).toThrow(/use signAsync or fetch/)
})

it('makes what inject takes, with the host that was signed', () => {
  const made = new TestClient({ ...known, origin: 'https://example.com:8443' }).inject('/notes?a=1', {
    method: 'POST',
    form: { text: 'a b' },
  })
  expect(made).toMatchObject({ method: 'POST', url: '/notes?a=1', payload: 'text=a+b' })
  expect(made.headers).toMatchObject({
    host: 'example.com:8443',
    'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
  })
  expect(client.inject('/')).not.toHaveProperty('payload')
})

it('sends JSON as such, a given content type first, and any other body as it is', async () => {
  const json = client.request('/', { method: 'POST', json: { a: 1 } })
  expect([json.headers.get('content-type'), await json.text()]).toEqual(['application/json', '{"a":1}'])
  const headers = { 'content-type': 'application/merge-patch+json' }
  const patch = client.request('/', { method: 'PATCH', json: null, headers })
  expect([patch.headers.get('content-type'), await patch.text()]).toEqual([headers['content-type'], 'null'])
  expect(await client.request('/', { method: 'PUT', body: 'text' }).text()).toBe('text')
})

it('covers JSON with a body hash if told so', () => {
  const hashing = new TestClient({ ...known, bodyHash: 'always' })
  expect(hashing.headers('/', { method: 'POST', json: {} })['authorization']).toContain('oauth_body_hash=')
})

it('puts the parameters where it is told', () => {
  const inQuery = new TestClient({ ...known, place: 'query' })
  expect(inQuery.inject('/me').url).toMatch(/^\/me\?oauth_consumer_key=demo&.*oauth_signature=/)
  expect(inQuery.headers('/me')['authorization']).toContain('oauth_signature=')
  const inBody = new TestClient({ ...known, place: 'body' })
  expect(inBody.inject('/me', { method: 'POST' }).payload).toContain('oauth_signature=')
})

it('signs the same way each time for a given timestamp and nonce, and else differently', () => {
  const fixed = { timestamp: 1_700_000_000, nonce: 'n' }
  const { authorization } = client.headers('/me', fixed)
  expect(authorization).toContain('oauth_timestamp="1700000000"')
  expect(authorization).toContain('oauth_nonce="n"')
  expect(client.headers('/me', fixed)['authorization']).toBe(authorization)
  expect(client.headers('/me')['authorization']).not.toBe(client.headers('/me')['authorization'])
})

it('signs with a token that the server issued directly, and keeps the client without it as it was', async () => {
  const hooks = memoryHooks({ clients: [known] })
  const server = new AuthorizationServer({ hooks })
  const protector = new ResourceProtector({ hooks })
  const ada = client.withToken(await server.issueToken({ clientId: 'demo', userId: 'ada' }))
  const read = (headers: Record<string, string>) =>
    protector.authenticate({ method: 'GET', url: 'http://localhost/me', headers })
  expect((await read(ada.headers('/me'))).credential?.userId).toBe('ada')
  await expect(read(client.headers('/me'))).rejects.toMatchObject({ code: 'missing_required_parameter' })
  await expect(read(ada.headers('/me', { token: null }))).rejects.toMatchObject({
    code: 'missing_required_parameter',
  })
})

it('refuses a client without an identifier when it is made', () => {
  expect(() => new TestClient({ clientId: '' })).toThrow(ConfigurationError)
})

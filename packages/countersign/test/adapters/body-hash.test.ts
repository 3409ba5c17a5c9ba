import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { App } from './app.ts'
import { bodies, harnesses, withParsers } from './bodies.ts'
import { type Call, send } from './client.ts'
import type { Parser, Served } from './suite.ts'

function hashOf(body: Buffer, name: 'sha1' | 'sha256' = 'sha1'): string {
  return createHash(name).update(body).digest('base64')
}

/** A request whose signature covers this hash. */
function hashed(hash: string, method = 'HMAC-SHA1'): Pick<Call, 'oauth'> {
  return { oauth: { oauth_body_hash: hash, oauth_signature_method: method } }
}

/** The body with one octet changed, or one more where there is none. */
function altered(body: Buffer): Buffer {
  const copy = Buffer.from(body.length === 0 ? 'x' : body)
  // Of JSON a space, and of multipart an octet of the file: what parses the body before must still be able to.
  const [at = copy.length - 1] = [0x80, 0x20]
    .map((octet) => copy.indexOf(octet))
    .filter((index) => index >= 0)
  copy[at] = copy[at] === 0x20 ? 0x0a : (copy[at] ?? 0) ^ 1
  return copy
}

const limits = { maxBodyLength: 250_000 }
const supportedSignatureMethods = ['HMAC-SHA1', 'HMAC-SHA256']

describe.each(withParsers)('oauth_body_hash in %s, body parser: %s', (_, parser, harness) => {
  let served: Served
  beforeAll(async () => {
    const app = new App({ limits, supportedSignatureMethods })
    served = await harness.serve(app, { parser, trust: false })
  })
  afterAll(() => served?.close())
  const call = (rest: Partial<Call>): Call => ({
    base: served.base,
    method: 'POST',
    path: '/api/octets',
    ...rest,
  })
  const isLost = (type: string) => type.includes('json') && harness.parsesJsonFirst?.includes(parser)
  const lost = /ConfigurationError: The body was read, and its octets were not kept/

  it.each(bodies)('holds for %s, and the handler reads all of it', async (_, type, body) => {
    for (const chunked of [false, true]) {
      const headers = { 'content-type': type }
      const response = await send(call({ body, chunked, headers, ...hashed(hashOf(body)) }))
      if (isLost(type)) {
        expect(response.body).toMatch(lost)
        continue
      }
      expect([chunked, response.status, response.body]).toEqual([chunked, 200, expect.anything()])
      const { body: read } = JSON.parse(response.body)
      if (typeof read === 'string') expect(read).toBe(body.toString('hex'))
      else if (body.length > 0) expect(read.parsed).toEqual(JSON.parse(body.toString()))
    }
  })

  it.each(bodies)('refuses %s of which one octet is another', async (_, type, body) => {
    for (const chunked of [false, true]) {
      const headers = { 'content-type': type }
      const response = await send(call({ body: altered(body), chunked, headers, ...hashed(hashOf(body)) }))
      if (isLost(type)) {
        expect(response.body).toMatch(lost)
        continue
      }
      expect([chunked, response.status, response.body]).toEqual([
        chunked,
        401,
        expect.stringContaining('"error":"invalid_signature"'),
      ])
    }
  })

  it('is of the hash of the signature method', async () => {
    const body = Buffer.from('☕')
    const headers = { 'content-type': 'application/x-any' }
    const statusOf = async (hash: string) =>
      (await send(call({ body, headers, ...hashed(hash, 'HMAC-SHA256') }))).status
    expect(await statusOf(hashOf(body, 'sha256'))).toBe(200)
    expect(await statusOf(hashOf(body, 'sha1'))).toBe(401)
  })

  it('leaves the body to the handler as a stream', async () => {
    const body = Buffer.alloc(200_000, 'stream')
    for (const chunked of [false, true]) {
      const headers = { 'content-type': 'application/x-any' }
      const upload = call({ path: '/api/upload', body, chunked, headers, ...hashed(hashOf(body)) })
      expect(await send(upload)).toMatchObject({ status: 200, body: '{"size":200000}' })
    }
  })

  it('is refused beside a form', async () => {
    const form = [['a', '1']] as const
    for (const chunked of [false, true]) {
      const response = await send(call({ form, chunked, ...hashed(hashOf(Buffer.from('a=1'))) }))
      expect(response).toMatchObject({ status: 400, body: expect.stringContaining('unsupported_parameter') })
    }
  })

  it('is not computed of a body over the limit', async () => {
    const body = Buffer.alloc(2_000_000, 'x')
    for (const chunked of [false, true]) {
      const headers = { 'content-type': 'application/x-any' }
      const response = await send(call({ body, chunked, headers, ...hashed(hashOf(body)) }))
      expect(response).toMatchObject({ status: 413, body: expect.stringContaining('request_too_large') })
    }
  })

  it.each([undefined, 'application/x-www-form-urlencoded'])(
    'is the hash of no octets where there is no body: %s',
    async (type) => {
      const headers = type === undefined ? {} : { 'content-type': type }
      for (const method of ['GET', 'POST', 'DELETE']) {
        const empty = await send(call({ method, headers, ...hashed(hashOf(Buffer.alloc(0))) }))
        const other = await send(call({ method, headers, ...hashed(hashOf(Buffer.from('a'))) }))
        expect([method, empty.status, other.status]).toEqual([method, 200, 401])
      }
    },
  )
})

describe.each(harnesses.map((harness) => [harness.name, harness] as const))(
  'the policy bodyHash in %s',
  (_, harness) => {
    const open: Served[] = []
    afterAll(() => Promise.all(open.map((served) => served.close())))
    const serve = async (bodyHash: 'required' | 'ignored') => {
      const parser = harness.parsers[0] as Parser
      const served = await harness.serve(new App({ bodyHash }), { parser, trust: false })
      open.push(served)
      return ({ path = '/api/octets', method = 'POST', ...rest }: Partial<Call>) =>
        send({ base: served.base, method, path, headers: { 'content-type': 'application/x-any' }, ...rest })
    }
    const body = Buffer.from('a')

    it('required: refuses a request without a hash, unless it carries a form', async () => {
      const call = await serve('required')
      const missing = { status: 400, body: expect.stringContaining('oauth_body_hash is missing') }
      expect(await call({ body })).toMatchObject(missing)
      expect(await call({ method: 'GET', headers: {} })).toMatchObject(missing)
      expect(await call({ path: '/api/client', token: null, body })).toMatchObject(missing)
      expect(await call({ path: '/api/echo', form: [['a', '1']], headers: {} })).toMatchObject({
        status: 200,
      })
      expect(await call({ body, ...hashed(hashOf(body)) })).toMatchObject({ status: 200 })
      const alone = { path: '/api/client', token: null, body }
      expect(await call({ ...alone, ...hashed(hashOf(body)) })).toMatchObject({ status: 200 })
      expect(await call({ ...alone, ...hashed(hashOf(Buffer.from('b'))) })).toMatchObject({ status: 401 })
    })

    it('ignored: takes any hash, and any body', async () => {
      const call = await serve('ignored')
      expect(await call({ body, ...hashed('x') })).toMatchObject({ status: 200 })
      const big = Buffer.alloc(2_000_000, 'x')
      const upload = { path: '/api/upload', body: big, ...hashed('x') }
      expect(await call(upload)).toMatchObject({ status: 200, body: '{"size":2000000}' })
    })
  },
)

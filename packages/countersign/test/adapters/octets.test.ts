import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { App } from './app.ts'
import { bodies, harnesses, withParsers } from './bodies.ts'
import { authorization, type Call, send } from './client.ts'
import type { Parser, Served } from './suite.ts'

const form = [
  ['b', '%E2%98%95'],
  ['a', '2%20'],
  ['a', '1'],
] as const
const formTexts = ['b=%E2%98%95&a=2%20&a=1', 'b=%e2%98%95&a=2+&%61=1', 'b=☕&a=2+&a=1']

const octetsOnly = { 'x-octets': 'yes' }

describe.each(withParsers)('bytes() in %s, body parser: %s', (_, parser, harness) => {
  let served: Served
  beforeAll(async () => {
    served = await harness.serve(new App({ limits: { maxBodyLength: 250_000 } }), { parser, trust: false })
  })
  afterAll(() => served?.close())
  const call = (rest: Partial<Call>): Call => ({
    base: served.base,
    method: 'POST',
    path: '/api/octets',
    ...rest,
    headers: { ...octetsOnly, ...rest.headers },
  })

  it.each(bodies)('gives %s as sent, and leaves the body to the handler', async (_, type, body) => {
    const isLost = type.includes('json') && harness.parsesJsonFirst?.includes(parser)
    for (const chunked of [false, true]) {
      const response = await send(call({ body, chunked, headers: { 'content-type': type } }))
      if (isLost) {
        expect(response.body).toMatch(/ConfigurationError: The body was read, and its octets were not kept/)
        continue
      }
      expect([chunked, response.status, response.body]).toEqual([chunked, 200, expect.anything()])
      const { octets, body: handled } = JSON.parse(response.body)
      expect(octets).toBe(body.toString('hex'))
      if (typeof handled === 'string') expect(handled).toBe(body.toString('hex'))
      else if (body.length > 0) expect(handled.parsed).toEqual(JSON.parse(body.toString()))
    }
  })

  it.each(formTexts)('gives the form %s as sent', async (text) => {
    for (const chunked of [false, true]) {
      const formText = Buffer.from(text).toString('latin1')
      const response = await send(call({ form, formText, chunked }))
      expect([response.status, response.body]).toEqual([200, expect.anything()])
      expect(JSON.parse(response.body).octets).toBe(Buffer.from(text).toString('hex'))
    }
  })

  it('gives no octets where there is no body', async () => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const response = await send(call({ method }))
      expect([response.status, JSON.parse(response.body).octets]).toEqual([200, ''])
    }
  })

  it('refuses a body over the limit with 413, in one piece and in many', async () => {
    for (const chunked of [false, true]) {
      const body = Buffer.alloc(2_000_000, 'x')
      const headers = { 'content-type': 'application/x-any' }
      const response = await send(call({ body, chunked, headers }))
      expect(response).toMatchObject({ status: 413, body: expect.stringContaining('request_too_large') })
    }
  })
})

it.concurrent.each(harnesses.map((harness) => [harness.name, harness] as const))(
  'bytes() in %s refuses a body that does not end in time with 408',
  async (_, harness) => {
    const app = new App({ limits: { bodyTimeoutSeconds: 1 } })
    const served = await harness.serve(app, { parser: 'none' satisfies Parser, trust: false })
    const path = '/api/octets'
    const head = [
      `POST ${path} HTTP/1.1`,
      `host: ${new URL(served.base).host}`,
      'content-type: application/x-any',
      'x-octets: yes',
      `authorization: ${authorization({ method: 'POST', base: served.base, path })}`,
      'content-length: 5000',
    ]
    const socket = connect(Number(new URL(served.base).port), '127.0.0.1')
    socket.write(`${head.join('\r\n')}\r\n\r\nabc`)
    const response = await new Promise((resolve) => socket.on('data', (data) => resolve(data.toString())))
    expect(response).toMatch(/^HTTP\/1.1 408 /)
    socket.destroy()
    await served.close()
  },
  30_000,
)

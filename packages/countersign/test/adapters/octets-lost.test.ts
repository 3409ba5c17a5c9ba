import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { HttpRequest } from 'countersign'
import * as forExpress from 'countersign/express'
import * as forFetch from 'countersign/fetch'
import * as forHono from 'countersign/hono'
import * as forKoa from 'countersign/koa'
import * as forNode from 'countersign/node'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterAll, describe, expect, it } from 'vitest'
import { listen } from './listen.ts'
import type { Served } from './suite.ts'

const open: Served[] = []
afterAll(() => Promise.all(open.map((served) => served.close())))

/** The octets in hexadecimal, or the error. */
async function octetsOf(request: HttpRequest | Promise<HttpRequest>): Promise<string> {
  try {
    return Buffer.from((await (await request).bytes?.()) ?? []).toString('hex')
  } catch (error) {
    return String(error)
  }
}

async function post(served: Promise<Served>, body: Buffer, headers: Record<string, string>, chunked = false) {
  open.push(await served)
  const stream = new Blob([new Uint8Array(body)]).stream()
  const init = { method: 'POST', headers, body: chunked ? stream : new Uint8Array(body), duplex: 'half' }
  return (await fetch((await served).base, init as RequestInit)).text()
}

function inExpress(...parsers: express.RequestHandler[]): Promise<Served> {
  const web = express()
  for (const parser of parsers) web.use(parser)
  web.post('/', async (req, res) => {
    res.send(await octetsOf(forExpress.httpRequest(req) as HttpRequest))
  })
  return listen(createServer(web))
}

function inKoa(kept: object): Promise<Served> {
  const web = new Koa()
  web.use(async (ctx) => {
    for await (const _ of ctx.req);
    Object.assign(ctx.request, kept)
    ctx.body = await octetsOf(forKoa.httpRequest(ctx) as HttpRequest)
  })
  return listen(createServer(web.callback()))
}

const json = { 'content-type': 'application/json' }
const text = { 'content-type': 'text/plain' }
const lost = /^ConfigurationError: The body was read, and its octets were not kept for the check\. /
const hex = (body: string | Buffer) => Buffer.from(body).toString('hex')
const { keepRawBody: verify } = forExpress

describe('bytes() of a body that something read before', () => {
  it.each<[string, () => Promise<Served>, string | Buffer, Record<string, string>, chunked?: boolean]>([
    ['octets as parsed', () => inExpress(express.raw({ type: '*/*' })), '\xff', text],
    ['octets as parsed, in chunks', () => inExpress(express.raw({ type: '*/*' })), '\xff', text, true],
    ['octets kept for JSON', () => inExpress(express.json({ verify })), '{"a": "☕"}', json],
    ['octets kept for JSON, in chunks', () => inExpress(express.json({ verify })), '[ ]', json, true],
    ['text as parsed', () => inExpress(express.text({ type: '*/*' })), 'a ☕', text],
    ['text kept raw', () => inKoa({ rawBody: '{"a":"☕"}' }), '{"a":"☕"}', json],
    ['text kept raw, in chunks', () => inKoa({ rawBody: '{"a":"☕"}' }), '{"a":"☕"}', json, true],
  ])('gives them where all were kept: %s', async (_, serve, body, headers, chunked) => {
    expect(await post(serve(), Buffer.from(body), headers, chunked)).toBe(hex(body))
  })

  it.each<[string, () => Promise<Served>, string | Buffer, Record<string, string>, chunked?: boolean]>([
    ['JSON', () => inExpress(express.json()), '{"a": 1}', json],
    ['a JSON string', () => inExpress(express.json({ strict: false })), '"abc"', json],
    ['a JSON string, in chunks', () => inExpress(express.json({ strict: false })), '"abc"', json, true],
    ['a form', () => inExpress(express.urlencoded()), 'a=1', { 'content-type': 'application/x-any' }],
    [
      'compressed, kept after decompression',
      () => inExpress(express.json({ verify })),
      gzipSync('{}'),
      { ...json, 'content-encoding': 'gzip' },
    ],
    [
      'text of another charset',
      () => inExpress(express.text({ type: '*/*' })),
      Buffer.from('a\xff', 'latin1'),
      { 'content-type': 'text/plain; charset=iso-8859-1' },
    ],
    [
      'text with octets that are not UTF-8',
      () => inKoa({ rawBody: 'a\ufffd' }),
      Buffer.from([0x61, 0xff]),
      text,
    ],
    ['text without its byte order mark', () => inKoa({ rawBody: 'a' }), '\ufeffa', text],
    ['nothing kept', () => inKoa({}), 'a', text],
  ])('is an error with the remedy where some were lost: %s', async (name, serve, body, headers, chunked) => {
    const response = await post(serve(), Buffer.from(body), headers, chunked)
    // What its parser did not read is still there.
    if (name === 'a form') return expect(response).toBe(hex(body))
    expect(response).toMatch(lost)
    expect(response).toMatch(/verify: keepRawBody|@koa\/bodyparser/)
  })

  it('is an error with the remedy in node:http', async () => {
    const served = listen(
      createServer(async (req, res) => {
        for await (const _ of req);
        res.end(await octetsOf(forNode.httpRequest(req) as HttpRequest))
      }),
    )
    expect(await post(served, Buffer.from('a'), text)).toMatch(
      /its octets were not kept.*before anything reads/,
    )
  })

  it('is an error with the remedy in Fetch', async () => {
    const request = new Request('http://h/', { method: 'POST', body: 'a' })
    await request.text()
    expect(await octetsOf(forFetch.httpRequest(request) as HttpRequest)).toMatch(
      /not kept.*request\.clone\(\)/,
    )
  })

  it.each<[read: 'text' | 'arrayBuffer' | 'blob' | 'json' | 'raw', body: string | Buffer, isKept: boolean]>([
    ['text', 'a ☕', true],
    ['json', '{"a": 1}', true],
    ['arrayBuffer', Buffer.from([0xff]), true],
    ['blob', Buffer.from([0xff]), true],
    ['text', Buffer.from([0xff]), false],
    ['raw', 'a', false],
  ])('is what Hono kept, or an error with the remedy: %s, %s', async (read, body, isKept) => {
    const web = new Hono()
    web.post('/', async (c) => {
      if (read === 'raw') await c.req.raw.text()
      else await c.req[read]()
      return c.text(await octetsOf(forHono.httpRequest(c) as HttpRequest))
    })
    const response = await (
      await web.request('http://h/', { method: 'POST', body: new Uint8Array(Buffer.from(body)) })
    ).text()
    if (isKept) expect(response).toBe(hex(body))
    else expect(response).toMatch(/its octets were not kept.*c\.req\.text\(\)/)
  })

  it('is what was sent, compressed, where nothing read it', async () => {
    const body = gzipSync('{}')
    expect(await post(inExpress(), body, { ...json, 'content-encoding': 'gzip' })).toBe(hex(body))
  })
})

import { harness as forExpress } from './express.ts'
import { harness as forExpress4 } from './express4.ts'
import { harnessOf } from './fastify.ts'
import { harness as forFetch } from './fetch.ts'
import { harness as forHono } from './hono.ts'
import { harness as forKoa } from './koa.ts'
import { onExpress, onFastify } from './nestjs.ts'
import { harness as forNode } from './node.ts'
import type { Harness, Parser } from './suite.ts'
import { harnessOf as inWorkerd } from './workerd.ts'

/** Every framework and runtime that hands on a body. */
export const harnesses: readonly Harness[] = [
  forExpress,
  forExpress4,
  harnessOf('onRequest'),
  harnessOf('preHandler'),
  forFetch,
  forHono,
  forKoa,
  forNode,
  onExpress,
  onFastify,
  inWorkerd('Fetch', ['none']),
  inWorkerd('Hono', ['none', 'before', 'after']),
]

/** Each with each of its body parsers. */
export const withParsers: readonly (readonly [name: string, parser: Parser, harness: Harness])[] =
  harnesses.flatMap((harness) => harness.parsers.map((parser) => [harness.name, parser, harness] as const))

const every = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet))
/** Shorter ones Node's own parser refuses. */
const boundary = 'b'.repeat(30)
const multipart = Buffer.concat([
  Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\n`),
  every,
  Buffer.from(`\r\n--${boundary}--\r\n`),
])

/** Bodies that are no forms. */
export const bodies: readonly [name: string, type: string, body: Buffer][] = [
  ['JSON', 'application/json', Buffer.from('{ "a": "☕", "a":"\\u00e9" }')],
  ['a JSON list', 'application/json; charset=utf-8', Buffer.from('[1,\r\n 2]')],
  ['XML', 'application/xml', Buffer.from('<?xml version="1.0"?>\r\n<a b="☕"/>\n')],
  ['all octets', 'application/octet-stream', every],
  ['no octet', 'application/octet-stream', Buffer.alloc(0)],
  ['text with a byte order mark', 'text/x-anything', Buffer.from('\ufeffa')],
  ['multipart', `multipart/form-data; boundary=${boundary}`, multipart],
  ['200 000 octets', 'application/x-any', Buffer.alloc(200_000, every)],
]

import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { honoApp } from './hono-app.ts'
import { listen } from './listen.ts'
import type { Harness } from './suite.ts'

export const harness: Harness = {
  name: 'Hono',
  parsers: ['none', 'before', 'after'],
  trustsProxy: false,
  serve: (app, { parser }) => listen(createServer(getRequestListener(honoApp(app, parser).fetch))),
}

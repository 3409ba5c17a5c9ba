import { serve } from '@hono/node-server'
import { requireOAuth } from 'countersign/hono'
import { Hono } from 'hono'
import { content, hmac, type StartApp } from './app.ts'

export const start: StartApp = (protector) =>
  new Promise((resolve) => {
    const app = new Hono()
    app.get('/bare', (c) => c.json(content))
    app.get('/hmac', (c) => c.json(hmac()))
    app.get('/protected', requireOAuth(protector), (c) => c.json(content))
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port))
  })

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { app } from './fetch.ts'

// Node has no server of its own for Request and Response. On Bun it is Bun.serve({ fetch: app }), on Deno Deno.serve(app).
export async function listen(port: number, host: string): Promise<Server> {
  const listener = createServer(getRequestListener(app)).listen(port, host)
  await once(listener, 'listening')
  return listener
}

// Node, Bun, Deno: `<runtime> test/runtimes/smoke.mjs <dist directory>`. Prints one line per check and a count; fails if one fails.
import { once } from 'node:events'
import { createServer } from 'node:http'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { runChecks } from './checks.mjs'

const dist = pathToFileURL(`${process.argv[2] ?? 'packages/countersign/dist'}/`)
const load = (path) => import(new URL(path, dist).href)
const { lines, passed, failed } = await runChecks({
  core: await load('index.js'),
  memory: await load('stores/memory.js'),
  fetchAdapter: await load('adapters/fetch.js'),
  client: await load('client/index.js'),
  bridge: await load('bridge/index.js'),
  serve,
  listen,
})
for (const line of lines) console.log(line)
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1

/** The protected resource on the runtime's own server: with the Fetch handler, and on Node with the adapter for it. */
async function serve(protector, handler) {
  if (globalThis.Bun || globalThis.Deno) return listen(handler)
  const { requireOAuth } = await load('adapters/node.js')
  const response = async (req, res) => {
    let form = ''
    for await (const chunk of req) form += chunk
    res.setHeader('content-type', 'application/json').end(JSON.stringify({ form }))
  }
  return listenOnNode(requireOAuth(protector)(response))
}

/** A Fetch handler, which reads no body, on the runtime's own server. */
async function listen(handler) {
  const { Bun, Deno } = globalThis
  if (Bun) {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: handler })
    return { origin: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) }
  }
  if (Deno) {
    const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, handler)
    return { origin: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() }
  }
  return listenOnNode(async ({ url, headers }, res) => {
    const response = await handler(new Request(`http://${headers.host}${url}`, { headers }))
    res.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text())
  })
}

async function listenOnNode(handler) {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { origin: `http://127.0.0.1:${server.address().port}`, close }
}

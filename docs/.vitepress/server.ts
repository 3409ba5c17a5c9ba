import { readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export interface SiteServer {
  /** Without a slash at the end. */
  readonly address: string
  close(): Promise<void>
}

/** Serves a built site to this machine alone, as GitHub Pages would. Port 0 is a free one. */
export async function serveSite(folder: string, port = 0): Promise<SiteServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    respond(response, folder, pathname).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  const { port: chosen } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${chosen}`, close: () => closed(server) }
}

async function respond(response: ServerResponse, folder: string, pathname: string): Promise<void> {
  for (const file of candidates(pathname)) {
    const content = await readFile(join(folder, file)).catch(() => undefined)
    if (content === undefined) continue
    response
      .writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' })
      .end(content)
    return
  }
  response.writeHead(404, { 'Content-Type': types['.html'] }).end(await readFile(join(folder, '404.html')))
}

/** Pages are linked to without `.html`. */
function candidates(pathname: string): readonly string[] {
  let path: string
  try {
    // Made absolute, so that no `..` leads out of the folder.
    path = normalize(join('/', decodeURIComponent(pathname)))
  } catch {
    return []
  }
  return path.endsWith('/') ? [`${path}index.html`] : [path, `${path}.html`]
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

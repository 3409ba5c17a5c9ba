import { createServer, type RequestListener, type Server } from 'node:http'
import type { Logger } from 'pino'

/** A page for programs. */
export interface PlainPage {
  /** Default 200. */
  readonly status?: number
  readonly type: string
  readonly text: string
}

/** The pages of a server, by path. */
export type PlainPages = Readonly<Record<string, () => PlainPage | Promise<PlainPage>>>

/** A server of a few pages for operators and their programs, at a separate address that the public never sees. */
export function pageServer(pages: PlainPages, log: Logger): Server {
  const server = createServer(pageListener(pages, log))
  server.requestTimeout = 10_000
  server.maxConnections = 64
  return server
}

/** The same pages, for a server that serves something else too. */
export function pageListener(pages: PlainPages, log: Logger): RequestListener {
  const found = new Map(Object.entries(pages))
  return async (request, response) => {
    const page = found.get(request.url?.split('?', 1)[0] ?? '')
    if (page === undefined) {
      const text = `Only ${[...found.keys()].join(', ')} are here.\n`
      response.writeHead(404, { 'content-type': 'text/plain' }).end(text)
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain' }).end('Use GET.\n')
    } else {
      try {
        const { status = 200, type, text } = await page()
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
      } catch (err) {
        log.error({ err }, 'a page for operators failed')
        response
          .writeHead(500, { 'content-type': 'text/plain' })
          .end('It failed; the reason is in the log.\n')
      }
    }
  }
}

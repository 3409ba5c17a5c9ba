import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { serve } from '@hono/node-server'
import type { Logger } from 'pino'
import { addressOf, ended, startedOn } from './ports.ts'
import { pathPrefixOf, withoutPrefix } from './settings/public-origin.ts'
import type { ProviderSettings } from './settings/settings.ts'
import { openTlsFiles } from './tls-files.ts'

type ServeOptions = Parameters<typeof serve>[0]

/** A server that listens, and how it ends. */
export interface Listener {
  /** The address it listens on, such as `http://127.0.0.1:5849`. */
  readonly address: string
  /** Reads the TLS files again, for new connections. */
  reload(): void
  /** Accepts no new connection, lets requests under way finish, and closes the rest after `shutdownSeconds`. */
  stop(): Promise<void>
}

/** How long an idle connection stays open; a proxy that closes its own earlier never sends into a closing one. */
const keepAliveMilliseconds = 5_000

/** How long an idle connection stays open when the process stops and there is no proxy in front. */
const idleMilliseconds = 200

/**
 * @throws ConfigurationError when the port is taken, the address does not belong to this machine, or a TLS file cannot
 *   be used.
 */
export async function listen(
  fetch: ServeOptions['fetch'],
  settings: ProviderSettings,
  log: Logger,
): Promise<Listener> {
  const { port, host, origin, requestTimeoutSeconds, shutdownSeconds } = settings
  const requestTimeout = requestTimeoutSeconds * 1000
  const tls = openTlsFiles(settings, log)
  const state: { server?: Server } = {}
  const serverOptions = {
    // Endless requests and connections without a request hold memory: both are closed.
    requestTimeout,
    headersTimeout: Math.min(requestTimeout, 10_000),
    handshakeTimeout: Math.min(requestTimeout, 10_000),
    keepAliveTimeout: keepAliveMilliseconds,
    connectionsCheckingInterval: Math.min(requestTimeout, 2_000),
    ServerResponse: closingResponse(state),
    ...tls?.pair,
  }
  const create = serverBelow(pathPrefixOf(origin), tls === undefined ? createServer : createTlsServer)
  const options = { fetch, port, hostname: host, serverOptions, createServer: create } as ServeOptions
  const names = { port: 'PORT', host: 'HOST' }
  const started = await startedOn({ port, host, names }, (done) => serve(options, done) as Server)
  const { server } = started
  state.server = server
  server.maxConnections = settings.maxConnections
  // Clients that do not read the response are cut off as well.
  server.timeout = requestTimeout + 30_000
  tls?.use(server)
  const idle = origin === undefined ? idleMilliseconds : keepAliveMilliseconds
  return {
    address: addressOf(server, tls === undefined ? 'http' : 'https', host),
    reload: () => tls?.reload(),
    async stop() {
      tls?.close()
      await ended(started, idle, shutdownSeconds * 1000)
    },
  }
}

/** A response that tells its client to close the connection once the server no longer listens. */
function closingResponse(state: { readonly server?: Server }): typeof ServerResponse {
  return class<Request extends IncomingMessage> extends ServerResponse<Request> {
    override writeHead(...given: unknown[]): this {
      if (state.server?.listening === false) this.shouldKeepAlive = false
      return super.writeHead(...(given as Parameters<ServerResponse['writeHead']>))
    }
  }
}

type CreateServer = (options: ServerOptions, listener?: RequestListener) => Server

/** A server whose routes and signature checks see paths without the prefix: the public origin, which has it, is added to them. */
function serverBelow(prefix: string, create: CreateServer): CreateServer {
  if (prefix === '') return create
  return (options, listener) =>
    create(options, (request, response) => {
      request.url = withoutPrefix(request.url ?? '/', prefix)
      listener?.(request, response)
    })
}

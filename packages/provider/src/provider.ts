import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { serve } from '@hono/node-server'
import { ConfigurationError } from 'countersign'
import type { Logger } from 'pino'
import { openServices, type Services } from './services.ts'
import { pathPrefixOf, withoutPrefix } from './settings/public-origin.ts'
import type { ProviderSettings, SettingsInput } from './settings/settings.ts'
import { createApp } from './web/app.ts'

/** A provider that listens. */
export interface Provider {
  readonly services: Services
  /** The address it listens on, such as `http://127.0.0.1:5849`. */
  readonly address: string
  /** Lets the requests under way finish, for at most ten seconds, and closes everything. */
  close(): Promise<void>
}

/**
 * Opens the database, brings it up to date, and listens.
 *
 * @param settings - What is left out has the default that the README names.
 * @param log - Where to log; by default JSON lines on standard error.
 * @throws ConfigurationError when a setting is wrong, the port is taken, or the address does not belong to this machine.
 * @example
 * ```ts
 * const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
 * const { clientId, clientSecret } = await registerClient(provider.services.db, { name: 'Test', callbacks: [] })
 * // … requests to provider.address …
 * await provider.close()
 * ```
 */
export async function createProvider(settings: SettingsInput = {}, log?: Logger): Promise<Provider> {
  const services = await openServices(settings, log)
  try {
    const listener = await listen(createApp(services).fetch, services.settings)
    return {
      services,
      address: addressOf(listener, services.settings.host),
      async close() {
        await stopListening(listener)
        await services.close()
      },
    }
  } catch (error) {
    await services.close()
    throw error
  }
}

function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  { port, host, origin, requestTimeoutSeconds, maxConnections }: ProviderSettings,
): Promise<Server> {
  const requestTimeout = requestTimeoutSeconds * 1000
  // A request that never ends, and a connection that never asks, hold memory: both are closed.
  const serverOptions = {
    requestTimeout,
    headersTimeout: Math.min(requestTimeout, 10_000),
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: Math.min(requestTimeout, 2_000),
  }
  const prefix = pathPrefixOf(origin)
  const options = {
    fetch,
    port,
    hostname: host,
    serverOptions,
    ...(prefix !== '' && { createServer: serverBelow(prefix) }),
  }
  return new Promise((resolve, reject) => {
    const server = serve(options, () => resolve(server)) as Server
    server.maxConnections = maxConnections
    // Whoever does not read the response is cut off as well.
    server.timeout = requestTimeout + 30_000
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new ConfigurationError(
            `Port ${port} on ${host} is taken. Stop what uses it, or set PORT to another.`,
          ),
        )
      } else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
        reject(new ConfigurationError(`HOST ${host} is not an address of this machine.`))
      } else if (error.code === 'EACCES') {
        reject(
          new ConfigurationError(`Port ${port} may not be opened by this user. Set PORT to 1024 or more.`),
        )
      } else reject(error)
    })
  })
}

/** A server whose routes and signature checks see paths without the prefix: the public origin, which has it, is added to them. */
function serverBelow(prefix: string): typeof createServer {
  const create = (options: ServerOptions, listener?: RequestListener) =>
    createServer(options, (request, response) => {
      request.url = withoutPrefix(request.url ?? '/', prefix)
      listener?.(request, response)
    })
  return create as typeof createServer
}

const graceMilliseconds = 10_000

async function stopListening(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), graceMilliseconds)
  await closed
  clearTimeout(timer)
}

function addressOf(server: Server, host: string): string {
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : ''
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

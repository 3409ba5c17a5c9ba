import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { AuthorizationServer, ConfigurationError, ResourceProtector } from 'countersign'
import { kyselyHooks } from 'countersign/kysely'
import type { Logger } from 'pino'
import { openDatabase } from './database/database.ts'
import type { Database } from './database/schema.ts'
import type { ProviderSettings } from './settings/settings.ts'
import { boundedHooks } from './tokens/bounded-hooks.ts'
import { startUpkeep } from './upkeep.ts'
import { createApp } from './web/app.ts'

/** A provider that listens. */
export interface RunningProvider {
  readonly db: Database
  /** The address it listens on, such as `http://127.0.0.1:5849`. */
  readonly address: string
  /** Lets the requests under way finish, for ten seconds at the most, and closes everything. */
  close(): Promise<void>
}

/**
 * Opens the database, brings it up to date and listens.
 *
 * @throws ConfigurationError when the port is taken, or the address is not this machine's.
 */
export async function startProvider(settings: ProviderSettings, log: Logger): Promise<RunningProvider> {
  const db = await openDatabase(settings.database, { synchronous: settings.synchronous, log })
  try {
    const hooks = boundedHooks(db, kyselyHooks(db))
    const server = new AuthorizationServer({ ...settings.options, hooks })
    const protector = new ResourceProtector({ ...settings.options, hooks })
    const { host, origin, allowedHosts, clientAddressHeader } = settings
    const app = createApp({ db, server, protector, host, origin, allowedHosts, clientAddressHeader, log })
    const listener = await listen(app.fetch, settings)
    const stopUpkeep = startUpkeep(db, log)
    return {
      db,
      address: addressOf(listener, settings.host),
      async close() {
        stopUpkeep()
        await stopListening(listener)
        await db.destroy()
      },
    }
  } catch (error) {
    await db.destroy()
    throw error
  }
}

function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  { port, host, requestTimeoutSeconds, maxConnections }: ProviderSettings,
): Promise<Server> {
  const requestTimeout = requestTimeoutSeconds * 1000
  // A request that never ends, and a connection that never asks, hold memory: both are closed.
  const serverOptions = {
    requestTimeout,
    headersTimeout: Math.min(requestTimeout, 10_000),
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: Math.min(requestTimeout, 2_000),
  }
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: host, serverOptions }, () => resolve(server)) as Server
    server.maxConnections = maxConnections
    // Whoever does not read the answer is cut off as well.
    server.timeout = requestTimeout + 30_000
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new ConfigurationError(
            `Port ${port} on ${host} is taken. Stop what uses it, or set PORT to another.`,
          ),
        )
      } else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
        reject(new ConfigurationError(`HOST ${host} is no address of this machine.`))
      } else if (error.code === 'EACCES') {
        reject(
          new ConfigurationError(`Port ${port} may not be opened by this user. Set PORT to 1024 or more.`),
        )
      } else reject(error)
    })
  })
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

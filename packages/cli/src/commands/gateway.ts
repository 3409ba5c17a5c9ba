import process from 'node:process'
import {
  type Command,
  type CommandOption,
  configOption,
  databaseOption,
  type Invocation,
  optional,
  UsageError,
} from '../command.ts'
import { loadGateway } from '../provider.ts'
import { outliveReader } from '../runtime.ts'
import { environmentOf } from '../services.ts'
import { stopRequested } from '../stop-request.ts'

export const upstreamOption: CommandOption = {
  flags: '--upstream URL',
  summary: 'The scheme and host of the API (default: GATEWAY_UPSTREAM; none for /verify alone)',
}

export const routesOption: CommandOption = {
  flags: '--routes FILE',
  summary: 'A JSON file of routes (default: GATEWAY_ROUTES_FILE; without one, every request must be signed)',
}

export const credentialsOption: CommandOption = {
  flags: '--credentials FILES',
  summary: 'Files of clients and tokens in place of a database (default: GATEWAY_CREDENTIALS)',
}

export const gateway: Command = {
  name: 'gateway',
  summary: 'Check signatures in front of an API, until Ctrl-C or SIGTERM',
  options: [
    upstreamOption,
    routesOption,
    credentialsOption,
    { flags: '--host HOST', summary: 'The address to listen on (default: GATEWAY_HOST, or 127.0.0.1)' },
    { flags: '--port PORT', summary: 'The port to listen on (default: GATEWAY_PORT, or 5850)' },
    {
      flags: '--public-url URL',
      summary: 'Its public address: the scheme and host of the proxy in front (default: GATEWAY_PUBLIC_URL)',
    },
    databaseOption,
    configOption,
  ],
  examples: [
    'gateway --upstream http://127.0.0.1:9000',
    'gateway --upstream http://127.0.0.1:9000 --routes routes.json --port 8080',
    'gateway --upstream http://127.0.0.1:9000 --credentials clients.csv,tokens.csv',
  ],
  notes: `It accepts the clients and tokens of the provider whose database it opens, and tells the API who signed a request in
the headers x-oauth-user, x-oauth-client and x-oauth-scope, and in the signed x-oauth-assertion.
With --credentials it needs no provider: it accepts the clients and tokens of files, separated by commas, and reads them again
when they change. They are written as for import, and a .json file may hold both: { "clients": [], "tokens": [] }. The
database then holds only used nonces.
Without --upstream it forwards nothing: the proxies in TRUSTED_PROXIES ask at /verify, on the admin address, whether a
request may pass. docs/gateway.md shows how nginx, Traefik and Envoy do.
All other settings come from the environment, or from a file of them. See them all with: config check`,
  async run(given) {
    const { createGateway, gatewaySettingsFromEnv } = await loadGateway()
    const { gatewayGreeting } = await import('../gateway-greeting.ts')
    const settings = gatewaySettingsFromEnv(gatewayEnvironment(given))
    const place = ['host', 'port'].find((name) => optional(given, name) !== undefined)
    if (settings.gateway.upstream === undefined && place !== undefined)
      throw new UsageError(
        `--${place} goes with --upstream: proxies ask at GATEWAY_ADMIN_${place.toUpperCase()}.`,
      )
    const running = await createGateway(settings)
    // Before it announces that it runs, because a signal may come at once.
    const stopping = stopRequested()
    outliveReader()
    process.stdout.write(gatewayGreeting(settings, running))
    await stopping
    await running.close()
    // At once: while Node shuts down on its own it handles no signal, and the copy of Ctrl-C from npm would kill it.
    process.exit(0)
  },
}

/** The environment, overridden by the command line. */
export function gatewayEnvironment(given: Invocation): NodeJS.ProcessEnv {
  const env = { ...environmentOf(given) }
  const options = {
    GATEWAY_UPSTREAM: 'upstream',
    GATEWAY_ROUTES_FILE: 'routes',
    GATEWAY_CREDENTIALS: 'credentials',
    GATEWAY_HOST: 'host',
    GATEWAY_PORT: 'port',
    GATEWAY_PUBLIC_URL: 'public-url',
  }
  for (const [name, option] of Object.entries(options)) env[name] = optional(given, option) ?? env[name]
  return env
}

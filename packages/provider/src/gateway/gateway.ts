import type { Logger } from 'pino'
import type { Fixtures } from '../fixtures.ts'
import type { Listener } from '../listener.ts'
import { addressOf, ended, startedOn } from '../ports.ts'
import { nowSeconds } from '../random.ts'
import type { Services } from '../services.ts'
import { atGateway } from '../settings/gateway-settings.ts'
import { completeSettings, type ProviderSettings, type SettingsInput } from '../settings/settings.ts'
import { type AdminParts, adminServer } from './admin-server.ts'
import type { CredentialCounts } from './credential-set.ts'
import { listenAsGateway } from './gateway-listener.ts'
import { openGatewayServices } from './gateway-services.ts'
import { identityWith } from './identity.ts'
import { verifyPath } from './original-request.ts'
import { requestHandler } from './request-handler.ts'
import { type Route, routeFinder } from './routes.ts'
import { checkUse, keysOf, routesOf } from './start-check.ts'
import { Tunnels } from './tunnel.ts'
import { Upstream } from './upstream.ts'
import { verifyHandler } from './verify-handler.ts'

/** A gateway that listens. */
export interface Gateway {
  /** The provider whose clients and tokens are accepted; undefined if they come from files. */
  readonly services: Services | undefined
  /** How many clients and tokens the files hold now; undefined if they come from a provider. */
  readonly credentials: CredentialCounts | undefined
  /** The address that clients call, such as `http://127.0.0.1:5850`; without an upstream, the one that proxies ask. */
  readonly address: string
  /** The address of metrics, health, assertion keys and `/verify`. */
  readonly adminAddress: string
  readonly routes: readonly Route[]
  /** Stops being ready at once, lets requests under way finish for at most `shutdownSeconds`, and closes everything. */
  close(): Promise<void>
}

/**
 * Opens the stores of a provider, and listens in front of an API: only requests that pass the check reach it, with headers
 * that say who signed them.
 *
 * @param settings - The settings of the provider whose clients and tokens are accepted; `gateway.upstream` is the API.
 * @param log - Where to log; by default JSON lines on standard error.
 * @throws ConfigurationError when a setting is wrong, a file cannot be used, or a port is taken.
 * @example
 * ```ts
 * const gateway = await createGateway({
 *   database: './data/countersign.sqlite',
 *   gateway: { upstream: 'http://127.0.0.1:9000', port: 8080 },
 * })
 * // … clients call gateway.address …
 * await gateway.close()
 * ```
 */
export async function createGateway(
  { users, clients, ...given }: SettingsInput & Fixtures = {},
  log?: Logger,
): Promise<Gateway> {
  const settings = completeSettings(atGateway(given))
  const { gateway } = settings
  const { upstream: upstreamAddress } = gateway
  checkUse(settings)
  const routes = routesOf(settings)
  const keys = await keysOf(settings)
  const opened = await openGatewayServices(settings, { users, clients }, log)
  const services = opened.common
  const stops: (() => Promise<void>)[] = [() => services.close()]
  let isRunning = false
  const close = async () => {
    const began = performance.now()
    services.readiness.stop()
    if (isRunning) services.log.info('stopping')
    for (const stop of stops.splice(0).reverse()) await stop()
    if (isRunning) services.log.info({ milliseconds: Math.round(performance.now() - began) }, 'stopped')
    isRunning = false
  }
  try {
    const identify = identityWith({
      settings: gateway,
      keys,
      now: settings.options.now ?? nowSeconds,
      issuer: settings.origin ?? 'countersign',
      audience: gateway.assertionAudience ?? upstreamAddress ?? settings.origin ?? 'countersign',
    })
    const check = { services, identify, findRoute: routeFinder(routes) }
    const admin = await listenForAdministration({ services, keys, verify: verifyHandler(check) }, settings)
    stops.push(admin.stop)
    const started = (address: string): Gateway => {
      isRunning = true
      services.accessTokens?.prepare()
      services.log.info({ address, adminAddress: admin.address, upstream: upstreamAddress }, 'listening')
      return gatewayAt(address)
    }
    const gatewayAt = (address: string): Gateway => ({
      services: opened.provider,
      get credentials() {
        return opened.credentials?.()
      },
      address,
      adminAddress: admin.address,
      routes,
      close,
    })
    if (upstreamAddress === undefined) return started(admin.address + verifyPath)
    const upstream = new Upstream(upstreamAddress, gateway)
    stops.push(() => upstream.close())
    const handle = requestHandler({ ...check, upstream })
    const listener = await listenAsGateway(handle, new Tunnels(upstreamAddress, gateway), settings)
    stops.push(listener.stop)
    return started(listener.address)
  } catch (error) {
    await close()
    throw error
  }
}

async function listenForAdministration(
  parts: AdminParts,
  { gateway, shutdownSeconds, trustedProxies }: ProviderSettings,
): Promise<Pick<Listener, 'address' | 'stop'>> {
  const { adminPort: port, adminHost: host } = gateway
  const server = adminServer(parts)
  const names = { port: 'GATEWAY_ADMIN_PORT', host: 'GATEWAY_ADMIN_HOST' }
  const started = await startedOn({ port, host, names }, (done) => server.listen(port, host, done))
  // A proxy's question may be on its way.
  const idle = trustedProxies.length > 0 ? 1_000 : 0
  return {
    address: addressOf(server, 'http', host),
    stop: () => ended(started, idle, shutdownSeconds * 1000),
  }
}

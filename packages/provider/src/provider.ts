import type { Logger } from 'pino'
import { type Approval, decide } from './approval.ts'
import { recordAudit } from './audit/record-audit.ts'
import { addFixtures, type Fixtures } from './fixtures.ts'
import { type Listener, listen } from './listener.ts'
import { addressOf, ended, startedOn } from './ports.ts'
import { openServices, type Services } from './services.ts'
import type { SettingsInput } from './settings/settings.ts'
import { metricsPage } from './telemetry/metrics-page.ts'
import { pageServer } from './telemetry/page-server.ts'

/** A provider that listens. */
export interface Provider {
  readonly services: Services
  /** The address it listens on, such as `http://127.0.0.1:5849`. */
  readonly address: string
  /** The address for Prometheus; undefined without the setting `metricsPort`. */
  readonly metricsAddress: string | undefined
  /** Allows a client's request, as its user would on the consent page: for tests without a browser. */
  approve(oauthToken: string, userName: string, options?: { readonly scope?: string }): Promise<Approval>
  /** Denies it in the same way. */
  deny(oauthToken: string, userName: string): Promise<Approval>
  /** Reloads the TLS files; a change also reloads them automatically. */
  reload(): void
  /** Stops being ready at once, lets requests under way finish for at most `shutdownSeconds`, and closes everything. */
  close(): Promise<void>
}

/**
 * Opens the database, brings it up to date, adds the given users and clients unless they exist, and listens.
 *
 * @param settings - Omitted ones have the defaults named in the README.
 * @param log - Where to log; by default JSON lines on standard error.
 * @throws ConfigurationError when a setting is wrong, the port is taken, or the address does not belong to this
 *   machine; InputError when a user or client is not acceptable.
 * @example
 * ```ts
 * const provider = await createProvider({
 *   port: 0,
 *   database: ':memory:',
 *   logLevel: 'silent',
 *   users: [{ name: 'anna' }],
 *   clients: [{ key: 'album', secret: 'album-secret' }],
 * })
 * // … the client asks provider.address for temporary credentials …
 * const { oauthVerifier } = await provider.approve(oauthToken, 'anna')
 * await provider.close()
 * ```
 */
export async function createProvider(
  { users, clients, ...settings }: SettingsInput & Fixtures = {},
  log?: Logger,
): Promise<Provider> {
  const services = await openServices(settings, log)
  let listener: Listener | undefined
  let metrics: MetricsListener | undefined
  const close = async () => {
    const began = performance.now()
    if (listener !== undefined) services.log.info('stopping')
    services.readiness.stop()
    await listener?.stop()
    await metrics?.stop()
    await services.close()
    if (listener !== undefined)
      services.log.info({ milliseconds: Math.round(performance.now() - began) }, 'stopped')
  }
  try {
    await addFixtures(services, { users, clients })
    metrics = await listenForMetrics(services)
    // The pages are loaded here: commands that only use the database start without them.
    const { createApp } = await import('./web/app.ts')
    listener = await listen(createApp(services).fetch, services.settings, services.log)
    services.accessTokens?.prepare()
    await recordAudit(services, {
      action: 'provider.started',
      actor: { kind: 'system' },
      subject: { kind: 'provider' },
    })
    return {
      services,
      address: listener.address,
      metricsAddress: metrics?.address,
      approve: (oauthToken, userName, { scope } = {}) =>
        decide(services, { oauthToken, userName, allowed: true, scope }),
      deny: (oauthToken, userName) => decide(services, { oauthToken, userName, allowed: false }),
      reload: listener.reload,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

type MetricsListener = Pick<Listener, 'address' | 'stop'>

async function listenForMetrics({
  settings,
  telemetry,
  log,
}: Services): Promise<MetricsListener | undefined> {
  const { metricsPort: port, metricsHost: host } = settings
  if (port === undefined || telemetry.metrics === undefined) return undefined
  const server = pageServer(metricsPage(telemetry.metrics), log)
  const names = { port: 'METRICS_PORT', host: 'METRICS_HOST' }
  const started = await startedOn({ port, host, names }, (done) => server.listen(port, host, done))
  return { address: addressOf(server, 'http', host), stop: () => ended(started, 0, 0) }
}

import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { OAuth1Event } from 'countersign'
import { ClientLabels } from './client-labels.ts'
import { type CredentialState, credentialGauges } from './credential-gauges.ts'
import type { ProviderEvent } from './provider-event.ts'
import type { StoreObserver } from './store-observer.ts'

type Prometheus = typeof import('prom-client')

/** One request, when its response is ready. */
export interface MeasuredRequest {
  readonly method: string
  /** Its route pattern, never the URL. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

/** Values read from the store when metrics are scraped. */
export type StoredCounts = () => Promise<{
  readonly sessions: number
  readonly temporaryCredentials: number
}>

/** The counters and histograms of one process. */
export interface Metrics {
  event(event: OAuth1Event): void
  providerEvent(event: ProviderEvent): void
  request(request: MeasuredRequest): void
  readonly store: StoreObserver
  /** Adds the gauges that are read from the store at each scrape. */
  count(counts: StoredCounts): void
  /** Adds the gauges of a gateway's files of clients and tokens. */
  credentials(state: () => CredentialState): void
  readonly contentType: string
  /** The page that Prometheus reads. */
  text(): Promise<string>
}

/** How many clients get their own label. */
const mostClients = 100
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** From half a millisecond, the time of a lookup, to ten seconds, after which every client has given up. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const storeBuckets = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5]

/** Loads prom-client, which a provider without metrics does not need. */
export async function createMetrics(): Promise<Metrics> {
  const { default: prometheus } = (await import('prom-client')) as unknown as { default: Prometheus }
  const register = new prometheus.Registry()
  prometheus.collectDefaultMetrics({ register })
  const meters = metersOf(prometheus, register)
  const labels = new ClientLabels(mostClients)
  meters.buildInfo.set({ version: version(), node: process.version }, 1)
  return {
    event: eventCounter(meters, labels),
    providerEvent: (event) =>
      meters.signIns.inc({ outcome: event.type === 'signed_in' ? 'signed_in' : event.reason }),
    request({ method, route, status, seconds }) {
      meters.requests.inc({ method: methods.includes(method) ? method : 'other', route, status })
      meters.requestSeconds.observe({ route }, seconds)
    },
    store: storeMeter(meters),
    count(counts) {
      gaugesOf(prometheus, register, counts)
    },
    credentials(state) {
      credentialGauges(prometheus, register, state)
    },
    contentType: register.contentType,
    text: () => register.metrics(),
  }
}

type Meters = ReturnType<typeof metersOf>

function metersOf({ Counter, Gauge, Histogram }: Prometheus, register: InstanceType<Prometheus['Registry']>) {
  const registers = [register]
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `countersign_${name}`, help, labelNames, registers })
  return {
    buildInfo: new Gauge({
      name: 'countersign_build_info',
      help: 'Always 1; the labels say what runs.',
      labelNames: ['version', 'node'],
      registers,
    }),
    requests: counter('http_requests_total', 'Requests that got a response.', 'method', 'route', 'status'),
    requestSeconds: new Histogram({
      name: 'countersign_http_request_duration_seconds',
      help: 'Time from the head of a request to its response.',
      labelNames: ['route'],
      buckets: requestBuckets,
      registers,
    }),
    accepted: counter(
      'accepted_requests_total',
      'Protected requests that were accepted.',
      'signature_method',
      'place',
    ),
    refused: counter('refused_requests_total', 'Refused requests of clients.', 'endpoint', 'code', 'client'),
    nonces: counter('nonces_total', 'Nonces that were recorded, or were seen before.', 'outcome'),
    temporary: counter('temporary_credentials_issued_total', 'Temporary credentials that were issued.'),
    tokens: counter('tokens_issued_total', 'Tokens that were issued.'),
    revoked: counter('tokens_revoked_total', 'Tokens that were revoked.'),
    decisions: counter('decisions_total', 'Decisions of resource owners.', 'decision'),
    signIns: counter('sign_ins_total', 'Sign-ins with a name and password, by outcome.', 'outcome'),
    storeSeconds: new Histogram({
      name: 'countersign_store_duration_seconds',
      help: 'Duration of a store operation.',
      labelNames: ['operation'],
      buckets: storeBuckets,
      registers,
    }),
    storeFailures: counter('store_failures_total', 'Store operations that failed or were late.', 'operation'),
    faults: counter('unusable_clients_total', 'Requests refused because stored data cannot be used.'),
  }
}

function eventCounter(meters: Meters, labels: ClientLabels): (event: OAuth1Event) => void {
  return (event) => {
    switch (event.type) {
      case 'accepted':
        return meters.accepted.inc({ signature_method: event.signatureMethod, place: event.place })
      case 'refused': {
        const { endpoint, code, clientId, claimedClientId, diagnosis } = event
        // A wrong signature also proves its client if it is a known mistake made with the right secret.
        const proven = clientId ?? (diagnosis?.proven === true ? claimedClientId : undefined)
        return meters.refused.inc({ endpoint, code, client: labels.labelOf(proven) })
      }
      case 'issued':
        return (event.credential === 'token' ? meters.tokens : meters.temporary).inc()
      case 'approved':
      case 'denied':
        return meters.decisions.inc({ decision: event.type })
      case 'revoked':
        return meters.revoked.inc()
      case 'store_failed':
        return meters.storeFailures.inc({ operation: event.hook })
      case 'fault':
        return meters.faults.inc()
    }
  }
}

function storeMeter({ storeSeconds, nonces }: Meters): StoreObserver {
  return (operation) => {
    const start = performance.now()
    return (error, value) => {
      storeSeconds.observe({ operation }, (performance.now() - start) / 1000)
      if (operation !== 'recordNonce' || error !== undefined) return
      nonces.inc({ outcome: value === true ? 'recorded' : 'replayed' })
    }
  }
}

/** Read at a scrape, and unchanged if the store fails: failures have their own counters. */
function gaugesOf(
  { Gauge }: Prometheus,
  register: InstanceType<Prometheus['Registry']>,
  counts: StoredCounts,
): void {
  let last: ReturnType<StoredCounts> | undefined
  // Both gauges are collected at once, and share one read of the store.
  const shared = () => {
    last ??= counts().finally(() => {
      last = undefined
    })
    return last
  }
  const gauge = (name: string, help: string, field: 'sessions' | 'temporaryCredentials') =>
    new Gauge({
      name: `countersign_${name}`,
      help,
      registers: [register],
      async collect() {
        const counted = await shared().catch(() => undefined)
        if (counted !== undefined) this.set(counted[field])
      },
    })
  gauge('sessions', 'Signed-in browsers.', 'sessions')
  gauge('temporary_credentials', 'Pending temporary credentials.', 'temporaryCredentials')
}

/** From package.json, which is two folders up both in the sources and when built. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}

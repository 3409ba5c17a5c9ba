type Prometheus = typeof import('prom-client')

/** The state of a gateway's files of clients and tokens. */
export interface CredentialState {
  /** Whether the credentials in use match the files. */
  readonly isValid: boolean
  /** When the credentials in use were read, in seconds since 1970. */
  readonly loadedAt: number
  readonly clients: number
  readonly tokens: number
}

/** Gauges that are read at each scrape. */
export function credentialGauges(
  { Gauge }: Prometheus,
  register: InstanceType<Prometheus['Registry']>,
  state: () => CredentialState,
): void {
  const gauge = (name: string, help: string, numberOf: (state: CredentialState) => number) =>
    new Gauge({
      name: `countersign_gateway_${name}`,
      help,
      registers: [register],
      collect() {
        this.set(numberOf(state()))
      },
    })
  gauge(
    'credentials_valid',
    '0 while the credentials files cannot be used; the previous ones stay in use.',
    (now) => Number(now.isValid),
  )
  gauge(
    'credentials_loaded_timestamp_seconds',
    'When the credentials in use were read.',
    ({ loadedAt }) => loadedAt,
  )
  gauge('clients', 'Clients in use.', ({ clients }) => clients)
  gauge('tokens', 'Tokens in use.', ({ tokens }) => tokens)
}
